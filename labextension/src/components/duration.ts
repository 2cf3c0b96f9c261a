import { TranslationBundle } from '@jupyterlab/translation';

/** Seconds as a person reads them, short enough for the edge of a row: "12 s", "14 min", "2 h 05". */
export function duration(seconds: number | null, trans: TranslationBundle): string {
  if (seconds === null || !Number.isFinite(seconds)) {
    return '';
  }
  // rounded as the run's own page does, so that the two never differ by one
  const whole = Math.max(0, seconds < 60 ? Math.round(seconds) : Math.floor(seconds));
  if (whole < 1) {
    return trans.__('< 1 s');
  }
  if (whole < 60) {
    return trans.__('%1 s', whole);
  }
  if (whole < 3600) {
    return trans.__('%1 min', Math.floor(whole / 60));
  }
  if (whole < 86400) {
    const minutes = String(Math.floor((whole % 3600) / 60)).padStart(2, '0');
    return trans.__('%1 h %2', Math.floor(whole / 3600), minutes);
  }
  return trans.__('%1 d', Math.floor(whole / 86400));
}
