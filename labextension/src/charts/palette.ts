/** The colours of lines: those of `views/theme.py`, told apart by most kinds of colour blindness. */
const PALETTE = [
  '#1f7fc4',
  '#d55e00',
  '#119e72',
  '#b5679f',
  '#a6761d',
  '#8a6fdf',
  '#1a9aa8',
  '#c2507a'
];

export function colorOf(index: number): string {
  return PALETTE[index % PALETTE.length];
}
