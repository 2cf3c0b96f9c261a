import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IParallel } from '../api';
import { Brushes, brushed, nearest, passes } from './brush';
import { colorOf } from './palette';

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

/** A line for each run over the axes of its parameters; axes are brushed, lines pointed at. */
export function ParallelPlot(props: IParallelPlotProps): React.ReactElement {
  const { parallel, trans } = props;
  const { axes, lines } = parallel;
  const host = React.useRef<HTMLDivElement>(null);
  const [width, setWidth] = React.useState(0);
  const [brushes, setBrushes] = React.useState<Brushes>(new Map());
  const [drag, setDrag] = React.useState<{ axis: number; from: number } | null>(null);
  const chose = React.useRef(false);
  const [pointed, setPointed] = React.useState<number | null>(null);
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
        role="img"
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
          <Axis
            key={index}
            axis={axis}
            x={xs[index]}
            last={index === axes.length - 1}
            letters={letters}
            yOf={yOf}
            brush={brushes.get(index) ?? null}
          />
        ))}
      </svg>
      <p className="jp-Runs-parallel-foot" role="status">
        {pointed !== null ? (
          <b>{props.titleOf(lines[pointed].run)}</b>
        ) : brushes.size ? (
          <>
            {trans._n(
              '%1 run of %2 goes through.',
              '%1 runs of %2 go through.',
              shown.filter(Boolean).length,
              lines.length
            )}{' '}
            <button
              className="jp-Runs-link jp-mod-link"
              onClick={() => setBrushes(new Map())}
            >
              {trans.__('Show all')}
            </button>
          </>
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

function Axis(props: {
  axis: IParallel['axes'][number];
  x: number;
  last: boolean;
  letters: number;
  yOf: (place: number) => number;
  brush: readonly [number, number] | null;
}): React.ReactElement {
  const { axis, x, last, letters, yOf, brush } = props;
  return (
    <g className="jp-Runs-parallel-axis">
      <line x1={x} x2={x} y1={yOf(1)} y2={yOf(0)} />
      <rect
        className="jp-Runs-parallel-grip"
        x={x - 12}
        width={24}
        y={yOf(1) - 8}
        height={yOf(0) - yOf(1) + 16}
      />
      {brush && (
        <rect
          className="jp-Runs-parallel-brush"
          x={x - 6}
          width={12}
          y={yOf(brush[1])}
          height={yOf(brush[0]) - yOf(brush[1])}
        />
      )}
      <text x={x} y={14} textAnchor="middle" className={last ? 'jp-mod-strong' : ''}>
        <title>{axis.name}</title>
        {cut(axis.name, letters)}
      </text>
      {axis.ticks.map(([place, label], index) => (
        <React.Fragment key={index}>
          <line x1={x - 3} x2={x + 3} y1={yOf(place)} y2={yOf(place)} />
          <text
            x={x + (last ? 7 : -7)}
            y={yOf(place) + 3.5}
            textAnchor={last ? 'start' : 'end'}
          >
            <title>{label}</title>
            {cut(label, Math.min(letters, 9))}
          </text>
        </React.Fragment>
      ))}
      {axis.note && (
        <text x={x} y={HEIGHT - 5} textAnchor="middle" className="jp-Runs-parallel-note">
          {cut(axis.note, letters)}
        </text>
      )}
    </g>
  );
}

function cut(text: string, letters: number): string {
  return text.length > letters ? `${text.slice(0, Math.max(1, letters - 1))}…` : text;
}
