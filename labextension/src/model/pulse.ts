/** The one poll of the whole extension: whoever shows something registers what keeps it fresh. */

import { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';

import { ApiError } from '../api/errors';

/** How often something that is looked at is asked for, in milliseconds. */
export const INTERVAL = 2_000;
const SLOWEST = 60_000;
/** A server that takes long to answer is asked less often: it works for others too. */
const PATIENCE = 20;
const AGAIN = 10_000;

export interface ISource {
  /** Whether anybody looks. */
  readonly wanted: boolean;
  /** Ask the server; rejects when there is no good answer. */
  ask(): Promise<void>;
  /** Milliseconds between two asks, `INTERVAL` when not given. */
  readonly interval?: number;
}

export class Pulse implements IDisposable {
  constructor() {
    this.poll = new Poll<void, ApiError>({
      auto: false,
      name: 'jupyter-runs:pulse',
      factory: () => this.beat(),
      frequency: { interval: INTERVAL, backoff: true, max: SLOWEST },
      // nobody looks at a hidden browser tab
      standby: () => (this.anyWanted ? 'when-hidden' : true)
    });
  }

  readonly poll: Poll<void, ApiError>;

  get isDisposed(): boolean {
    return this.poll.isDisposed;
  }

  /** Keep something fresh until what is returned is disposed. */
  add(source: ISource): IDisposable {
    this.asked.set(source, -Infinity);
    this.wake();
    const asked = this.asked;
    return {
      get isDisposed() {
        return !asked.has(source);
      },
      dispose: () => {
        asked.delete(source);
        this.wake();
      }
    };
  }

  /** Look again who wants something: at once for those that now do. Stops when nobody does. */
  wake(): void {
    if (this.isDisposed) {
      return;
    }
    if (!this.anyWanted) {
      void this.poll.stop();
    } else if (!this.waking) {
      this.waking = true;
      void Promise.resolve().then(() => {
        this.waking = false;
        if (!this.isDisposed && this.anyWanted) {
          void this.poll.refresh();
        }
      });
    }
  }

  /** Ask one source now, whenever it was asked before. Never rejects. */
  async refresh(source: ISource): Promise<void> {
    this.asked.set(source, -Infinity);
    await this.poll.refresh();
  }

  dispose(): void {
    this.poll.dispose();
    this.asked.clear();
  }

  private get anyWanted(): boolean {
    return [...this.asked.keys()].some(source => source.wanted);
  }

  private async beat(): Promise<void> {
    const now = Date.now();
    const due = [...this.asked].filter(
      ([source, asked]) =>
        source.wanted && now - asked >= this.intervalOf(source) - INTERVAL / 4
    );
    const ends = await Promise.allSettled(
      due.map(([source]) => {
        this.asked.set(source, now);
        this.failing.delete(source);
        return source.ask().catch(reason => {
          this.failing.add(source);
          throw reason;
        });
      })
    );
    this.pace(Date.now() - now);
    const failed = ends.filter(
      (end): end is PromiseRejectedResult => end.status === 'rejected'
    );
    if (failed.length && failed.length === ends.length) {
      for (const [source] of due) {
        if (this.asked.has(source)) {
          this.asked.set(source, -Infinity); // the poll's own patience decides when
        }
      }
      throw failed[0].reason; // so that the poll asks less often
    }
  }

  /** What is asked for once is asked for again when it failed. */
  private intervalOf(source: ISource): number {
    const interval = source.interval ?? INTERVAL;
    return this.failing.has(source) ? Math.min(interval, AGAIN) : interval;
  }

  private pace(took: number): void {
    const interval = Math.min(SLOWEST, Math.max(INTERVAL, PATIENCE * took));
    if (!this.isDisposed && interval !== this.poll.frequency.interval) {
      this.poll.frequency = { ...this.poll.frequency, interval };
    }
  }

  private readonly failing = new WeakSet<ISource>();
  private readonly asked = new Map<ISource, number>();
  private waking = false;
}
