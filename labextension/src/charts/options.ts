/** How uPlot draws one of our charts. */

import uPlot from 'uplot';

import { IChart } from '../api';
import { IColumn } from './data';
import { axisTicks, TickKind } from './ticks';

/** Colours of the page, asked for when a chart is drawn: uPlot paints on a canvas. */
export interface IInk {
  text: string;
  grid: string;
  font: string;
}

export function inkOf(node: HTMLElement): IInk {
  const style = getComputedStyle(node);
  const get = (name: string, other: string) =>
    style.getPropertyValue(name).trim() || other;
  return {
    text: get('--jp-ui-font-color2', '#666'),
    grid: get('--jp-border-color2', '#ddd'),
    font: `11px ${get('--jp-ui-font-family', 'system-ui, sans-serif')}`
  };
}

export interface ILook {
  chart: IChart;
  columns: IColumn[];
  colors: readonly string[];
  width: number;
  height: number;
  log: boolean;
  ink: IInk;
  /** The part of x and y in sight, asked for at each drawing. */
  x: () => [number, number];
  y: () => [number, number];
  hooks: uPlot.Hooks.Arrays;
}

/** Few points are shown one by one. */
export const FEW = 40;

export function optionsOf(look: ILook): uPlot.Options {
  const { chart, columns, ink, log } = look;
  const axis = (kind: TickKind, side: 2 | 3, each: number): uPlot.Axis => ({
    side,
    stroke: ink.text,
    font: ink.font,
    size: side === 2 ? 22 : 46,
    gap: 4,
    ticks: { show: false },
    grid: side === 3 ? { stroke: ink.grid, width: 1 } : { show: false },
    splits: (plot, _index, low, high) => {
      const room = side === 2 ? plot.bbox.width : plot.bbox.height;
      const wanted = Math.max(2, Math.round(room / devicePixelRatio / each));
      return axisTicks(kind, low, high, wanted).map(([at]) => at);
    },
    // the labels of the ticks that were made from the same ends
    values: (plot, splits) => {
      const scale = plot.scales[side === 2 ? 'x' : 'y'];
      const { min, max } = scale;
      const room = side === 2 ? plot.bbox.width : plot.bbox.height;
      const wanted = Math.max(2, Math.round(room / devicePixelRatio / each));
      const known = new Map(axisTicks(kind, min ?? 0, max ?? 1, wanted));
      return splits.map(at => known.get(at) ?? '');
    }
  });
  return {
    width: look.width,
    height: look.height,
    padding: [8, 10, 0, 0],
    legend: { show: false },
    cursor: {
      x: false,
      y: false,
      points: { show: false },
      drag: { x: true, y: true, uni: 16, dist: 5, setScale: false }
    },
    scales: {
      x: { time: false, range: () => look.x() },
      y: { distr: log ? 3 : 1, range: () => look.y() }
    },
    axes: [axis(chart.x_kind, 2, 75), axis(log ? 'log' : '', 3, 38)],
    series: [{}, ...columns.map(column => seriesOf(column, look))],
    bands: bandsOf(columns, look),
    hooks: look.hooks
  };
}

function seriesOf({ role, of }: IColumn, look: ILook): uPlot.Series {
  const color = look.colors[of];
  switch (role) {
    case 'guide':
      return {
        stroke: look.ink.text,
        width: 1,
        dash: [5, 4],
        points: { show: false }
      };
    case 'low':
    case 'high':
      return { stroke: 'transparent', width: 0, points: { show: false } };
    case 'faint':
      return { stroke: fade(color, 0.28), width: 1, points: { show: false } };
    case 'line': {
      const few = look.chart.lines.every(line => line.x.length <= FEW);
      return {
        stroke: color,
        width: 1.6,
        points: {
          // a point between two gaps would not be seen otherwise
          ...(few ? { show: true } : {}),
          size: 5,
          width: 0,
          fill: color,
          stroke: color
        }
      };
    }
  }
}

function bandsOf(columns: readonly IColumn[], look: ILook): uPlot.Band[] {
  return columns.flatMap((column, index) =>
    column.role === 'low'
      ? [{ series: [index + 2, index + 1], fill: fade(look.colors[column.of], 0.16) }]
      : []
  );
}

/** A colour of the palette, translucent. */
export function fade(color: string, share: number): string {
  const alpha = Math.round(share * 255);
  return `${color}${alpha.toString(16).padStart(2, '0')}`;
}
