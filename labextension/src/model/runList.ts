/** A list of runs that is loaded page by page, and kept up to date where one looks. */

import { IRun, IRunPage, IRunQuery } from '../api';

export const PAGE = 100;
/** Leftovers of pages that shifted are put together up to this size. */
const LARGEST = 2 * PAGE;

interface IChunk {
  /** What the server is asked with for this part; null for the first. */
  after: string | null;
  runs: IRun[];
  next: string | null;
}

export type Fetch = (query: IRunQuery) => Promise<IRunPage>;

export class RunList {
  constructor(
    private readonly fetch: Fetch,
    readonly query: IRunQuery,
    private readonly page = PAGE
  ) {}

  /** All that is loaded, in order, none twice. */
  get runs(): readonly IRun[] {
    return this._runs;
  }

  get more(): boolean {
    const { length } = this.chunks;
    return length > 0 && this.chunks[length - 1].next !== null;
  }

  get loaded(): boolean {
    return this.chunks.length > 0;
  }

  /** How many there are, as far as the server says. */
  get total(): number | null {
    return this._total;
  }

  /** Whether the server has not read all of them yet. */
  get behind(): boolean {
    return this._behind;
  }

  /** Load the page after the last one. */
  async loadMore(): Promise<void> {
    if (this.loading || (this.loaded && !this.more)) {
      return;
    }
    this.loading = true;
    try {
      const last = this.chunks[this.chunks.length - 1];
      const after = last ? last.next : null;
      const page = await this.ask(after, this.page);
      if (last === this.chunks[this.chunks.length - 1]) {
        this.chunks.push({ after, runs: page.runs, next: page.next });
        this.settle();
      }
    } finally {
      this.loading = false;
    }
  }

  /**
   * Ask again for the first page, and for those that have rows in sight or active runs.
   *
   * @param from First row in sight.
   * @param to Row after the last in sight.
   */
  async refresh(from = 0, to = this.page): Promise<void> {
    if (!this.loaded) {
      return this.loadMore();
    }
    let start = 0;
    // by place: an answer may change how what follows is parted
    for (let at = 0; at < this.chunks.length && (at === 0 || start < to); at += 1) {
      const chunk = this.chunks[at];
      if (at === 0 || start + chunk.runs.length > from) {
        const page = await this.ask(chunk.after, Math.max(chunk.runs.length, this.page));
        this.replace(chunk, page);
      }
      start += this.chunks[at]?.runs.length ?? 0;
    }
    this.settle();
  }

  private async ask(after: string | null, limit: number): Promise<IRunPage> {
    const page = await this.fetch({ ...this.query, limit, after });
    this._total = page.total ?? null;
    this._behind = page.behind ?? false;
    return page;
  }

  /** Put a new answer in the place of an old one; what it pushed out goes behind it. */
  private replace(chunk: IChunk, page: IRunPage): void {
    const at = this.chunks.indexOf(chunk);
    if (at < 0) {
      return;
    }
    const fresh: IChunk = { after: chunk.after, runs: page.runs, next: page.next };
    const following = this.chunks[at + 1];
    if (page.next === null) {
      this.chunks.splice(at, this.chunks.length, fresh);
    } else if (!following || page.next === following.after) {
      this.chunks[at] = fresh;
    } else {
      const rest = this.after(page.runs[page.runs.length - 1], at);
      if (rest === null) {
        this.chunks.splice(at, this.chunks.length, fresh); // all was shuffled
        return;
      }
      const { leftover, until } = rest;
      const tail = this.chunks[until];
      this.chunks.splice(at, until - at + 1, fresh);
      if (leftover.length) {
        const next = this.chunks[at + 1];
        if (next && leftover.length + next.runs.length <= LARGEST) {
          this.chunks[at + 1] = {
            after: page.next,
            runs: [...leftover, ...next.runs],
            next: next.next
          };
        } else {
          this.chunks.splice(at + 1, 0, {
            after: page.next,
            runs: leftover,
            next: tail.next
          });
        }
      }
    }
  }

  /** What stood after a run in the chunk at an index or a later one. */
  private after(run: IRun, at: number): { leftover: IRun[]; until: number } | null {
    for (let until = at; until < this.chunks.length; until += 1) {
      const index = this.chunks[until].runs.findIndex(same(run));
      if (index >= 0) {
        return { leftover: this.chunks[until].runs.slice(index + 1), until };
      }
    }
    return null;
  }

  private settle(): void {
    const seen = new Set<string>();
    this._runs = this.chunks
      .flatMap(chunk => chunk.runs)
      .filter(run => {
        const key = keyOf(run);
        return !seen.has(key) && seen.add(key);
      });
  }

  private readonly chunks: IChunk[] = [];
  private _runs: IRun[] = [];
  private _total: number | null = null;
  private _behind = false;
  private loading = false;
}

export function keyOf(run: { workspace: string; id: string }): string {
  return `${run.workspace}/${run.id}`;
}

function same(run: IRun): (other: IRun) => boolean {
  return other => other.id === run.id && other.workspace === run.workspace;
}
