import * as React from 'react';

import { IRun, IRunRef } from '../../api';
import { ColumnChooser } from '../../components/columnChooser';
import { BackButton, Note } from '../../components/note';
import { columnsOf, RunsTable } from '../../components/runsTable';
import { Tabs } from '../../components/tabs';
import { marked } from '../../model/marks';
import { keyOf } from '../../model/runList';
import { CompareCharts, legendColor } from '../compare/charts';
import { useCompared } from '../compare/compared';
import { elsewhereOf } from '../elsewhere';
import { useSurroundings } from '../context';
import { SELDOM, useLive } from '../live';
import { useKept } from '../kept';

const PAGE = 100;
const COLUMNS = 6;
/** Runs whose curves are drawn when none are marked. */
const DRAWN = 10;

/** The runs of an experiment: a table with chosen columns, and charts across runs. */
export function ExperimentPage(props: {
  workspace: string;
  experiment: string;
}): React.ReactElement {
  const { workspace, experiment } = props;
  const { client, places, trans } = useSurroundings();
  const name = `${workspace}/${experiment}`;
  const [sort, setSort] = useKept(`sort ${name}`, '-created');
  const [kept, setKept] = useKept<string[] | null>(`columns ${name}`, null);
  const [tab, setTab] = React.useState('runs');
  const [limit, setLimit] = React.useState(PAGE);
  const [selected, setSelected] = React.useState<ReadonlySet<string>>(new Set<string>());
  const { value, error } = useLive(`runs ${name} ${sort} ${limit}`, () =>
    client.runs({ workspace, experiment, sort, limit })
  );
  const known = useLive(`experiment ${name}`, () => client.experiments(), SELDOM);
  const archived =
    known.value?.find(one => one.workspace === workspace && one.name === experiment)
      ?.archived ?? null;
  const archive = async () => {
    try {
      await client.archiveExperiment(workspace, experiment, !archived);
    } catch (reason) {
      places.report(reason);
    }
    await known.refresh();
  };
  const last = React.useRef(value);
  last.current = value ?? last.current;
  const page = last.current; // the rows stay while another order is asked for
  if (!page) {
    return <Note error={error} trans={trans} />;
  }
  const { runs } = page;
  const all = columnsOf(runs);
  const columns = kept
    ? all.filter(column => kept.includes(column.id))
    : all.slice(0, COLUMNS);
  const chosen = runs.filter(run => selected.has(keyOf(run)));
  const drawn = chosen.length ? chosen : runs.slice(0, DRAWN);
  const active = runs.filter(run => run.active).length;
  const select = (run: IRun, on: boolean) =>
    setSelected(marked(selected, keyOf(run), on));
  return (
    <>
      <div className="jp-Runs-head">
        <div className="jp-Runs-head-row">
          <h1 title={experiment}>
            <span>{experiment}</span>
          </h1>
          {archived && <span className="jp-Runs-label">{trans.__('archived')}</span>}
          <span className="jp-Runs-head-facts">
            {[
              workspace,
              trans._n('%1 run', '%1 runs', page.total ?? runs.length),
              active ? trans.__('%1 running', active) : ''
            ]
              .filter(Boolean)
              .join(' · ')}
          </span>
          <div className="jp-Runs-actions">
            {elsewhereOf(places, { kind: 'experiment', workspace, experiment }).map(
              action => (
                <button
                  key={action.id}
                  className="jp-Runs-button"
                  title={action.title}
                  onClick={action.run}
                >
                  {action.label}
                </button>
              )
            )}
            <button
              className="jp-Runs-button"
              disabled={chosen.length < 2}
              title={trans.__('Mark runs in the table, then compare them')}
              onClick={() => places.openCompare(chosen)}
            >
              {chosen.length
                ? trans.__('⇄ Compare %1 runs', chosen.length)
                : trans.__('⇄ Compare…')}
            </button>
            {archived !== null && (
              <button
                className="jp-Runs-button"
                title={
                  archived
                    ? trans.__('Put it back on the lists, with its runs')
                    : trans.__('Take it with its runs off the lists; nothing is deleted')
                }
                onClick={() => void archive()}
              >
                {archived ? trans.__('Unarchive') : trans.__('Archive')}
              </button>
            )}
          </div>
        </div>
      </div>
      <Tabs
        tabs={[
          { id: 'runs', label: trans.__('Runs'), count: page.total ?? runs.length },
          { id: 'charts', label: trans.__('Charts'), count: null }
        ]}
        chosen={tab}
        onChoose={setTab}
        label={trans.__('Parts of the experiment')}
      >
        {tab === 'runs' && !runs.length && (
          <>
            <p className="jp-Runs-note" role="alert">
              {trans.__('The experiment “%1” has no runs on the list.', experiment)}
            </p>
            <BackButton trans={trans} />
          </>
        )}
        {tab === 'runs' && runs.length > 0 && (
          <>
            <div className="jp-Runs-tools">
              <ColumnChooser
                columns={all}
                chosen={columns.map(column => column.id)}
                onChoose={setKept}
                trans={trans}
              />
            </div>
            <RunsTable
              runs={runs}
              columns={columns}
              sort={sort}
              onSort={setSort}
              onOpen={run => places.openRun(run)}
              selected={selected}
              onSelect={select}
              trans={trans}
            />
            {page.next !== null && (
              <button
                className="jp-Runs-button jp-Runs-more"
                onClick={() => setLimit(limit + PAGE)}
              >
                {trans.__('Show more')}
              </button>
            )}
          </>
        )}
        {tab === 'charts' && (
          <>
            <p className="jp-Runs-legend jp-Runs-legend-runs">
              {drawn.map((run, index) => (
                <span key={keyOf(run)} className="jp-Runs-key">
                  <i
                    className="jp-Runs-swatch"
                    style={{ background: legendColor(index) }}
                  />
                  {run.number === null ? run.name : trans.__('run %1', run.number)}
                </span>
              ))}
              <span className="jp-Runs-dim">
                {chosen.length
                  ? trans.__('the runs that are marked')
                  : trans.__('the first of the table; mark runs there to see others')}
              </span>
            </p>
            <Curves runs={drawn} />
          </>
        )}
      </Tabs>
    </>
  );
}

/** The curves of some runs of the experiment. */
function Curves({ runs }: { runs: readonly IRunRef[] }): React.ReactElement {
  return <CompareCharts runs={runs} compared={useCompared(runs)} parallel />;
}
