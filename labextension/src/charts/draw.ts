/** What uPlot has no series for: bars between edges, and marks where a value is no drawable number. */

import uPlot from 'uplot';

import { IChart } from '../api';
import { fade } from './options';

export function drawBars(
  plot: uPlot,
  chart: IChart,
  colors: readonly string[],
  hidden: ReadonlySet<string>
): void {
  const { ctx } = plot;
  chart.lines.forEach((line, index) => {
    const { edges } = line;
    if (!edges || hidden.has(line.key)) {
      return;
    }
    clipped(plot, () => {
      ctx.fillStyle = fade(colors[index], 0.75);
      const zero = plot.valToPos(0, 'y', true);
      line.y.forEach((value, bar) => {
        if (value === null || edges[bar + 1] === undefined) {
          return;
        }
        const left = plot.valToPos(edges[bar], 'x', true);
        const right = plot.valToPos(edges[bar + 1], 'x', true);
        const top = plot.valToPos(value, 'y', true);
        const gap = right - left > 4 ? 1 : 0;
        ctx.fillRect(left, Math.min(top, zero), right - left - gap, Math.abs(zero - top));
      });
    });
  });
}

/** A small tick at the bottom for each NaN, infinity or text. */
export function drawMarks(
  plot: uPlot,
  chart: IChart,
  colors: readonly string[],
  hidden: ReadonlySet<string>
): void {
  const { ctx } = plot;
  const { top, height } = plot.bbox;
  const long = 7 * devicePixelRatio;
  chart.lines.forEach((line, index) => {
    if (hidden.has(line.key) || !line.marks.length) {
      return;
    }
    clipped(plot, () => {
      ctx.strokeStyle = colors[index];
      ctx.lineWidth = 1.5 * devicePixelRatio;
      ctx.beginPath();
      for (const [at] of line.marks) {
        if (at !== null) {
          const x = plot.valToPos(at, 'x', true);
          ctx.moveTo(x, top + height - long);
          ctx.lineTo(x, top + height);
        }
      }
      ctx.stroke();
    });
  });
}

function clipped(plot: uPlot, draw: () => void): void {
  const { ctx } = plot;
  const { left, top, width, height } = plot.bbox;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  draw();
  ctx.restore();
}
