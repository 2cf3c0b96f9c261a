/** The runs that go on now, and those that have just ended: for status bar, Running panel, notifications. */

import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { IRun } from '../api';
import { ISource, Pulse } from './pulse';
import { keyOf } from './runList';
import { IServer } from './runsModel';

/** Nobody stares at it: it may be a few seconds behind. */
const UNHURRIED = 5_000;
const NEWEST = 50;

export class ActiveModel implements IDisposable, ISource {
  constructor(
    private readonly server: IServer,
    private readonly pulse: Pulse
  ) {
    this.source = pulse.add(this);
  }

  /** Ask now. */
  refresh(): void {
    void this.pulse.refresh(this);
  }

  readonly interval = UNHURRIED;
  readonly wanted = true;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** A run that was seen going on has ended. */
  get ended(): ISignal<this, IRun> {
    return this._ended;
  }

  get runs(): readonly IRun[] {
    return this._runs;
  }

  get isDisposed(): boolean {
    return this.source.isDisposed;
  }

  async ask(): Promise<void> {
    const { runs } = await this.server.runs({ limit: NEWEST });
    if (this.isDisposed) {
      return;
    }
    const before = this.going;
    const told = JSON.stringify(this._runs.map(shown));
    this._runs = runs.filter(run => run.active);
    this.going = new Set(this._runs.map(keyOf));
    if (JSON.stringify(this._runs.map(shown)) !== told) {
      this._changed.emit();
    }
    for (const run of runs) {
      if (!run.active && before.has(keyOf(run))) {
        this._ended.emit(run);
      }
    }
  }

  dispose(): void {
    this.source.dispose();
    Signal.clearData(this);
  }

  private _runs: IRun[] = [];
  private going = new Set<string>();
  private readonly source: IDisposable;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _ended = new Signal<this, IRun>(this);
}

/** What is told of a run that goes on. */
function shown(run: IRun): unknown[] {
  return [keyOf(run), run.status, run.waiting, run.progress?.text];
}
