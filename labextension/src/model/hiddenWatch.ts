/** While the browser's tab is hidden: one slow look at the runs that go on, so that their end can be told. */

import { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';

import { ActiveModel } from './activeModel';

/** Milliseconds between two looks. */
export const HIDDEN_INTERVAL = 15_000;
const SLOWEST = 300_000;

export class HiddenWatch implements IDisposable {
  /** `wanted` says whether the person wants to be told, and the browser may. */
  constructor(
    private readonly model: ActiveModel,
    private readonly wanted: () => boolean
  ) {
    this.poll = new Poll({
      auto: false,
      name: 'jupyter-runs:hidden',
      factory: () => this.look(),
      frequency: { interval: HIDDEN_INTERVAL, backoff: true, max: SLOWEST },
      standby: 'never'
    });
    document.addEventListener('visibilitychange', this.turn);
  }

  get isDisposed(): boolean {
    return this.poll.isDisposed;
  }

  dispose(): void {
    document.removeEventListener('visibilitychange', this.turn);
    this.poll.dispose();
  }

  private get needed(): boolean {
    return document.hidden && this.wanted() && this.model.runs.length > 0;
  }

  private readonly turn = (): void => {
    if (this.needed) {
      // not at once: what was seen a moment ago is still right
      void this.poll.schedule({ interval: HIDDEN_INTERVAL, phase: 'started' });
    } else {
      void this.poll.stop();
    }
  };

  private async look(): Promise<void> {
    if (this.needed) {
      await this.model.ask();
    }
    if (!this.needed) {
      void this.poll.stop(); // none is left, or somebody looks again
    }
  }

  private readonly poll: Poll;
}
