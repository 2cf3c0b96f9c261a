import * as React from 'react';

import { IParallel } from '../api';

export interface IParallelAxisProps {
  axis: IParallel['axes'][number];
  x: number;
  last: boolean;
  /** As many of a name have room. */
  letters: number;
  /** Of the whole drawing. */
  height: number;
  yOf: (place: number) => number;
  brush: readonly [number, number] | null;
  /** What is chosen, in words. */
  told: string;
  /** Whether Tab comes here, of all axes. */
  stop: boolean;
  /** `byKeys`: not by a click. */
  onFocus: (byKeys: boolean) => void;
  onBlur: () => void;
  onKeyDown: (event: React.KeyboardEvent) => void;
}

/** One axis: its name, its ticks, and what is brushed on it. */
export const ParallelAxis = React.forwardRef<SVGGElement, IParallelAxisProps>(
  function ParallelAxis(props, ref): React.ReactElement {
    const { axis, x, last, letters, height, yOf, brush } = props;
    return (
      <g
        ref={ref}
        className="jp-Runs-parallel-axis"
        role="slider"
        tabIndex={props.stop ? 0 : -1}
        aria-orientation="vertical"
        aria-label={axis.note ? `${axis.name}, ${axis.note}` : axis.name}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(100 * (brush?.[1] ?? 1))}
        aria-valuetext={props.told}
        onFocus={event => props.onFocus(event.currentTarget.matches(':focus-visible'))}
        onBlur={props.onBlur}
        onKeyDown={props.onKeyDown}
      >
        <line x1={x} x2={x} y1={yOf(1)} y2={yOf(0)} />
        <rect
          className="jp-Runs-parallel-grip"
          x={x - 12}
          width={24}
          y={yOf(1) - 8}
          height={yOf(0) - yOf(1) + 16}
          rx={3}
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
          <text
            x={x}
            y={height - 5}
            textAnchor="middle"
            className="jp-Runs-parallel-note"
          >
            {cut(axis.note, letters)}
          </text>
        )}
      </g>
    );
  }
);

/** The tick that is nearest to a place, "" where there is none. */
export function nearTick(axis: IParallel['axes'][number], place: number): string {
  const away = ([at]: readonly [number, string]) => Math.abs(at - place);
  const sorted = [...axis.ticks].sort((a, b) => away(a) - away(b));
  return sorted[0]?.[1] ?? '';
}

function cut(text: string, letters: number): string {
  return text.length > letters ? `${text.slice(0, Math.max(1, letters - 1))}…` : text;
}
