/** A notebook's code, cell by cell: its file is JSON, mostly of outputs, that nobody can read. */

export interface ICell {
  /** Whether it is prose. */
  text: boolean;
  /** The number before it, null if it was not executed. */
  count: number | null;
  source: string;
}

/** The cells of a notebook file; null when it is none, or cut in the middle. */
export function cellsOf(file: string): ICell[] | null {
  let told: unknown;
  try {
    told = JSON.parse(file);
  } catch {
    return null;
  }
  const cells = (told as { cells?: unknown } | null)?.cells;
  if (!Array.isArray(cells)) {
    return null;
  }
  return cells.flatMap((cell: unknown): ICell[] => {
    const { cell_type, source, execution_count } = (cell ?? {}) as {
      [name: string]: unknown;
    };
    const text = Array.isArray(source) ? source.join('') : source;
    return typeof text === 'string' && text.trim()
      ? [
          {
            text: cell_type !== 'code',
            count: typeof execution_count === 'number' ? execution_count : null,
            source: text
          }
        ]
      : [];
  });
}
