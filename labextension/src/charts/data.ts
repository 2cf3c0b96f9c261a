/** From a chart as the server tells it to columns that uPlot draws, and back from a place to values. */

import uPlot from 'uplot';

import { IChart, ILine } from '../api';
import { number, span } from './format';

export type Role = 'faint' | 'line' | 'low' | 'high' | 'guide';

export interface IColumn {
  role: Role;
  /** Index of the line or guide. */
  of: number;
}

export interface IColumns {
  data: uPlot.AlignedData;
  /** What each column after the first is. */
  columns: IColumn[];
}

type Values = (number | null | undefined)[];

/** One column of x for all, a gap where a value is null. Lines that are hidden stay, as empty columns. */
export function columnsOf(chart: IChart, hidden: ReadonlySet<string>): IColumns {
  const columns: IColumn[] = [];
  const tables: [number[], ...Values[]][] = [];
  chart.lines.forEach((line, of) => {
    if (line.edges) {
      return; // drawn as bars
    }
    const gone = hidden.has(line.key);
    const x = gone ? [] : line.x;
    const put = (role: Role, values: Values) => {
      columns.push({ role, of });
      return gone ? [] : values;
    };
    tables.push([
      x,
      ...(line.band ? [put('low', line.band[0]), put('high', line.band[1])] : []),
      ...(line.faint ? [put('faint', line.faint)] : []),
      put('line', line.y)
    ]);
  });
  (chart.guides ?? []).forEach((guide, of) => {
    columns.push({ role: 'guide', of });
    tables.push([guide.x, guide.y]);
  });
  if (!tables.length) {
    return { data: [[]], columns };
  }
  const data =
    tables.length === 1 ? tables[0] : uPlot.join(tables as uPlot.AlignedData[]);
  return { data: data as uPlot.AlignedData, columns };
}

export interface IPoint {
  line: number;
  x: number;
  /** Null where the value is no drawable number. */
  y: number | null;
  text: string;
}

/** The points nearest to a place, one a visible line, all close to the nearest of them. */
export function pointsNear(
  chart: IChart,
  hidden: ReadonlySet<string>,
  x: number,
  close: number
): IPoint[] {
  const found: (IPoint & { distance: number })[] = [];
  chart.lines.forEach((line, index) => {
    const point = hidden.has(line.key) ? null : nearest(line, x);
    if (point) {
      found.push({ ...point, line: index, distance: Math.abs(point.x - x) });
    }
  });
  if (!found.length) {
    return [];
  }
  const at = found.reduce((a, b) => (b.distance < a.distance ? b : a)).x;
  const order = [...found].sort((a, b) => a.distance - b.distance);
  const near = order.filter(point => Math.abs(point.x - at) <= close);
  return [near[0], ...near.slice(1).sort((a, b) => a.line - b.line)];
}

function nearest(line: ILine, x: number): Omit<IPoint, 'line'> | null {
  if (line.edges) {
    const bar = line.edges.findIndex(
      (edge, index) => edge <= x && x <= (line.edges as number[])[index + 1]
    );
    return bar < 0 || bar >= line.y.length
      ? null
      : { x: line.x[bar], y: line.y[bar], text: number(line.y[bar]) };
  }
  let best: Omit<IPoint, 'line'> | null = null;
  let distance = Infinity;
  const middle = lowerBound(line.x, x);
  for (const step of [-1, 1]) {
    let at = step < 0 ? middle - 1 : middle;
    while (at >= 0 && at < line.x.length && line.y[at] === null) {
      at += step;
    }
    const gap = at >= 0 && at < line.x.length ? Math.abs(line.x[at] - x) : Infinity;
    if (gap < distance) {
      distance = gap;
      best = { x: line.x[at], y: line.y[at], text: number(line.y[at]) };
    }
  }
  for (const [at, text] of line.marks) {
    if (at !== null && Math.abs(at - x) < distance) {
      distance = Math.abs(at - x);
      best = { x: at, y: null, text };
    }
  }
  return best;
}

/** The first index whose value is not below. */
export function lowerBound(values: readonly number[], value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** The next point to the left or right of a place, at least so far away. */
export function nextPoint(
  chart: IChart,
  hidden: ReadonlySet<string>,
  x: number,
  sign: -1 | 1,
  gap: number
): number {
  let best: number | null = null;
  for (const line of chart.lines) {
    if (hidden.has(line.key)) {
      continue;
    }
    for (const at of line.x) {
      if ((at - x) * sign > gap && (best === null || (at - best) * sign < 0)) {
        best = at;
      }
    }
  }
  return best ?? x;
}

/** Where a place is, in words. */
export function placeOf(chart: IChart, x: number): string {
  const edges = chart.lines[0]?.edges;
  const bar = edges
    ? edges.findIndex((edge, index) => edge <= x && x <= edges[index + 1])
    : -1;
  if (edges && bar >= 0) {
    return `${number(edges[bar])} to ${number(edges[bar + 1])}`;
  }
  if (chart.x_kind === 'time') {
    return new Date(x * 1000).toLocaleString();
  }
  if (chart.x_kind === 'relative') {
    return `after ${span(x)}`;
  }
  return `${chart.x_label || chart.x_kind} ${number(x)}`;
}

/** Lowest and highest x of what a chart draws, widened where all is at one place. */
export function reachX(chart: IChart): [number, number] {
  if (chart.frame) {
    return [chart.frame[0], chart.frame[1]];
  }
  let low = Infinity;
  let high = -Infinity;
  for (const line of chart.lines) {
    const ends = line.edges ?? line.x;
    const marks = line.marks.flatMap(([at]) => (at === null ? [] : [at]));
    for (const at of [ends[0], ends[ends.length - 1], ...marks]) {
      if (at !== undefined) {
        low = Math.min(low, at);
        high = Math.max(high, at);
      }
    }
  }
  return widened(low, high, 0);
}

/** Lowest and highest y of the visible lines between two places. */
export function reachY(
  chart: IChart,
  hidden: ReadonlySet<string>,
  [from, to]: [number, number],
  log: boolean
): [number, number] {
  if (chart.frame) {
    return [chart.frame[2], chart.frame[3]];
  }
  let low = Infinity;
  let high = -Infinity;
  const take = (xs: readonly number[], values: readonly (number | null)[]) => {
    const until = Math.min(xs.length, lowerBound(xs, to) + 1);
    for (let at = Math.max(0, lowerBound(xs, from) - 1); at < until; at += 1) {
      const value = values[at];
      if (value !== null && (!log || value > 0)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
  };
  for (const line of chart.lines) {
    if (hidden.has(line.key)) {
      continue;
    }
    take(line.x, line.y);
    for (const more of [line.faint, ...(line.band ?? [])]) {
      if (more) {
        take(line.x, more);
      }
    }
    if (line.edges) {
      low = Math.min(low, 0);
    }
  }
  for (const guide of chart.guides ?? []) {
    take(guide.x, guide.y);
  }
  if (log) {
    return low > 0 && high > low
      ? [low / 1.1, high * 1.1]
      : [(low > 0 && Number.isFinite(low) ? low : 1) / 2, (high > 0 ? high : 1) * 2];
  }
  return widened(low, high, 0.06);
}

function widened(low: number, high: number, share: number): [number, number] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) {
    return [0, 1];
  }
  const width = high - low;
  if (!(width > Math.abs(high) * 1e-12)) {
    const pad = Math.abs(low) * 0.05 || 0.5;
    return [low - pad, high + pad];
  }
  return [low - width * share, high + width * share];
}
