import * as React from 'react';

import { IRun, IRunAnswer, IRunRef } from '../../api';
import { Note } from '../../components/note';
import {
  bestOf,
  columnsOf,
  IColumnChoice,
  RunsTable,
  sorted
} from '../../components/runsTable';
import { marked } from '../../model/marks';
import { keyOf } from '../../model/runList';
import { useSurroundings } from '../context';
import { useLive } from '../live';

const COLUMNS = 8;
const PAGE = 200;

/** The runs below a run, the best marked. */
export function ChildrenTable(props: {
  run: IRunRef;
  active: boolean;
  compare?: boolean;
  /** What counts among the runs of a sweep. */
  sweep?: IRunAnswer['sweep'];
}): React.ReactElement {
  const { run, active, sweep } = props;
  const [limit, setLimit] = React.useState(PAGE);
  const { client, places, trans } = useSurroundings();
  const [sort, setSort] = React.useState<string | null>(null);
  const [selected, setSelected] = React.useState<ReadonlySet<string>>(new Set<string>());
  const { value, error } = useLive(
    `children ${run.workspace}/${run.id} ${limit} ${active}`,
    () => client.children(run, limit),
    active ? undefined : null
  );
  const last = React.useRef(value);
  last.current = value ?? last.current;
  const page = last.current; // the rows stay while more of them are asked for
  if (!page) {
    return <Note error={error} trans={trans} />;
  }
  const { runs } = page;
  const columns = (
    sweep
      ? [primary(sweep, trans.__('best %1', sweep.metric)), ...columnsOf(runs)]
      : columnsOf(runs)
  ).slice(0, COLUMNS);
  return (
    <>
      {props.compare && (
        <div className="jp-Runs-tools">
          <button
            className="jp-Runs-button"
            disabled={selected.size < 2}
            onClick={() =>
              places.openCompare(runs.filter(child => selected.has(keyOf(child))))
            }
          >
            {selected.size > 1
              ? trans.__('⇄ Compare %1 runs', selected.size)
              : trans.__('⇄ Compare marked runs')}
          </button>
        </div>
      )}
      <RunsTable
        runs={sorted(runs, columns, sort)}
        columns={columns}
        sort={sort}
        onSort={setSort}
        onOpen={child => places.openRun(child)}
        best={sweep ? bestOfSweep(runs, sweep) : bestOf(runs)}
        {...(props.compare
          ? {
              selected,
              onSelect: (child, on) => setSelected(marked(selected, keyOf(child), on))
            }
          : {})}
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
  );
}

type Sweep = NonNullable<IRunAnswer['sweep']>;

/** The best that the sweep's metric ever was in a run, as it counts for the sweep. */
function bestValue(run: IRun, { metric, better }: Sweep): number | null {
  const told = run.metrics.find(one => one.name === metric);
  return (better === 'low' ? told?.min : told?.max) ?? null;
}

function primary(sweep: Sweep, label: string): IColumnChoice {
  return { id: 'sweep', label, value: run => bestValue(run, sweep) };
}

export function bestOfSweep(
  runs: readonly IRun[],
  sweep: Sweep
): { run: string; column: string } | null {
  let best: { run: IRun; value: number } | null = null;
  for (const run of runs) {
    const value = bestValue(run, sweep);
    if (
      value !== null &&
      (!best || (sweep.better === 'low' ? value < best.value : value > best.value))
    ) {
      best = { run, value };
    }
  }
  return best && { run: keyOf(best.run), column: sweep.metric };
}
