import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IRun } from '../api';
import { moment, number, span } from '../charts/format';
import { StatusIcon } from './icons';
import { nameOf } from './row';
import { toneOf, wordFor } from './status';

/** A column that a person may choose; `id` is also what the server sorts by. */
export interface IColumnChoice {
  id: string;
  label: string;
  value: (run: IRun) => unknown;
}

export interface IRunsTableProps {
  runs: readonly IRun[];
  columns: readonly IColumnChoice[];
  /** Column id, with "-" before it for downwards; null keeps the order given. */
  sort: string | null;
  onSort: (sort: string) => void;
  onOpen: (run: IRun) => void;
  /** Runs that are marked to be compared, by key; left out where none can be. */
  selected?: ReadonlySet<string>;
  onSelect?: (run: IRun, on: boolean) => void;
  /** The run that is best by a column. */
  best?: { run: string; column: string } | null;
  swatch?: (run: IRun) => string;
  trans: TranslationBundle;
}

/** Runs as rows with chosen columns. */
export function RunsTable(props: IRunsTableProps): React.ReactElement {
  const { runs, columns, sort, trans, selected } = props;
  const sortable = (id: string, label: React.ReactNode, right = false) => {
    const down = sort === `-${id}`;
    const up = sort === id;
    return (
      <th
        key={id}
        scope="col"
        className={right ? 'jp-mod-number' : undefined}
        aria-sort={down ? 'descending' : up ? 'ascending' : 'none'}
      >
        <button
          title={typeof label === 'string' ? wide(label) : undefined}
          onClick={() => props.onSort(up ? `-${id}` : id)}
        >
          {label}
        </button>
      </th>
    );
  };
  const numeric = new Set(
    columns
      .filter(column => runs.some(run => typeof column.value(run) === 'number'))
      .map(column => column.id)
  );
  return (
    <div className="jp-Runs-scrolled jp-Runs-scrolled-runs">
      <table className="jp-Runs-table">
        <thead>
          <tr>
            {selected && (
              <th scope="col">
                <span className="jp-Runs-heard">{trans.__('Compare')}</span>
              </th>
            )}
            {sortable('number', trans.__('Run'))}
            {sortable('status', trans.__('Status'))}
            {sortable('created', trans.__('Started'))}
            {columns.map(column =>
              sortable(column.id, column.label, numeric.has(column.id))
            )}
            {sortable('duration', trans.__('Duration'), true)}
          </tr>
        </thead>
        <tbody>
          {runs.map(run => {
            const key = `${run.workspace}/${run.id}`;
            const tone = toneOf(run.status);
            const best = props.best?.run === key;
            return (
              <tr key={key} aria-selected={selected?.has(key)}>
                {selected && (
                  <td>
                    <input
                      type="checkbox"
                      checked={selected.has(key)}
                      aria-label={trans.__('Compare %1', nameOf(run, trans))}
                      onChange={event => props.onSelect?.(run, event.target.checked)}
                    />
                  </td>
                )}
                <td>
                  {props.swatch && (
                    <i
                      className="jp-Runs-swatch"
                      style={{ background: props.swatch(run) }}
                    />
                  )}
                  <button
                    className="jp-Runs-link"
                    title={nameOf(run, trans)}
                    onClick={() => props.onOpen(run)}
                  >
                    {nameOf(run, trans)}
                  </button>
                  {best && (
                    <span
                      className="jp-Runs-best"
                      title={trans.__('Best by %1', props.best?.column ?? '')}
                    >
                      {' '}
                      ★
                    </span>
                  )}
                </td>
                <td className={`jp-mod-${tone}`}>
                  <span className="jp-Runs-cell-status">
                    <StatusIcon tone={tone} /> {wordFor(run.status, trans)}
                  </span>
                </td>
                <td className="jp-Runs-cell-when">
                  {moment(run.started ?? run.created)}
                </td>
                {columns.map(column => (
                  <td
                    key={column.id}
                    className={numeric.has(column.id) ? 'jp-mod-number' : undefined}
                    title={wide(shown(column.value(run)))}
                  >
                    {shown(column.value(run))}
                  </td>
                ))}
                <td className="jp-mod-number">{span(run.elapsed)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** What is cut at the end of its cell is told whole under the pointer. */
function wide(text: string): string | undefined {
  return text.length > 40 ? text : undefined;
}

function shown(value: unknown): string {
  if (value === null || value === undefined) {
    return '';
  }
  if (typeof value === 'number') {
    return number(value);
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Columns that these runs have something in: parameters, metrics (their last value), tags. */
export function columnsOf(runs: readonly IRun[]): IColumnChoice[] {
  const params = new Set<string>();
  const metrics = new Set<string>();
  const tags = new Set<string>();
  for (const run of runs) {
    Object.keys(run.params ?? {}).forEach(name => params.add(name));
    Object.keys(run.tags ?? {}).forEach(name => tags.add(name));
    run.metrics.forEach(metric => metrics.add(metric.name));
  }
  const quoted = (name: string) =>
    /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
  // one name may be a parameter, a metric and a tag
  const label = (name: string, kind: string) =>
    [params, metrics, tags].filter(names => names.has(name)).length > 1
      ? `${name} (${kind})`
      : name;
  return [
    ...[...params].map(name => ({
      id: `params.${quoted(name)}`,
      label: label(name, 'param'),
      value: (run: IRun) => run.params?.[name]
    })),
    ...[...metrics].map(name => ({
      id: `metrics.${quoted(name)}.last`,
      label: label(name, 'metric'),
      value: (run: IRun) => {
        const metric = run.metrics.find(one => one.name === name);
        return typeof metric?.last === 'number' ? metric.last : metric?.text;
      }
    })),
    ...[...tags].map(name => ({
      id: `tags.${quoted(name)}`,
      label: label(name, 'tag'),
      value: (run: IRun) => run.tags?.[name]
    }))
  ];
}

/** Names of metrics of which less is better. */
export const SMALL_IS_GOOD = /loss|err|mse|mae|rmse|perplex|cost|regret|time|latency/i;

/** The best run by the first metric that all of them have a number for, and that metric's name. */
export function bestOf(runs: readonly IRun[]): { run: string; column: string } | null {
  const first = runs[0]?.metrics.find(metric =>
    runs.every(run =>
      run.metrics.some(one => one.name === metric.name && typeof one.last === 'number')
    )
  );
  if (!first || runs.length < 2) {
    return null;
  }
  const last = (run: IRun) =>
    run.metrics.find(one => one.name === first.name)?.last as number;
  const small = SMALL_IS_GOOD.test(first.name);
  const best = runs.reduce((a, b) =>
    small === last(b) < last(a) && last(a) !== last(b) ? b : a
  );
  return { run: `${best.workspace}/${best.id}`, column: first.name };
}

/** Order runs that are all here; what has no value goes last. */
export function sorted(
  runs: readonly IRun[],
  columns: readonly IColumnChoice[],
  sort: string | null
): readonly IRun[] {
  if (!sort) {
    return runs;
  }
  const down = sort.startsWith('-');
  const id = down ? sort.slice(1) : sort;
  const builtIn: { [id: string]: (run: IRun) => unknown } = {
    number: run => run.number,
    status: run => run.status,
    created: run => run.started ?? run.created,
    duration: run => run.elapsed
  };
  const value = builtIn[id] ?? columns.find(column => column.id === id)?.value;
  if (!value) {
    return runs;
  }
  return [...runs].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === y) {
      return 0;
    }
    if (x === null || x === undefined) {
      return 1;
    }
    if (y === null || y === undefined) {
      return -1;
    }
    const order =
      typeof x === 'number' && typeof y === 'number'
        ? x - y
        : String(x).localeCompare(String(y));
    return down ? -order : order;
  });
}
