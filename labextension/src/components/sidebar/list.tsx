import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ApiError, IRun } from '../../api';
import { IShown, IState } from '../../model/runsModel';
import { useAge } from '../age';
import { adviceFor } from '../note';
import { Tone, toneOf } from '../status';
import { Examples } from './examples';
import { itemsOf } from './items';
import { Nothing } from './nothing';
import { useSelection } from './selection';
import { Sieve } from './sieve';
import { Tree } from './tree';

export interface IListProps {
  state: IState;
  shown: IShown;
  onShow: (change: Partial<IShown>) => void;
  onMore: () => void;
  onLook: (from: number, to: number) => void;
  onOpen: (run: IRun, byKeys: boolean) => void;
  onExperiment: (workspace: string, experiment: string) => void;
  onCompare: (runs: IRun[]) => void;
  onDelete: (runs: IRun[]) => void;
  onUndo: () => void;
  onRename: (run: IRun) => void;
  onDrag: (run: IRun, event: React.PointerEvent) => void;
  /** Told which runs are marked. */
  onSelect: (runs: IRun[]) => void;
  /** Id of the run to point at. */
  pointed?: string | null;
  tools?: React.ReactNode;
  trans: TranslationBundle;
}

/** The whole content of the panel. */
export function RunsList(props: IListProps): React.ReactElement {
  const { state, shown, trans } = props;
  const { runs, error } = state;
  const [closed, setClosed] = React.useState<ReadonlySet<string>>(new Set<string>());
  const sieved = Boolean(shown.filter.trim());
  const grouped = shown.grouped && !sieved;
  const items = React.useMemo(
    () => itemsOf(runs ?? [], grouped, closed, state.counts),
    [runs, grouped, closed, state.counts]
  );
  const selection = useSelection(items, props.onSelect);
  const workspaces = React.useMemo(
    () => new Set((runs ?? []).map(run => run.workspace)).size > 1,
    [runs]
  );
  const going = summaryOf(runs ?? [], trans);
  const age = useAge(
    state.received,
    (runs ?? []).some(run => toneOf(run.status) === 'live')
  );
  const toggle = (key: string) => {
    const after = new Set(closed);
    if (!after.delete(key)) {
      after.add(key);
    }
    setClosed(after);
  };
  const empty = runs?.length === 0 && !state.behind;
  return (
    <>
      <div className="jp-Runs-header">
        <h2>{trans.__('Runs')}</h2>
        <span className="jp-Runs-summary" role="status">
          {going}
        </span>
        {props.tools}
      </div>
      {(!empty || sieved || shown.archived) && (
        <Sieve
          shown={shown}
          onShow={props.onShow}
          fault={state.fault}
          total={state.total}
          trans={trans}
        />
      )}
      {error && <Fault error={error} stale={runs !== null} trans={trans} />}
      {runs === null && !error && <p className="jp-Runs-note">{trans.__('Loading…')}</p>}
      {state.behind && (
        <p className="jp-Runs-note" role="status">
          {trans.__('Reading the runs: more are to come…')}
        </p>
      )}
      {empty && !sieved && !shown.archived && (
        <Nothing trans={trans}>
          {/* else who has archived all of them would not find them again */}
          <button
            className="jp-Runs-link jp-mod-link"
            onClick={() => props.onShow({ archived: true })}
          >
            {trans.__('Show what is archived')}
          </button>
        </Nothing>
      )}
      {empty && !sieved && shown.archived && (
        <p className="jp-Runs-note">
          {trans.__('Nothing is archived. The menu of a run archives it.')}
        </p>
      )}
      {empty && sieved && !state.fault && (
        <p className="jp-Runs-note">{trans.__('No run fits “%1”.', shown.filter)}</p>
      )}
      {sieved && (empty || state.fault) && (
        <Examples onTake={filter => props.onShow({ filter })} trans={trans} />
      )}
      {Boolean(runs?.length) && (
        <Tree
          items={items}
          workspaces={workspaces}
          flat={!grouped}
          age={age}
          pointed={props.pointed ?? null}
          selection={selection}
          more={state.more}
          onMore={props.onMore}
          onLook={props.onLook}
          onToggle={toggle}
          onOpen={props.onOpen}
          onExperiment={props.onExperiment}
          onDelete={props.onDelete}
          onUndo={props.onUndo}
          onRename={props.onRename}
          onDrag={props.onDrag}
          trans={trans}
        />
      )}
      {selection.runs.length > 1 && (
        <footer className="jp-Runs-marked">
          <button
            className="jp-Runs-button jp-mod-accept"
            onClick={() => props.onCompare(selection.runs)}
          >
            {trans.__('Compare %1 runs', selection.runs.length)}
          </button>
          <button className="jp-Runs-button" onClick={selection.clear}>
            {trans.__('Clear')}
          </button>
        </footer>
      )}
    </>
  );
}

/** "1 running · 2 queued" */
export function summaryOf(runs: readonly IRun[], trans: TranslationBundle): string {
  const count = (tone: Tone) => runs.filter(run => toneOf(run.status) === tone).length;
  const live = count('live');
  const waiting = count('wait');
  return [
    live ? trans._n('%1 running', '%1 running', live) : '',
    waiting ? trans._n('%1 queued', '%1 queued', waiting) : ''
  ]
    .filter(part => part)
    .join(' · ');
}

interface IFaultProps {
  error: ApiError;
  stale: boolean;
  trans: TranslationBundle;
}

function Fault({ error, stale, trans }: IFaultProps): React.ReactElement {
  return (
    <div className="jp-Runs-error" role="alert">
      <strong>{trans.__('Runs could not be read')}</strong>
      <span>{adviceFor(error, trans, true)}</span>
      {stale && <span>{trans.__('Below is what was known before.')}</span>}
    </div>
  );
}
