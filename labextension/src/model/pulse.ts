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

  /** Keep something fresh until what is returned is disposed; it is asked for at once. */
  add(source: ISource): IDisposable {
    const { asked } = this;
    asked.set(source, -Infinity);
    if (source.wanted) {
      void this.refresh(source);
    }
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

  /** Look again whether anybody wants something: stops when nobody does. */
  wake(): void {
    if (!this.isDisposed) {
      void (this.anyWanted ? this.poll.start() : this.poll.stop());
    }
  }

  /** Ask one source now, whenever it was asked before. Never rejects. */
  async refresh(source: ISource): Promise<void> {
    this.wake();
    await this.going.get(source)?.catch(() => undefined); // what it answers is of before
    await (this.going.get(source) ?? this.ask(source)).catch(() => undefined);
  }

  /** Something was changed here: ask at once for all that is in sight and may change. */
  async refreshAll(): Promise<void> {
    const live = [...this.asked.keys()].filter(
      source => source.wanted && (source.interval ?? INTERVAL) < Infinity
    );
    await Promise.all(live.map(source => this.refresh(source)));
  }

  dispose(): void {
    this.poll.dispose();
    this.asked.clear();
  }

  private get anyWanted(): boolean {
    return [...this.asked.keys()].some(source => source.wanted);
  }

  /** All that is due; one that is still being asked is left alone. */
  private async beat(): Promise<void> {
    const now = Date.now();
    const due = [...this.asked].filter(
      ([source, asked]) =>
        source.wanted &&
        !this.going.has(source) &&
        now - asked >= this.intervalOf(source) - INTERVAL / 4
    );
    const ends = await Promise.allSettled(due.map(([source]) => this.ask(source)));
    const failed = ends.filter(
      (end): end is PromiseRejectedResult => end.status === 'rejected'
    );
    if (failed.length && failed.length === ends.length) {
      throw failed[0].reason; // so that the poll asks less often
    }
  }

  private async ask(source: ISource): Promise<void> {
    const began = Date.now();
    if (this.asked.has(source)) {
      this.asked.set(source, began);
    }
    const going = source.ask();
    this.going.set(source, going);
    try {
      await going;
      this.failing.delete(source);
    } catch (reason) {
      this.failing.add(source);
      throw reason;
    } finally {
      this.going.delete(source);
      this.took.set(source, Date.now() - began);
    }
  }

  /** What is asked for once is asked for again when it failed; what is dear is asked for less often. */
  private intervalOf(source: ISource): number {
    const interval = source.interval ?? INTERVAL;
    const patience = Math.min(SLOWEST, PATIENCE * (this.took.get(source) ?? 0));
    return Math.max(
      this.failing.has(source) ? Math.min(interval, AGAIN) : interval,
      patience
    );
  }

  private readonly failing = new WeakSet<ISource>();
  private readonly going = new Map<ISource, Promise<void>>();
  private readonly took = new WeakMap<ISource, number>();
  private readonly asked = new Map<ISource, number>();
}
