import { ReactWidget } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import { ISignal, Signal } from '@lumino/signaling';
import * as React from 'react';

import { IRunRef } from '../api';
import { computeIcon, runsIcon } from './icons';
import { ComparePage } from '../pages/compare/page';
import { ComputePage } from '../pages/compute/page';
import { ISurroundings, Surroundings } from '../pages/context';
import { ExperimentPage } from '../pages/experiment/page';
import { RunPage } from '../pages/run/page';
import { TrashPage } from '../pages/trash/page';

/** What a page shows: plain, so that a layout can be saved with it. */
export type PageArgs =
  | { kind: 'run'; workspace: string; id: string; tab?: string; label?: string }
  | { kind: 'experiment'; workspace: string; experiment: string }
  | { kind: 'compare'; runs: string[] }
  | { kind: 'compute' }
  | { kind: 'trash' };

/** Two pages with the same id show the same. */
export function pageId(args: PageArgs): string {
  switch (args.kind) {
    case 'run':
      return `jupyter-runs-run-${args.workspace}-${args.id}`;
    case 'experiment':
      return `jupyter-runs-experiment-${args.workspace}-${args.experiment}`;
    case 'compare':
      return `jupyter-runs-compare-${[...args.runs].sort().join('-')}`;
    case 'compute':
    case 'trash':
      return `jupyter-runs-${args.kind}`;
  }
}

export type Given = Omit<ISurroundings, 'visible'>;

/** A page in the main area. It asks the server only while it is in sight. */
export class PageWidget extends ReactWidget {
  constructor(
    private _args: PageArgs,
    private readonly given: Given
  ) {
    super();
    this.id = pageId(_args);
    this.addClass('jp-Runs');
    this.addClass('jp-Runs-page');
    this.node.setAttribute('role', 'region');
    this.node.tabIndex = -1; // takes the focus when one comes here, and is no stop between others
    this.title.closable = true;
    this.title.icon = _args.kind === 'compute' ? computeIcon : runsIcon;
    this.name(this.label());
  }

  /** Whether it keeps the focus once it is activated. */
  focused = true;

  /** What it shows, with the tab that is open. */
  get args(): PageArgs {
    return this._args;
  }

  /** A person went elsewhere on the page. */
  get moved(): ISignal<this, void> {
    return this._moved;
  }

  /** Go to a tab of a run's page. */
  go(tab: string): void {
    if (this._args.kind === 'run' && this._args.tab !== tab) {
      this._args = { ...this._args, tab };
      this.update();
      this._moved.emit();
    }
  }

  protected render(): React.ReactElement {
    const value = { ...this.given, visible: this.isVisible };
    return (
      <Surroundings.Provider value={value}>
        <div className="jp-Runs-body">{this.content()}</div>
      </Surroundings.Provider>
    );
  }

  /** A page that was closed is no more: it would be found, and not shown, when it is asked for again. */
  protected onCloseRequest(message: Message): void {
    super.onCloseRequest(message);
    this.dispose();
  }

  protected onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    const before = document.activeElement;
    if (!this.node.contains(before)) {
      this.node.focus({ preventScroll: true }); // Lab's current page is the one that had the focus last
      if (!this.focused && before instanceof HTMLElement) {
        before.focus({ preventScroll: true }); // who clicks in a list goes on there
      }
    }
    this.focused = true;
  }

  protected onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.update();
  }

  protected onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.update();
  }

  protected onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this.update();
  }

  private content(): React.ReactElement {
    const { _args: args } = this;
    switch (args.kind) {
      case 'run':
        return (
          <RunPage
            run={this.run(args)}
            tab={args.tab ?? 'details'}
            onTab={this.onTab}
            onHead={this.onHead}
          />
        );
      case 'experiment':
        return <ExperimentPage workspace={args.workspace} experiment={args.experiment} />;
      case 'compare':
        return <ComparePage runs={args.runs} onRuns={this.onRuns} />;
      case 'compute':
        return <ComputePage />;
      case 'trash':
        return <TrashPage />;
    }
  }

  private label(): string {
    const { trans } = this.given;
    const { _args: args } = this;
    switch (args.kind) {
      case 'run':
        return args.label ?? trans.__('Run');
      case 'experiment':
        return args.experiment;
      case 'compare':
        return args.runs.length < 2
          ? trans.__('Compare runs')
          : trans.__('Compare %1 runs', args.runs.length);
      case 'compute':
        return trans.__('Compute');
      case 'trash':
        return trans.__('Trash');
    }
  }

  private name(label: string): void {
    this.title.label = label;
    this.title.caption = label;
    this.node.setAttribute('aria-label', label);
  }

  /** The same object each time: pages take another one for another run. */
  private run(args: { workspace: string; id: string }): IRunRef {
    this.shown ??= { workspace: args.workspace, id: args.id };
    return this.shown;
  }

  private readonly onTab = (tab: string): void => this.go(tab);

  private readonly onHead = (head: {
    experiment: string;
    number: number | null;
    id: string;
  }): void => {
    const run = this.given.trans.__('run %1', head.number ?? head.id);
    const label = head.experiment ? `${head.experiment} / ${run}` : run;
    if (this._args.kind === 'run' && this._args.label !== label) {
      this._args = { ...this._args, label };
      this.name(label);
      this._moved.emit();
    }
  };

  private readonly onRuns = (runs: string[]): void => {
    if (this._args.kind === 'compare') {
      this._args = { kind: 'compare', runs };
      this.name(this.label());
      this.update();
      this._moved.emit();
    }
  };

  private shown: IRunRef | null = null;
  private readonly _moved = new Signal<this, void>(this);
}
