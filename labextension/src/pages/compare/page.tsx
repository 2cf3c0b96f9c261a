import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { address, ICompare, IComparedRun } from '../../api';
import { colorOf } from '../../charts/palette';
import { number, span } from '../../charts/format';
import { Note } from '../../components/note';
import { nameOf } from '../../components/row';
import { StatusPill } from '../../components/statusPill';
import { Tabs } from '../../components/tabs';
import { useSurroundings } from '../context';
import { ILive, useLive } from '../live';
import { DiffView } from '../run/diff';
import { CompareCharts, refOf } from './charts';
import { useCompared } from './compared';
import { Gone } from './gone';
import { CompareImages } from './images';

const OTHERS = 100;

export interface IComparePageProps {
  /** Addresses of the runs, in order. */
  runs: readonly string[];
  onRuns: (runs: string[]) => void;
}

/** Runs beside each other: what differs, curves over each other, the code. */
export function ComparePage({ runs, onRuns }: IComparePageProps): React.ReactElement {
  const { trans } = useSurroundings();
  const [tab, setTab] = React.useState('charts');
  const key = runs.join(' ');
  const refs = React.useMemo(() => key.split(' ').filter(Boolean).map(refOf), [key]);
  const compared = useCompared(refs);
  const images = compared.value?.images ?? [];
  return (
    <>
      <div className="jp-Runs-head">
        <div className="jp-Runs-head-row">
          <h1>{trans._n('%1 run', '%1 runs beside each other', runs.length)}</h1>
          <div className="jp-Runs-actions">
            <AddRun runs={runs} onRuns={onRuns} />
          </div>
        </div>
      </div>
      <Tabs
        tabs={[
          { id: 'charts', label: trans.__('Charts'), count: null },
          { id: 'values', label: trans.__('Parameters and metrics'), count: null },
          ...(images.length
            ? [{ id: 'images', label: trans.__('Images'), count: images.length }]
            : []),
          ...(runs.length === 2
            ? [{ id: 'code', label: trans.__('Code and environment'), count: null }]
            : [])
        ]}
        chosen={
          (tab === 'code' && runs.length !== 2) || (tab === 'images' && !images.length)
            ? 'charts'
            : tab
        }
        onChoose={setTab}
        label={trans.__('Parts of the comparison')}
      >
        {compared.error?.status === 404 ? (
          <Gone runs={runs} onRuns={onRuns} error={compared.error} />
        ) : tab === 'values' ? (
          <Values compared={compared} />
        ) : tab === 'images' && compared.value && images.length ? (
          <CompareImages rows={compared.value.rows} names={images} />
        ) : tab === 'code' && refs.length === 2 ? (
          <DiffView run={refs[0]} other={refs[1]} />
        ) : (
          <>
            <Legend compared={compared.value} runs={runs} onRuns={onRuns} />
            <CompareCharts runs={refs} compared={compared} parallel />
          </>
        )}
      </Tabs>
    </>
  );
}

/** The colour of each run, and a way to take it out. */
function Legend(
  props: IComparePageProps & { compared: ICompare | null }
): React.ReactElement | null {
  const { compared: value, runs, onRuns } = props;
  const { places, trans } = useSurroundings();
  if (!value) {
    return null;
  }
  return (
    <div className="jp-Runs-legend jp-Runs-legend-runs">
      {value.rows.map((row, index) => (
        <span key={row.head.id} className="jp-Runs-chip">
          <i className="jp-Runs-swatch" style={{ background: colorOf(index) }} />
          <button
            className="jp-Runs-link"
            title={titleOf(row, value.rows, numberOf(row, trans))}
            onClick={() => places.openRun(row.head)}
          >
            {titleOf(row, value.rows, numberOf(row, trans))}
          </button>
          <button
            title={trans.__('Take it out')}
            aria-label={trans.__('Take %1 out', row.label)}
            disabled={runs.length < 2}
            onClick={() => onRuns(runs.filter(run => run !== address(row.head)))}
          >
            ×
          </button>
        </span>
      ))}
    </div>
  );
}

function numberOf({ head }: IComparedRun, trans: TranslationBundle): string {
  return trans.__('run %1', head.number ?? head.id);
}

