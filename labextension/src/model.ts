/** The newest runs, kept up to date while somebody looks. */

import { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';

import { ApiError, IRun, IRunPage } from './api';

export const PAGE = 50;
export const MOST = 500;
const INTERVAL = 2_000;
const SLOWEST = 60_000;
// a server that takes long to answer is asked less often: it works for others too
const PATIENCE = 20;

export interface IState {
  /** Null until the first answer. */
  runs: IRun[] | null;
  /** Whether there are runs beyond these. */
  more: boolean;
  /** What went wrong with the last request; the runs are then those of the last good one. */
  error: ApiError | null;
  /** When the runs were received, in milliseconds of the browser's clock. */
  received: number;
}

export interface IGroup {
  key: string;
  workspace: string;
  experiment: string;
  runs: IRun[];
}

export class RunsModel implements IDisposable {
  /**
   * @param fetch Asks for the newest `limit` runs.
   */
  constructor(private readonly fetch: (limit: number) => Promise<IRunPage>) {
    this.poll = new Poll<void, ApiError>({
      auto: false,
      name: 'jupyter-runs:newest',
      factory: () => this.ask(),
      frequency: { interval: INTERVAL, backoff: true, max: SLOWEST },
      // nobody looks at a hidden panel, nor at a hidden browser tab
      standby: () => (this._visible ? 'when-hidden' : true)
    });
  }

  readonly poll: Poll<void, ApiError>;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get state(): IState {
    return this._state;
  }

  get isDisposed(): boolean {
    return this.poll.isDisposed;
  }

  get visible(): boolean {
    return this._visible;
  }

  /** Whether the list is in sight; polling stops while it is not. */
  set visible(visible: boolean) {
    if (visible === this._visible || this.isDisposed) {
      return;
    }
    this._visible = visible;
    void (visible ? this.refresh() : this.poll.stop());
  }

  /** Ask now. Never rejects: what went wrong is in the state. */
  async refresh(): Promise<void> {
    await this.poll.refresh();
  }

  /** List more of the older runs. */
  async showMore(): Promise<void> {
    this.limit = Math.min(MOST, this.limit + PAGE);
    await this.refresh();
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.poll.dispose();
      Signal.clearData(this);
    }
  }

  private async ask(): Promise<void> {
    const asked = Date.now();
    try {
      const page = await this.fetch(this.limit);
      const more = page.next !== null && this.limit < MOST;
      this.set({ runs: page.runs, more, error: null, received: Date.now() });
      this.pace(Date.now() - asked);
    } catch (reason) {
      const error = reason instanceof ApiError ? reason : new ApiError(0, String(reason));
      this.set({ ...this._state, error });
      throw error; // so that the poll asks less often
    }
  }

  private pace(took: number): void {
    const interval = Math.min(SLOWEST, Math.max(INTERVAL, PATIENCE * took));
    if (!this.isDisposed && interval !== this.poll.frequency.interval) {
      this.poll.frequency = { ...this.poll.frequency, interval };
    }
  }

  private set(state: IState): void {
    if (!this.isDisposed) {
      this._state = state;
      this._changed.emit();
    }
  }

  private limit = PAGE;
  private _visible = false;
  private _state: IState = { runs: null, more: false, error: null, received: 0 };
  private readonly _changed = new Signal<this, void>(this);
}

/** Put runs of one experiment together; experiments and runs stay newest first. */
export function groupByExperiment(runs: readonly IRun[]): IGroup[] {
  const groups = new Map<string, IGroup>();
  for (const run of runs) {
    const { workspace, experiment } = run;
    const key = JSON.stringify([workspace, experiment]);
    const group = groups.get(key) ?? { key, workspace, experiment, runs: [] };
    group.runs.push(run);
    groups.set(key, group);
  }
  return [...groups.values()];
}
