/** Numbers and times as a person reads them, as the widget and the picture write them. */

export function number(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) {
    return 'NaN';
  }
  if (!Number.isFinite(value)) {
    return value > 0 ? '∞' : '−∞';
  }
  if (value === 0) {
    return '0';
  }
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e7) {
    return value
      .toExponential(4)
      .replace(/\.?0+e/, 'e')
      .replace('e+', 'e');
  }
  if (Number.isInteger(value)) {
    return value.toLocaleString('en-US');
  }
  const decimals = Math.max(0, 4 - Math.floor(Math.log10(size)));
  return Number(value.toFixed(decimals)).toLocaleString('en-US', {
    maximumFractionDigits: decimals
  });
}

/** A number that was written already, with as few digits as a narrow row has room for; other texts as they are. */
export function brief(text: string): string {
  const [, sign, whole, rest, power] =
    /^([-−]?)(\d[\d,]*)(?:\.(\d+))?(e-?\d+)?$/.exec(text) ?? [];
  if (rest === undefined) {
    return text;
  }
  const digits = whole.replace(/,/g, '');
  // as many as four count; a power takes the room of one
  const zeros = digits === '0' ? rest.search(/[^0]|$/) : -digits.length;
  const decimals = Math.max(0, (power ? 3 : 4) + zeros);
  if (rest.length <= decimals) {
    return text;
  }
  const value = Number(`${digits}.${rest}`);
  const rounded = value.toLocaleString('en-US', { maximumFractionDigits: decimals });
  return `${sign}${rounded}${power ?? ''}`;
}

export function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** "9.5 s", "14 min 03 s", "2 h 05 min". */
export function span(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) {
    return '';
  }
  if (seconds < 0) {
    return `−${span(-seconds)}`;
  }
  if (seconds < 9.95) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  if (whole < 60) {
    return `${whole} s`;
  }
  if (whole < 3600) {
    return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  }
  if (whole < 86400) {
    return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
  }
  return `${Math.floor(whole / 86400)} d ${two(Math.floor((whole % 86400) / 3600))} h`;
}

/** Seconds, roughly: "12 s", "10 min", "3 h". */
export function roughly(seconds: number): string {
  if (seconds < 90) {
    return `${Math.max(1, Math.round(seconds))} s`;
  }
  if (seconds < 5400) {
    return `${Math.round(seconds / 60)} min`;
  }
  if (seconds < 129600) {
    return `${Math.round(seconds / 3600)} h`;
  }
  return `${Math.round(seconds / 86400)} d`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

export function bytes(size: number): string {
  let value = size;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

/** A moment, as short as it can be: the time if it is today, else the date too. */
export function moment(seconds: number | null | undefined, now = Date.now()): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) {
    return '';
  }
  const at = new Date(seconds * 1000);
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (at.toDateString() === new Date(now).toDateString()) {
    return time;
  }
  const sameYear = at.getFullYear() === new Date(now).getFullYear();
  const day = at.toLocaleDateString(undefined, {
    month: 'short',
    day: 'numeric',
    ...(sameYear ? {} : { year: 'numeric' })
  });
  return `${day}, ${time}`;
}
