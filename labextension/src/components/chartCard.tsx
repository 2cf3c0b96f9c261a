import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IChart } from '../api';
import { reachX } from '../charts/data';
import { ParallelPlot } from '../charts/parallelPlot';
import { IZoom, Plot } from '../charts/plot';
import { Matrix, Table, Texts } from './chartParts';

export interface IChartCardProps {
  chart: IChart;
  /** The points of the part that is zoomed into, once they are there. */
  exact?: IChart | null;
  colors: readonly string[];
  log: boolean;
  zoom: IZoom | null;
  hidden: ReadonlySet<string>;
  onZoom: (zoom: IZoom | null) => void;
  onHide: (key: string) => void;
  /** Of a chart whose lines are runs: what one is called, and how it is opened. */
  titleOf?: (run: string) => string;
  onRun?: (run: string) => void;
  trans: TranslationBundle;
}

const ARROWS: { [trend: string]: string } = { up: '↑', down: '↓' };
const HEIGHT = 158;
/** Shares and distributions want a plot that is less flat. */
const TALLER = 196;
const KEYS = 24;

/** One metric: title, legend, last value, curve (or table, matrix, texts), and what of it is drawn. */
export function ChartCard(props: IChartCardProps): React.ReactElement {
  const { chart, colors, hidden, zoom, trans } = props;
  const drawn = zoom && props.exact ? props.exact : chart;
  const log = props.log && !chart.frame && positive(chart);
  const reach = React.useMemo(() => reachX(chart), [chart]);
  const lines = chart.kind === 'line';
  return (
    <figure
      className={`jp-Runs-card jp-Runs-card-${chart.kind}`}
      aria-label={chart.title}
      data-chart={chart.key}
    >
      <figcaption className="jp-Runs-card-head">
        <span
          className="jp-Runs-card-title"
          title={[chart.title, chart.description].filter(Boolean).join('\n')}
        >
          {chart.title}
        </span>
        {lines && <Legend {...props} />}
        {chart.last_text && (
          <span className="jp-Runs-card-value">
            <b>{chart.last_text}</b> {ARROWS[chart.trend] ?? ''}
          </span>
        )}
      </figcaption>
      {lines && chart.y_label && <div className="jp-Runs-card-y">{chart.y_label}</div>}
      {lines && (
        <Plot
          chart={drawn}
          colors={colors}
          log={log}
          hidden={hidden}
          zoom={zoom}
          reach={reach}
          height={chart.frame || drawn.lines[0]?.edges ? TALLER : HEIGHT}
          onZoom={props.onZoom}
          label={trans.__(
            '%1: %2. Arrow keys point, plus and minus zoom, 0 shows all.',
            chart.title,
            chart.badge
          )}
        />
      )}
      {chart.parallel && (
        <ParallelPlot
          parallel={chart.parallel}
          titleOf={props.titleOf ?? String}
          onOpen={run => props.onRun?.(run)}
          label={trans.__(
            '%1: %2. Arrow keys go from run to run, Enter opens one; Tab goes on to the axes, where arrow keys choose runs.',
            chart.title,
            chart.badge
          )}
          trans={trans}
        />
      )}
      {chart.matrix && <Matrix matrix={chart.matrix} chart={chart} />}
      {chart.kind === 'table' && chart.table && <Table table={chart.table} />}
      {chart.kind === 'text' && chart.texts && <Texts texts={chart.texts} />}
      <div className="jp-Runs-card-foot">
        <span className="jp-Runs-badge">{drawn.badge}</span>
        {zoom && (
          <button
            className="jp-Runs-reset"
            title={trans.__('Show all of it')}
            onClick={() => props.onZoom(null)}
          >
            {trans.__('Zoom out')}
          </button>
        )}
        {lines && (
          <span className="jp-Runs-x-label">{chart.x_label || chart.x_kind}</span>
        )}
      </div>
      {lines && chart.table && (
        <details className="jp-Runs-card-more">
          <summary>{trans.__('Table')}</summary>
          <Table table={chart.table} />
        </details>
      )}
      {lines && Boolean(chart.texts?.length) && (
        <details className="jp-Runs-card-more">
          <summary>{trans.__('Texts')}</summary>
          <Texts texts={chart.texts ?? []} />
        </details>
      )}
    </figure>
  );
}

function Legend(props: IChartCardProps): React.ReactElement | null {
  const { chart, colors, hidden, trans } = props;
  const guides = chart.guides ?? [];
  if (chart.lines.length < 2 && !guides.length) {
    return null;
  }
  return (
    <span className="jp-Runs-legend">
      {chart.lines.length > 1 &&
        chart.lines.slice(0, KEYS).map((line, index) => (
          <button
            key={line.key}
            className="jp-Runs-key"
            aria-pressed={!hidden.has(line.key)}
            title={trans.__('Show or hide %1', line.label)}
            onClick={() => props.onHide(line.key)}
          >
            <i className="jp-Runs-swatch" style={{ background: colors[index] }} />
            {line.label}
          </button>
        ))}
      {chart.lines.length > KEYS && (
        <span className="jp-Runs-key">
          {trans.__('and %1 more', chart.lines.length - KEYS)}
        </span>
      )}
      {guides.map((guide, index) => (
        <span key={index} className="jp-Runs-guide">
          <i />
          {guide.label}
        </span>
      ))}
    </span>
  );
}

function positive(chart: IChart): boolean {
  return chart.lines.some(line => line.y.some(value => value !== null && value > 0));
}
