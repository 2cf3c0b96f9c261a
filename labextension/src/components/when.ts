import { TranslationBundle } from '@jupyterlab/translation';

import { moment } from '../charts/format';

/** The day of something, as short as a row of the list needs it: "14:26", "yesterday", "Nov 12". */
export function when(
  seconds: number | null | undefined,
  trans: TranslationBundle,
  now = Date.now()
): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) {
    return '';
  }
  const before = new Date(now);
  before.setDate(before.getDate() - 1);
  return new Date(seconds * 1000).toDateString() === before.toDateString()
    ? trans.__('yesterday')
    : moment(seconds, now).replace(/, \d\d:\d\d$/, '');
}
