import * as React from 'react';

import { IRunRef } from '../../api';
import { Note } from '../../components/note';
import { bestOf, columnsOf, RunsTable, sorted } from '../../components/runsTable';
import { marked } from '../../model/marks';
import { keyOf } from '../../model/runList';
import { useSurroundings } from '../context';
import { useLive } from '../live';

const COLUMNS = 8;

/** The runs below a run, the best marked. */
export function ChildrenTable(props: {
  run: IRunRef;
  active: boolean;
  compare?: boolean;
}): React.ReactElement {
  const { run, active } = props;
  const { client, places, trans } = useSurroundings();
  const [sort, setSort] = React.useState<string | null>(null);
  const [selected, setSelected] = React.useState<ReadonlySet<string>>(new Set<string>());
  const { value, error } = useLive(
    `children ${run.workspace}/${run.id}`,
    () => client.children(run),
    active ? undefined : null
  );
  if (!value) {
    return <Note error={error} trans={trans} />;
  }
  const columns = columnsOf(value.runs).slice(0, COLUMNS);
  return (
    <>
      {props.compare && (
        <div className="jp-Runs-tools">
          <button
            className="jp-Runs-button"
            disabled={selected.size < 2}
            onClick={() =>
              places.openCompare(value.runs.filter(child => selected.has(keyOf(child))))
            }
          >
            {selected.size > 1
              ? trans.__('⇄ Compare %1 runs', selected.size)
              : trans.__('⇄ Compare marked runs')}
          </button>
        </div>
      )}
      <RunsTable
        runs={sorted(value.runs, columns, sort)}
        columns={columns}
        sort={sort}
        onSort={setSort}
        onOpen={child => places.openRun(child)}
        best={bestOf(value.runs)}
        {...(props.compare
          ? {
              selected,
              onSelect: (child, on) => setSelected(marked(selected, keyOf(child), on))
            }
          : {})}
        trans={trans}
      />
    </>
  );
}
