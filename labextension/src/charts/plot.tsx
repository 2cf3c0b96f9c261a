import * as React from 'react';
import uPlot from 'uplot';

import { IChart } from '../api';
import { columnsOf, IPoint, nextPoint, placeOf, pointsNear, reachY } from './data';
import { drawBars, drawMarks } from './draw';
import { FEW, inkOf, optionsOf } from './options';
import { Tip } from './tip';

export interface IZoom {
  x: [number, number];
  /** Null: as high as what is in sight. */
  y: [number, number] | null;
}

export interface IPlotProps {
  chart: IChart;
  colors: readonly string[];
  log: boolean;
  hidden: ReadonlySet<string>;
  zoom: IZoom | null;
  height?: number;
  /** The ends of the whole x axis, whatever is zoomed into. */
  reach: [number, number];
  /** Null: back to all of it. */
  onZoom: (zoom: IZoom | null) => void;
  /** What a screen reader says of it. */
  label: string;
}

/** A box lower than this zooms along x alone. */
const TALL = 12;
const NARROW = 5;

interface IPointed {
  at: number;
  points: IPoint[];
}

/** Curves on a canvas, with what is under the pointer and a box to zoom: nothing here asks a server. */
export function Plot(props: IPlotProps): React.ReactElement {
  const { chart, colors, log, hidden, zoom, height = 150 } = props;
  const host = React.useRef<HTMLDivElement>(null);
  const plot = React.useRef<uPlot | null>(null);
  const latest = React.useRef(props);
  latest.current = props;
  const [pointed, setPointed] = React.useState<IPointed | null>(null);
  const [width, setWidth] = React.useState(0);
  const theme = useTheme();

  const inSight = () => {
    const now = latest.current;
    return now.zoom?.x ?? now.reach;
  };
  const columns = React.useMemo(() => columnsOf(chart, hidden), [chart, hidden]);
  // what the canvas is made of; points alone are only set
  const shape = JSON.stringify([
    columns.columns,
    chart.lines.map(line => Boolean(line.edges)),
    chart.lines.every(line => line.x.length <= FEW),
    colors,
    log && !chart.frame,
    chart.x_kind,
    theme,
    height
  ]);

  React.useEffect(() => {
    const node = host.current;
    if (!node || !width) {
      return;
    }
    const linear = Boolean(latest.current.chart.frame);
    const made = new uPlot(
      optionsOf({
        chart: latest.current.chart,
        columns: columns.columns,
        colors,
        width,
        height,
        log: log && !linear,
        ink: inkOf(node),
        x: inSight,
        y: () => {
          const now = latest.current;
          return (
            now.zoom?.y ?? reachY(now.chart, now.hidden, inSight(), now.log && !linear)
          );
        },
        hooks: {
          draw: [
            drawn => {
              const now = latest.current;
              drawBars(drawn, now.chart, now.colors, now.hidden);
              drawMarks(drawn, now.chart, now.colors, now.hidden);
            }
          ],
          setSelect: [drawn => boxed(drawn, latest.current.onZoom)]
        }
      }),
      columns.data,
      node
    );
    plot.current = made;
    return () => {
      plot.current = null;
      made.destroy();
    };
    // the size follows below, without a new canvas
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [shape, width > 0]);

  React.useEffect(() => {
    const { current } = plot;
    if (current && current.data !== columns.data) {
      current.setData(columns.data, true);
    }
  }, [columns]);

  React.useEffect(() => {
    setPointed(null);
    const [min, max] = inSight();
    plot.current?.batch(() => {
      plot.current?.setScale('x', { min, max });
    });
  }, [zoom]);

  React.useEffect(() => {
    if (width) {
      plot.current?.setSize({ width, height });
    }
  }, [width, height]);

  React.useEffect(() => {
    const node = host.current;
    if (!node) {
      return;
    }
    const sizes = new ResizeObserver(entries => {
      setWidth(Math.floor(entries[0].contentRect.width));
    });
    sizes.observe(node);
    return () => sizes.disconnect();
  }, []);

  const point = (x: number | null) => {
    const { current } = plot;
    if (!current || x === null) {
      setPointed(null);
      return;
    }
    const [from, to] = inSight();
    const points = pointsNear(chart, hidden, x, (to - from) * 0.02);
    const at = points[0]?.x;
    setPointed(at === undefined || at < from || at > to ? null : { at, points });
  };

  const moved = (event: React.PointerEvent) => {
    const over = plot.current?.over;
    if (!over || event.buttons) {
      setPointed(null);
      return;
    }
    const { left, right, top, bottom } = over.getBoundingClientRect();
    const { clientX: x, clientY: y } = event;
    const inside = x >= left - 6 && x <= right + 6 && y >= top && y <= bottom;
    point(inside && plot.current ? plot.current.posToVal(x - left, 'x') : null);
  };

  const typed = (event: React.KeyboardEvent) => {
    const { current } = plot;
    if (!current || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const [from, to] = inSight();
    const middle = pointed ? pointed.at : (from + to) / 2;
    const scaled = (factor: number): IZoom => ({
      x: [middle - (middle - from) * factor, middle + (to - middle) * factor],
      y: null
    });
    switch (event.key) {
      case 'ArrowLeft':
      case 'ArrowRight': {
        const gap = ((to - from) / Math.max(1, current.over.clientWidth)) * 1.5;
        point(nextPoint(chart, hidden, middle, event.key === 'ArrowLeft' ? -1 : 1, gap));
        break;
      }
      case '+':
      case '=':
        props.onZoom(scaled(0.5));
        break;
      case '-':
        props.onZoom(within(props.reach, scaled(2)));
        break;
      case '0':
        props.onZoom(null);
        break;
      case 'Escape':
        setPointed(null);
        return;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      className="jp-Runs-plot"
      style={{ height }}
      ref={host}
      tabIndex={0}
      role="img"
      aria-label={props.label}
      onPointerMove={moved}
      onPointerLeave={() => setPointed(null)}
      onDoubleClick={() => props.onZoom(null)}
      onKeyDown={typed}
      onBlur={() => setPointed(null)}
    >
      {pointed && plot.current && (
        <Tip
          plot={plot.current}
          at={pointed.at}
          place={placeOf(chart, pointed.at)}
          rows={pointed.points.map(({ line, x, y, text }) => ({
            label: chart.lines[line]?.label ?? '',
            color: colors[line],
            text,
            x,
            y
          }))}
        />
      )}
    </div>
  );
}

/** A box that was drawn, as a part of both axes. */
function boxed(plot: uPlot, onZoom: (zoom: IZoom) => void): void {
  const { left, top, width, height } = plot.select;
  if (width < NARROW) {
    return;
  }
  const x: [number, number] = [
    plot.posToVal(left, 'x'),
    plot.posToVal(left + width, 'x')
  ];
  const whole = height < TALL || height >= plot.over.clientHeight - 1;
  onZoom({
    x,
    y: whole ? null : [plot.posToVal(top + height, 'y'), plot.posToVal(top, 'y')]
  });
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
}

/** A part no wider than all there is: null for that. */
function within([first, last]: [number, number], zoom: IZoom): IZoom | null {
  const x: [number, number] = [Math.max(zoom.x[0], first), Math.min(zoom.x[1], last)];
  return x[0] <= first && x[1] >= last ? null : { ...zoom, x };
}

/** Lab's theme, so that canvases are painted anew when it changes. */
function useTheme(): string {
  const read = () => document.body.dataset.jpThemeName ?? '';
  const [theme, setTheme] = React.useState(read);
  React.useEffect(() => {
    const changes = new MutationObserver(() => setTheme(read()));
    changes.observe(document.body, { attributeFilter: ['data-jp-theme-name'] });
    return () => changes.disconnect();
  }, []);
  return theme;
}
