import * as React from 'react';
import uPlot from 'uplot';

export interface ITipRow {
  label: string;
  color: string;
  text: string;
  x: number;
  y: number | null;
}

/** More rows than this would cover the chart. */
const MOST = 12;

/** A line where the pointer is, dots on the curves, and their values. */
export function Tip(props: {
  plot: uPlot;
  at: number;
  place: string;
  rows: ITipRow[];
}): React.ReactElement {
  const { plot, rows } = props;
  const { left, top, width, height } = plot.bbox;
  const ratio = devicePixelRatio;
  const across = plot.valToPos(props.at, 'x');
  const after = across < width / ratio / 2;
  return (
    <div
      className="jp-Runs-over"
      style={{
        left: left / ratio,
        top: top / ratio,
        width: width / ratio,
        height: height / ratio
      }}
    >
      <i className="jp-Runs-cross" style={{ left: across }} />
      {rows.map(({ x, y, color }, index) => {
        const down = y === null ? NaN : plot.valToPos(y, 'y');
        return down >= -1 && down <= height / ratio + 1 ? (
          <i
            key={index}
            className="jp-Runs-dot"
            style={{ left: plot.valToPos(x, 'x'), top: down, background: color }}
          />
        ) : null;
      })}
      <div
        className="jp-Runs-tip"
        role="status"
        style={after ? { left: across + 10 } : { right: width / ratio - across + 10 }}
      >
        <div className="jp-Runs-tip-place">{props.place}</div>
        {rows.slice(0, MOST).map((row, index) => (
          <div key={index} className="jp-Runs-tip-row">
            <i className="jp-Runs-swatch" style={{ background: row.color }} />
            <span>{row.label}</span>
            <b>{row.text}</b>
          </div>
        ))}
        {rows.length > MOST && <div className="jp-Runs-tip-place">…</div>}
      </div>
    </div>
  );
}
