import { ReactWidget } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import * as React from 'react';

import { IRunRef } from '../api';
import { Surroundings } from '../pages/context';
import { RunPage } from '../pages/run/page';
import { Given } from './page';

/** A run in a cell's output, through the server: live without a kernel. Asks only while it is in sight. */
export class AttachedRun extends ReactWidget {
  constructor(
    private readonly run: IRunRef,
    private readonly given: Given
  ) {
    super();
    this.addClass('jp-Runs');
    this.addClass('jp-Runs-attached');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', given.trans.__('Run'));
    this.sight = new IntersectionObserver(entries => {
      const seen = entries[entries.length - 1].isIntersecting;
      if (seen !== this.seen) {
        this.seen = seen;
        this.update();
      }
    });
  }

  dispose(): void {
    this.sight.disconnect();
    super.dispose();
  }

  protected onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.sight.observe(this.node); // hidden by the style sheet is out of sight too
  }

  protected onBeforeDetach(message: Message): void {
    this.sight.unobserve(this.node);
    super.onBeforeDetach(message);
  }

  protected render(): React.ReactElement {
    return (
      <Surroundings.Provider value={{ ...this.given, visible: this.seen }}>
        <RunPage run={this.run} tab={this.tab} onTab={this.onTab} onHead={this.onHead} />
      </Surroundings.Provider>
    );
  }

  private readonly onTab = (tab: string): void => {
    this.tab = tab;
    this.update();
  };

  private readonly onHead = (): void => undefined;

  private tab = 'metrics';
  private seen = false;
  private readonly sight: IntersectionObserver;
}
