/** Tells when a run has ended: in Lab, and through the browser where Lab is out of sight. */

import { Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';

import { IRun } from '../api';
import { span } from '../charts/format';
import { nameOf } from '../components/row';
import { toneOf, wordFor } from '../components/status';
import { mayTell } from './browserNotify';
import { ActiveModel } from '../model/activeModel';
import { Pages } from './pages';

export interface INotifySettings {
  /** Whether to tell at all. */
  ended: boolean;
  /** Seconds that a run must have taken. */
  least: number;
  /** Whether the browser may tell while Lab is hidden. */
  browser: boolean;
}

export function addNotifications(
  model: ActiveModel,
  settings: () => INotifySettings,
  pages: Pages,
  trans: TranslationBundle
): void {
  model.ended.connect((_, run) => {
    const { ended, least, browser } = settings();
    if (!ended || (run.elapsed ?? 0) < least) {
      return;
    }
    const text = textOf(run, trans);
    Notification.emit(text, toneOf(run.status) === 'bad' ? 'error' : 'success', {
      autoClose: 8000,
      actions: [{ label: trans.__('Open'), callback: () => pages.openRun(run) }]
    });
    if (browser && document.hidden && mayTell()) {
      const told = new window.Notification(text, { tag: run.id });
      told.onclick = () => {
        window.focus();
        pages.openRun(run);
      };
    }
  });
}

function textOf(run: IRun, trans: TranslationBundle): string {
  const name = `${run.experiment} / ${nameOf(run, trans)}`;
  const word = wordFor(run.status, trans);
  const took = span(run.elapsed);
  const reason = run.reason ? `: ${run.reason}` : '';
  return took
    ? trans.__('%1: %2 after %3%4', name, word, took, reason)
    : `${name}: ${word}${reason}`;
}
