/** What every page is given by whoever shows it: Lab, or the stand-alone web page. */

import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Client, IRunRef } from '../api';
import { Pulse } from '../model/pulse';
import { Place } from './address';

/** The same page elsewhere: in a browser tab of its own, or in JupyterLab. */
export interface IElsewhere {
  label: string;
  title: string;
  href: string;
}

/** Where one can go from a page, and what needs more than the server. */
export interface IPlaces {
  openRun(run: IRunRef, tab?: string): void;
  openExperiment(workspace: string, experiment: string): void;
  openCompare(runs: readonly IRunRef[]): void;
  /** Where else a page is to be had, null where it is not. */
  elsewhere(place: Place): IElsewhere | null;
  /** Ask before something that can't be taken back at once; true to go on. */
  confirm(title: string, body: string, action: string): Promise<boolean>;
  /** Tell that something that was asked for failed. */
  report(error: unknown): void;
}

export interface ISurroundings {
  client: Client;
  pulse: Pulse;
  trans: TranslationBundle;
  places: IPlaces;
  /** Whether the page is in sight. */
  visible: boolean;
}

export const Surroundings = React.createContext<ISurroundings | null>(null);

export function useSurroundings(): ISurroundings {
  const found = React.useContext(Surroundings);
  if (!found) {
    throw new Error('A page is shown without its surroundings.');
  }
  return found;
}
