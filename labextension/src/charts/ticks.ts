/** Round ticks for what is in sight, with their labels: the same as the widget's. */

import { two } from './format';

const UNITS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200
];
const DAYS = [1, 2, 7, 14, 30, 90, 365];
const MOST = 50;

export type TickKind = 'step' | 'index' | 'time' | 'relative' | 'column' | 'log' | '';
export type Tick = [at: number, label: string];

export function axisTicks(
  kind: TickKind,
  low: number,
  high: number,
  wanted: number
): Tick[] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) {
    return [];
  }
  switch (kind) {
    case 'log':
      return logTicks(low, high, wanted).map(at => [at, short(at)]);
    case 'time': {
      const shift = new Date(low * 1000).getTimezoneOffset() * 60;
      return timeTicks(low, high, wanted, shift).map(at => [at, clock(at, high - low)]);
    }
    case 'relative':
      return timeTicks(low, high, wanted, 0).map(at => [at, since(at)]);
    case 'step':
    case 'index': // there is no step 2.5
      return roundTicks(low, high, wanted, 1).map(at => [at, short(at)]);
    default:
      return roundTicks(low, high, wanted).map(at => [at, short(at)]);
  }
}

export function roundTicks(
  low: number,
  high: number,
  wanted: number,
  least = 0
): number[] {
  const width = high - low;
  if (!(width > 0) || !Number.isFinite(width)) {
    return Number.isFinite(low) ? [low] : [];
  }
  const raw = Math.max(least, width / Math.max(1, wanted));
  const power = 10 ** Math.floor(Math.log10(raw));
  const steps = [1, 2, 2.5, 5, 10].map(factor => factor * power);
  const step = steps.find(one => one >= raw * 0.999) ?? 10 * power;
  if (least && step % 1) {
    return roundTicks(low, high, Math.floor(wanted / 2), least);
  }
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  if (last - first > MOST) {
    return [low, high];
  }
  const digits = Math.min(100, Math.max(0, 12 - Math.floor(Math.log10(step))));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    Number(((first + index) * step).toFixed(digits))
  );
}

function logTicks(low: number, high: number, wanted: number): number[] {
  if (!(low > 0)) {
    return [];
  }
  const [a, b] = [Math.log10(low), Math.log10(high)];
  if (b - a < 1.2) {
    return roundTicks(low, high, wanted).filter(at => at > 0);
  }
  const step = Math.max(1, Math.round((b - a) / wanted));
  const found: number[] = [];
  for (let power = Math.ceil(a - 1e-9); power <= b + 1e-9; power += step) {
    found.push(10 ** power);
  }
  return found;
}

function timeTicks(low: number, high: number, wanted: number, shift: number): number[] {
  const raw = (high - low) / Math.max(1, wanted);
  if (!(raw >= 1)) {
    return roundTicks(low, high, wanted);
  }
  const days = DAYS.map(day => day * 86400);
  const step = UNITS.find(unit => unit >= raw) ?? days.find(unit => unit >= raw) ?? raw;
  const found: number[] = [];
  for (let at = Math.ceil((low - shift) / step) * step; at <= high - shift; at += step) {
    found.push(at + shift);
  }
  return found;
}

const SCALES: [limit: number, scale: number, unit: string][] = [
  [1e12, 1e12, 'T'],
  [1e9, 1e9, 'G'],
  [1e6, 1e6, 'M'],
  [1e4, 1e3, 'k']
];

function short(value: number): string {
  const size = Math.abs(value);
  const trim = (text: string) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
  for (const [limit, scale, unit] of SCALES) {
    if (size >= limit * 1e4) {
      return trim(value.toExponential(2).replace('e+', 'e'));
    }
    if (size >= limit) {
      return `${trim((value / scale).toFixed(3))}${unit}`;
    }
  }
  if (size === 0) {
    return '0';
  }
  if (size < 1e-4) {
    return value.toExponential(2).replace(/\.?0+e/, 'e');
  }
  return trim(value.toFixed(Math.max(0, 4 - Math.floor(Math.log10(size)))));
}

function clock(seconds: number, width: number): string {
  const at = new Date(seconds * 1000);
  if (width > 2 * 86400) {
    return at.toLocaleDateString(undefined, { month: 'short', day: 'numeric' });
  }
  if (width < 10) {
    const exact = (at.getSeconds() + (seconds % 1)).toFixed(width < 0.2 ? 3 : 1);
    return `${two(at.getMinutes())}:${exact.padStart(4, '0')}`;
  }
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  return width < 300 ? `${time}:${two(at.getSeconds())}` : time;
}

function since(seconds: number): string {
  if (seconds === 0) {
    return '0';
  }
  const size = Math.abs(seconds);
  const units: [number, string][] = [
    [86400, 'd'],
    [3600, 'h'],
    [60, 'min']
  ];
  for (const [unit, name] of units) {
    if (size >= unit) {
      return `${short(seconds / unit)} ${name}`;
    }
  }
  return `${short(seconds)} s`;
}
