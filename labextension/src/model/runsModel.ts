/** The runs that the sidebar lists and those that go on now, for the whole of Lab. */

import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { ApiError, IExperiment, IRun, IRunPage, IRunQuery } from '../api';
import { INTERVAL, ISource, Pulse } from './pulse';
import { RunList } from './runList';

export type Sort = '-created' | 'created' | 'name' | 'status' | '-duration';

export interface IShown {
  /** In the filter language, or plain words. */
  filter: string;
  sort: Sort;
  grouped: boolean;
  /** What was archived, and nothing else. */
  archived: boolean;
}

export interface IServer {
  runs(query: IRunQuery): Promise<IRunPage>;
  experiments(): Promise<IExperiment[]>;
}

export interface IState {
  /** Null until the first answer. */
  runs: readonly IRun[] | null;
  /** Whether there are runs beyond these. */
  more: boolean;
  /** How many there are in all, null while that is not known. */
  total: number | null;
  /** Whether the server is still reading them. */
  behind: boolean;
  /** By `groupKey`, how many runs each experiment has; empty while a filter is on. */
  counts: ReadonlyMap<string, number>;
  /** What went wrong with the last request; the runs are then those of the last good one. */
  error: ApiError | null;
  /** What is wrong with the filter as typed. */
  fault: string | null;
  /** When the runs were received, in milliseconds of the browser's clock. */
  received: number;
}

export interface IGroup {
  key: string;
  workspace: string;
  experiment: string;
  runs: IRun[];
}

const NOTHING: IState = {
  runs: null,
  more: false,
  total: null,
  behind: false,
  counts: new Map(),
  error: null,
  fault: null,
  received: 0
};
/** While an answer is on its way, what was typed since waits for it, but not longer than this. */
const PATIENCE = 100;
/** A word, an operator, a value: then it is a filter and not words to look for. */
const LANGUAGE = /[<>=!]|\b(not\s+)?(in\s*\(|contains\s)|^\s*(not\s|\()/;

export class RunsModel implements IDisposable, ISource {
  constructor(
    private readonly server: IServer,
    readonly pulse: Pulse
  ) {
    this.list = this.listed();
    this.source = pulse.add(this);
  }

  readonly interval = INTERVAL;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get state(): IState {
    return this._state;
  }

  get shown(): IShown {
    return this._shown;
  }

  get isDisposed(): boolean {
    return this.source.isDisposed;
  }

  get wanted(): boolean {
    return this._visible;
  }

  get visible(): boolean {
    return this._visible;
  }

  /** Whether the list is in sight; it is not asked for while it is not. */
  set visible(visible: boolean) {
    if (visible !== this._visible && !this.isDisposed) {
      this._visible = visible;
      void (visible ? this.refresh() : this.pulse.wake());
    }
  }

  /** Which rows are in sight: those are kept fresh. */
  look(from: number, to: number): void {
    this.sight = [from, to];
  }

  /** List other runs, or in another order. */
  show(change: Partial<IShown>): void {
    const before = this._shown;
    this._shown = { ...before, ...change };
    const { filter, sort, archived } = this._shown;
    if (
      filter !== before.filter ||
      sort !== before.sort ||
      archived !== before.archived
    ) {
      this.list = this.listed();
      this.sight = [0, 0];
      void this.follow();
    }
    this._changed.emit();
  }

  /** Ask now. Never rejects: what went wrong is in the state. */
  refresh(): Promise<void> {
    return this.pulse.refresh(this);
  }

  /** Load the next page of older runs. */
  async showMore(): Promise<void> {
    await this.answered(list => list.loadMore());
  }

  async ask(): Promise<void> {
    const error = await this.answered(list => list.refresh(...this.sight));
    if (error) {
      throw error;
    }
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.source.dispose();
      Signal.clearData(this);
    }
  }

  /** Ask for the list that is wanted now: at once, and yet not for each key that is typed faster than the server answers. */
  private async follow(): Promise<void> {
    if (this.following) {
      return;
    }
    this.following = true;
    let list: RunList;
    do {
      ({ list } = this);
      await Promise.race([
        this.answered(which => which.refresh()),
        new Promise(resolve => setTimeout(resolve, PATIENCE))
      ]);
    } while (list !== this.list && !this.isDisposed);
    this.following = false;
  }

  private async answered(
    asking: (list: RunList) => Promise<void>
  ): Promise<ApiError | null> {
    const { list } = this;
    try {
      const [experiments] = await Promise.all([this.experiments(), asking(list)]);
      if (list === this.list) {
        this.set({
          runs: list.runs,
          more: list.more,
          total: list.total,
          behind: list.behind,
          counts: new Map(
            experiments.map(one => [
              groupKey(one.workspace, one.name),
              one.runs - (one.archived_runs ?? 0) // those are not listed here
            ])
          ),
          error: null,
          fault: null,
          received: Date.now()
        });
      }
    } catch (reason) {
      const error = ApiError.of(reason);
      if (list !== this.list) {
        return null;
      }
      if (error.status === 400 && this._shown.filter) {
        this.set({ ...this._state, error: null, fault: error.message });
        return null; // the person is typing: nothing is wrong with the server
      }
      this.set({ ...this._state, error });
      return error;
    }
    return null;
  }

  private async experiments(): Promise<IExperiment[]> {
    if (!this._shown.grouped || this._shown.filter || this._shown.archived) {
      return [];
    }
    try {
      return await this.server.experiments();
    } catch (reason) {
      if (ApiError.of(reason).status === 404) {
        return []; // an older server: groups are shown without their counts
      }
      throw reason;
    }
  }

  private listed(): RunList {
    const { filter, sort, archived } = this._shown;
    const words = filter.trim();
    const asked: IRunQuery = LANGUAGE.test(words) ? { filter: words } : { text: words };
    if (archived) {
      asked.filter = asked.filter ? both(asked.filter, 'archived') : 'archived';
    }
    return new RunList(query => this.server.runs(query), {
      ...(words || archived ? asked : {}),
      ...(sort === '-created' ? {} : { sort })
    });
  }

  private set(state: IState): void {
    if (!this.isDisposed) {
      this._state = state;
      this._changed.emit();
    }
  }

  private list: RunList;
  private following = false;
  private sight: [number, number] = [0, 0];
  private _visible = false;
  private _state: IState = NOTHING;
  private _shown: IShown = {
    filter: '',
    sort: '-created',
    grouped: true,
    archived: false
  };
  private readonly source: IDisposable;
  private readonly _changed = new Signal<this, void>(this);
}

/** Two filters as one; the first stays where it is, for errors tell its columns. */
function both(first: string, second: string): string {
  return /\bor\b/i.test(first) ? `(${first}) and ${second}` : `${first} and ${second}`;
}

export function groupKey(workspace: string, experiment: string): string {
  return JSON.stringify([workspace, experiment]);
}

/** Put runs of one experiment together; experiments and runs stay in order. */
export function groupByExperiment(runs: readonly IRun[]): IGroup[] {
  const groups = new Map<string, IGroup>();
  for (const run of runs) {
    const { workspace, experiment } = run;
    const key = groupKey(workspace, experiment);
    const group = groups.get(key) ?? { key, workspace, experiment, runs: [] };
    group.runs.push(run);
    groups.set(key, group);
  }
  return [...groups.values()];
}
