/** What a status is called and how it looks. */

import { TranslationBundle } from '@jupyterlab/translation';

export type Tone = 'live' | 'wait' | 'good' | 'bad' | 'off' | 'unsure';

const TONES: { [status: string]: Tone } = {
  NotStarted: 'wait',
  Queued: 'wait',
  Preparing: 'live',
  Provisioning: 'live',
  Starting: 'live',
  Running: 'live',
  CancelRequested: 'live',
  Finalizing: 'live',
  Completed: 'good',
  Failed: 'bad',
  Canceled: 'off',
  NotResponding: 'unsure'
};

export function toneOf(status: string): Tone {
  return Object.prototype.hasOwnProperty.call(TONES, status) ? TONES[status] : 'unsure';
}

/** The status in words; one of a later version is shown as it is. */
export function wordFor(status: string, trans: TranslationBundle): string {
  switch (status) {
    case 'NotStarted':
      return trans.__('Not started');
    case 'Queued':
      return trans.__('Queued');
    case 'Preparing':
      return trans.__('Preparing');
    case 'Provisioning':
      return trans.__('Provisioning');
    case 'Starting':
      return trans.__('Starting');
    case 'Running':
      return trans.__('Running');
    case 'CancelRequested':
      return trans.__('Cancelling');
    case 'Finalizing':
      return trans.__('Finalizing');
    case 'Completed':
      return trans.__('Completed');
    case 'Failed':
      return trans.__('Failed');
    case 'Canceled':
      return trans.__('Canceled');
    case 'NotResponding':
      return trans.__('Not responding');
    default:
      return status;
  }
}
