import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IParallel } from '../api';
import { Brushes, brushed, nearest, nudged, passes, stopsOf } from './brush';
import { colorOf } from './palette';
import { nearTick, ParallelAxis } from './parallelAxis';

export interface IParallelPlotProps {
  parallel: IParallel;
  /** What a run is called; null hides that it can be pointed at. */
  titleOf: (run: string) => string;
  /** A run's own colour; by default the better, the stronger. */
  colorOf?: (run: string) => string;
  onOpen: (run: string) => void;
  label: string;
  trans: TranslationBundle;
}

const HEIGHT = 260;
const TOP = 30;
const BOTTOM = 26;
const SIDE = 64;
/** From one axis to the next, at least. */
const BETWEEN = 96;
const LETTER = 6.4;

/** A line for each run over the axes of its parameters; axes are brushed, lines pointed at, by hand or by keys. */
export function ParallelPlot(props: IParallelPlotProps): React.ReactElement {
  const { parallel, trans } = props;
  const { axes, lines } = parallel;
  const host = React.useRef<HTMLDivElement>(null);
  const [width, setWidth] = React.useState(0);
  const [brushes, setBrushes] = React.useState<Brushes>(new Map());
  const [drag, setDrag] = React.useState<{ axis: number; from: number } | null>(null);
  const chose = React.useRef(false);
  const [pointed, setPointed] = React.useState<number | null>(null);
  /** The axis that Tab comes to, and whether keys brush it now. */
  const [stop, setStop] = React.useState(0);
  const [keyed, setKeyed] = React.useState(false);
  const nodes = React.useRef<(SVGGElement | null)[]>([]);
  React.useEffect(() => {
    const node = host.current;
    if (!node || typeof ResizeObserver === 'undefined') {
      return;
    }
    const sizes = new ResizeObserver(entries =>
      setWidth(Math.floor(entries[0].contentRect.width))
    );
    sizes.observe(node);
    return () => sizes.disconnect();
  }, []);
  const whole = Math.max(width, 2 * SIDE + BETWEEN * (axes.length - 1));
  const step = (whole - 2 * SIDE) / Math.max(1, axes.length - 1);
  const xs = axes.map((_, index) => SIDE + index * step);
  const yOf = (place: number) => HEIGHT - BOTTOM - place * (HEIGHT - TOP - BOTTOM);
  const placeOf = (y: number) => (HEIGHT - BOTTOM - y) / (HEIGHT - TOP - BOTTOM);
  const here = (event: React.PointerEvent) => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const shown = lines.map(line => passes(line.places, brushes));
  const passing = lines.map((line, index) =>
    shown[index] ? line : { places: [] as (number | null)[] }
  );
  const step_ = (by: number) => {
    const there = lines.map((_, index) => index).filter(index => shown[index]);
    const at = pointed === null ? -1 : there.indexOf(pointed);
    const next = at < 0 ? (by > 0 ? 0 : there.length - 1) : at + by;
    setPointed(there[Math.max(0, Math.min(there.length - 1, next))] ?? null);
  };
  const typed = (event: React.KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowRight') {
      step_(1);
    } else if (event.key === 'ArrowUp' || event.key === 'ArrowLeft') {
      step_(-1);
    } else if (event.key === 'Enter' && pointed !== null) {
      props.onOpen(lines[pointed].run);
    } else if (event.key === 'Escape') {
      setBrushes(new Map());
      setPointed(null);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const passed = shown.filter(Boolean).length;
  const through = trans._n(
    '%1 run of %2 goes through.',
    '%1 runs of %2 go through.',
    passed,
    lines.length
  );
  const toldOf = (index: number) => {
    const brush = brushes.get(index);
    return brush
      ? trans.__(
          'from about %1 to about %2: %3',
          nearTick(axes[index], brush[0]),
          nearTick(axes[index], brush[1]),
          through
        )
      : trans.__('all');
  };
  const brushByKeys = (index: number, event: React.KeyboardEvent) => {
    const way = { ArrowUp: 1, ArrowDown: -1 }[event.key] as 1 | -1 | undefined;
    const aside = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (way !== undefined) {
      const stops = stopsOf(lines.map(line => line.places[index]));
      setBrushes(nudged(brushes, index, event.shiftKey ? 'from' : 'to', way, stops));
      setPointed(null);
    } else if (aside !== undefined) {
      nodes.current[index + aside]?.focus();
    } else if (event.key === 'Escape' && brushes.has(index)) {
      setBrushes(brushed(brushes, index, 0, 0));
    } else {
      return; // another Escape takes all of them off
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const letters = Math.floor(step / LETTER);
  // the best last, so that it lies above all; what is pointed at above that
  const order = lines.map((_, index) => index).reverse();
  if (pointed !== null) {
    order.push(...order.splice(order.indexOf(pointed), 1));
  }
  return (
    <div className="jp-Runs-parallel" ref={host}>
      <svg
        width={whole}
        height={HEIGHT}
        role="group"
        tabIndex={0}
        aria-label={props.label}
        onKeyDown={typed}
        onPointerDown={event => {
          const { x, y } = here(event);
          const axis = xs.findIndex(one => Math.abs(one - x) < 12);
          if (axis >= 0 && y > TOP - 8 && !event.button) {
            chose.current = true; // the click that ends it opens nothing
            event.currentTarget.setPointerCapture(event.pointerId);
            setDrag({ axis, from: placeOf(y) });
            setBrushes(brushed(brushes, axis, 0, 0));
          }
        }}
        onPointerMove={event => {
          const at = here(event);
          if (drag) {
            setBrushes(brushed(brushes, drag.axis, drag.from, placeOf(at.y)));
          } else {
            setPointed(nearest(passing, at, xs, yOf));
          }
        }}
        onPointerUp={() => setDrag(null)}
        onPointerLeave={() => !drag && setPointed(null)}
        onClick={() => {
          if (pointed !== null && !chose.current) {
            props.onOpen(lines[pointed].run);
          }
          chose.current = false;
        }}
        style={{ cursor: pointed === null ? 'default' : 'pointer' }}
      >
        {order.map(index => (
          <Line
            key={lines[index].run}
            points={lines[index].places}
            xs={xs}
            yOf={yOf}
            color={props.colorOf?.(lines[index].run)}
            best={index === 0 && lines.length > 1}
            share={lines[index].share}
            look={
              pointed === index
                ? 'pointed'
                : shown[index] && pointed === null
                  ? ''
                  : 'dim'
            }
            out={!shown[index]}
          />
        ))}
        {axes.map((axis, index) => (
          <ParallelAxis
            key={index}
            ref={node => {
              nodes.current[index] = node;
            }}
            axis={axis}
            x={xs[index]}
            last={index === axes.length - 1}
            letters={letters}
            height={HEIGHT}
            yOf={yOf}
            brush={brushes.get(index) ?? null}
            told={toldOf(index)}
            stop={index === Math.min(stop, axes.length - 1)}
            onFocus={byKeys => {
              setStop(index);
              setKeyed(byKeys);
            }}
            onBlur={() => setKeyed(false)}
            onKeyDown={event => brushByKeys(index, event)}
          />
        ))}
      </svg>
      <p className="jp-Runs-parallel-foot" role="status">
        {pointed !== null ? (
          <b>{props.titleOf(lines[pointed].run)}</b>
        ) : brushes.size ? (
          <>
            {through}{' '}
            <button
              className="jp-Runs-link jp-mod-link"
              onClick={() => {
                setBrushes(new Map());
                nodes.current[stop]?.focus(); // this button is gone
              }}
            >
              {trans.__('Show all')}
            </button>
          </>
        ) : keyed ? (
          trans.__(
            'Up and Down move the upper end of what is chosen, with Shift the lower one; Left and Right go to the next axis, Escape chooses all.'
          )
        ) : (
          trans.__('Drag along an axis to choose; a click on a line opens its run.')
        )}
      </p>
    </div>
  );
}

function Line(props: {
  points: readonly (number | null)[];
  xs: readonly number[];
  yOf: (place: number) => number;
  color?: string;
  best: boolean;
  share: number;
  look: string;
  out: boolean;
}): React.ReactElement {
  const { points, xs, yOf, color, best, share, look } = props;
  let gap = true;
  const path = points
    .map((place, index) => {
      const move = gap ? 'M' : 'L';
      gap = place === null;
      return place === null
        ? ''
        : `${move}${xs[index].toFixed(1)} ${yOf(place).toFixed(1)}`;
    })
    .join('');
  const own = color ?? colorOf(best ? 1 : 0);
  const plain = color ? 0.85 : best ? 1 : 0.22 + 0.6 * share ** 2;
  return (
    <>
      <path
        d={path}
        fill="none"
        stroke={own}
        strokeWidth={look === 'pointed' ? 3 : best && !color ? 2.4 : 1.5}
        strokeOpacity={
          look === 'pointed' ? 1 : props.out ? 0.05 : look === 'dim' ? 0.16 : plain
        }
        strokeLinejoin="round"
      />
      {/* a place between gaps has no line to show it */}
      {points.map((place, index) =>
        place !== null && alone(points, index) ? (
          <circle
            key={index}
            cx={xs[index]}
            cy={yOf(place)}
            r={look === 'pointed' ? 4 : 2.5}
            fill={own}
            fillOpacity={props.out ? 0.05 : 0.9}
          />
        ) : null
      )}
    </>
  );
}

function alone(points: readonly (number | null)[], index: number): boolean {
  const none = (at: number) => points[at] === null || points[at] === undefined;
  return none(index - 1) && none(index + 1);
}