function titleOf(row: IComparedRun, rows: readonly IComparedRun[], run: string): string {
  const several = rows.some(other => other.head.experiment !== row.head.experiment);
  const title = [run, row.head.name].filter(Boolean).join(' · ');
  return several ? `${row.head.experiment} / ${title}` : title;
}

function Values({ compared }: { compared: ILive<ICompare> }): React.ReactElement {
  const { places, trans } = useSurroundings();
  const [differing, setDiffering] = React.useState(true);
  const { value, error } = compared;
  if (!value) {
    return <Note error={error} trans={trans} />;
  }
  const { rows } = value;
  const fewer = differing && rows.length > 1;
  const params = fewer ? value.differing : value.params;
  const metrics = fewer
    ? value.metrics.filter(
        name => new Set(rows.map(row => row.metrics[name]?.text)).size > 1
      )
    : value.metrics;
  return (
    <>
      <div className="jp-Runs-tools">
        <label>
          <input
            type="checkbox"
            checked={differing}
            onChange={event => setDiffering(event.target.checked)}
          />
          {trans.__('Only what differs')}
        </label>
      </div>
      <div className="jp-Runs-scrolled jp-Runs-scrolled-runs" tabIndex={0}>
        <table className="jp-Runs-table jp-Runs-compared">
          <thead>
            <tr>
              <td />
              {rows.map((row, index) => (
                <th key={row.head.id} scope="col">
                  <i className="jp-Runs-swatch" style={{ background: colorOf(index) }} />
                  <button
                    className="jp-Runs-link jp-Runs-cut"
                    title={titleOf(row, rows, numberOf(row, trans))}
                    onClick={() => places.openRun(row.head)}
                  >
                    {titleOf(row, rows, numberOf(row, trans))}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">{trans.__('Status')}</th>
              {rows.map(row => (
                <td key={row.head.id}>
                  <StatusPill status={row.head.status} trans={trans} />
                </td>
              ))}
            </tr>
            <tr>
              <th scope="row">{trans.__('Duration')}</th>
              {rows.map(row => (
                <td key={row.head.id}>{span(row.head.elapsed)}</td>
              ))}
            </tr>
            <Part title={trans.__('Parameters')} width={rows.length + 1} names={params}>
              {name =>
                rows.map(row => (
                  <td key={row.head.id}>
                    <span className="jp-Runs-cut" title={cell(row.params[name])}>
                      {cell(row.params[name])}
                    </span>
                  </td>
                ))
              }
            </Part>
            <Part
              title={trans.__('Metrics, their last value')}
              width={rows.length + 1}
              names={metrics}
            >
              {name =>
                rows.map(row => (
                  <td key={row.head.id}>{row.metrics[name]?.text ?? ''}</td>
                ))
              }
            </Part>
          </tbody>
        </table>
      </div>
      {!params.length && !metrics.length && rows.length > 1 && (
        <p className="jp-Runs-note">{trans.__('No parameter and no metric differs.')}</p>
      )}
    </>
  );
}

function Part(props: {
  title: string;
  width: number;
  names: readonly string[];
  children: (name: string) => React.ReactNode;
}): React.ReactElement | null {
  if (!props.names.length) {
    return null;
  }
  return (
    <>
      <tr className="jp-Runs-part">
        <th colSpan={props.width} scope="colgroup">
          {props.title}
        </th>
      </tr>
      {props.names.map(name => (
        <tr key={name}>
          <th scope="row">
            <span className="jp-Runs-cut" title={name}>
              {name}
            </span>
          </th>
          {props.children(name)}
        </tr>
      ))}
    </>
  );
}

function cell(value: unknown): string {
  if (value === undefined) {
    return '';
  }
  return typeof value === 'number'
    ? number(value)
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
}

function AddRun({ runs, onRuns }: IComparePageProps): React.ReactElement {
  const { client, trans } = useSurroundings();
  const { value } = useLive('runs to add', () => client.runs({ limit: OTHERS }), 15_000);
  const others = (value?.runs ?? []).filter(run => !runs.includes(address(run)));
  return (
    <select
      className="jp-Runs-input"
      value=""
      aria-label={trans.__('Add a run')}
      onChange={event => onRuns([...runs, event.target.value])}
    >
      <option value="">{trans.__('+ Add a run…')}</option>
      {others.map(run => (
        <option key={address(run)} value={address(run)}>
          {run.experiment} / {nameOf(run, trans)}
        </option>
      ))}
    </select>
  );
}
