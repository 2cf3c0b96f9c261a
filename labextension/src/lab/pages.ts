/** Pages in the main area: one for each thing, opened or focused, and there again after a reload. */

import { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import {
  showDialog,
  Dialog,
  InputDialog,
  Notification,
  WidgetTracker
} from '@jupyterlab/apputils';
import { URLExt } from '@jupyterlab/coreutils';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { address, IRunRef } from '../api';
import { faultOf, IAsked } from '../model/deeds';
import { addressOf, Place } from '../pages/address';
import { IElsewhere, IPlaces } from '../pages/context';
import { CommandIDs } from './ids';
import { Given, PageArgs, pageId, PageWidget } from './page';

export class Pages implements IPlaces {
  constructor(
    private readonly app: JupyterFrontEnd,
    given: Omit<Given, 'places'>
  ) {
    this.given = { ...given, places: this };
  }

  readonly tracker = new WidgetTracker<PageWidget>({ namespace: 'jupyter-runs' });

  /** Show a page: the one that is open already, else a new one. */
  open(args: PageArgs, focus = true): PageWidget {
    const known = this.tracker.find(page => page.id === pageId(args));
    if (known) {
      if (args.kind === 'run' && args.tab) {
        known.go(args.tab);
      }
      known.focused = focus;
      this.app.shell.activateById(known.id);
      return known;
    }
    const page = new PageWidget(args, this.given);
    this.app.shell.add(page, 'main');
    void this.tracker.add(page);
    page.moved.connect(() => {
      page.id = pageId(page.args);
      void this.tracker.save(page);
    });
    page.focused = focus;
    this.app.shell.activateById(page.id);
    return page;
  }

  restore(restorer: ILayoutRestorer): void {
    void restorer.restore(this.tracker, {
      command: CommandIDs.openPage,
      args: page => page.args as unknown as ReadonlyPartialJSONObject,
      name: page => page.id
    });
  }

  openRun(run: IRunRef, tab?: string, focus = true): void {
    const { workspace, id } = run;
    this.open({ kind: 'run', workspace, id, ...(tab ? { tab } : {}) }, focus);
  }

  /** Close the page of a run that is no more. */
  closeRun({ workspace, id }: IRunRef): void {
    this.tracker
      .find(page => page.id === pageId({ kind: 'run', workspace, id }))
      ?.close();
  }

  openExperiment(workspace: string, experiment: string): void {
    this.open({ kind: 'experiment', workspace, experiment });
  }

  openCompare(runs: readonly IRunRef[]): void {
    this.open({ kind: 'compare', runs: runs.map(address) });
  }

  /** The same page in a browser tab, without JupyterLab around it. */
  elsewhere(place: Place): IElsewhere {
    const { trans } = this.given;
    const { baseUrl } = this.app.serviceManager.serverSettings;
    return {
      label: trans.__('↗ Browser tab'),
      title: trans.__('Open this page in a browser tab of its own'),
      href: URLExt.join(baseUrl, 'jupyter-runs/') + addressOf(place)
    };
  }

  async confirm(title: string, body: string, action: string): Promise<boolean> {
    const { trans } = this.given;
    const { button } = await showDialog({
      title,
      body,
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.warnButton({ label: action })
      ]
    });
    return button.accept;
  }

  /** Ask for a line; null where the person does not agree. */
  async ask({ title, action, field }: IAsked): Promise<string | null> {
    const { value, button } = await InputDialog.getText({
      title,
      okLabel: action,
      ...field
    });
    return button.accept ? value : null;
  }

  report(error: unknown): void {
    Notification.error(faultOf(error, this.given.trans), { autoClose: 8000 });
  }

  /** What pages are given. */
  readonly given: Given;
}
