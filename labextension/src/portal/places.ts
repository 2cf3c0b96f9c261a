/** Where one can go from a page here: other pages, each with an address. */

import { TranslationBundle } from '@jupyterlab/translation';

import { address, IRunRef } from '../api';
import { Place } from '../pages/address';
import { IElsewhere, IPlaces } from '../pages/context';
import { IConfig } from './config';
import { Desk } from './desk';
import { Route } from './route';

export class WebPlaces implements IPlaces {
  constructor(
    private readonly route: Route,
    private readonly desk: Desk,
    private readonly config: IConfig,
    private readonly trans: TranslationBundle
  ) {}

  openHome(): void {
    this.route.go({ kind: 'home' });
  }

  openRun({ workspace, id }: IRunRef, tab?: string): void {
    this.route.go({ kind: 'run', workspace, id, ...(tab ? { tab } : {}) });
  }

  openExperiment(workspace: string, experiment: string): void {
    this.route.go({ kind: 'experiment', workspace, experiment });
  }

  openCompare(runs: readonly IRunRef[]): void {
    this.route.go({ kind: 'compare', runs: runs.map(address) });
  }

  /** A run is also to be had in JupyterLab, where this server has one. */
  elsewhere(place: Place): IElsewhere | null {
    if (place.kind !== 'run' || !this.config.lab) {
      return null;
    }
    const query = new URLSearchParams({ 'jupyter-run': place.id });
    return {
      label: this.trans.__('↗ JupyterLab'),
      title: this.trans.__('Show this run in JupyterLab'),
      href: `${this.config.base}lab?${query.toString()}`
    };
  }

  confirm(title: string, body: string, action: string): Promise<boolean> {
    return this.desk.confirm(title, body, action);
  }

  readonly report = (error: unknown): void => this.desk.report(error);
}
