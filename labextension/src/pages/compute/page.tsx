import * as React from 'react';

import { IRun, ITarget } from '../../api';
import { useAge } from '../../components/age';
import { Note } from '../../components/note';
import { RunRow } from '../../components/row';
import { Box } from '../../components/section';
import { useSurroundings } from '../context';
import { useLive } from '../live';

/** Where submitted runs go: what runs there now, and what waits. */
export function ComputePage(): React.ReactElement {
  const { client, trans } = useSurroundings();
  const { value, error, received } = useLive('compute', () => client.compute());
  const age = useAge(received, Boolean(value?.some(target => target.active.length)));
  if (!value) {
    return <Note error={error} trans={trans} />;
  }
  return (
    <>
      <div className="jp-Runs-head">
        <div className="jp-Runs-head-row">
          <h1>{trans.__('Compute')}</h1>
          <span className="jp-Runs-head-facts">
            {trans._n('%1 target', '%1 targets', value.length)}
          </span>
        </div>
      </div>
      <div className="jp-Runs-panel">
        {value.length === 0 && (
          <p className="jp-Runs-note">
            {trans.__(
              'No compute targets yet. The first experiment.submit(…) makes the target “local” of its workspace.'
            )}
          </p>
        )}
        <div className="jp-Runs-targets">
          {value.map(target => (
            <Target
              key={`${target.workspace}/${target.name}`}
              target={target}
              age={age}
            />
          ))}
        </div>
      </div>
    </>
  );
}

function Target({ target, age }: { target: ITarget; age: number }): React.ReactElement {
  const { trans } = useSurroundings();
  const { active, queued, max_nodes: most } = target;
  return (
    <Box
      title={target.name}
      tools={<span className="jp-Runs-dim">{target.workspace}</span>}
    >
      <div className="jp-Runs-target-load">
        <meter
          min={0}
          max={Math.max(1, most ?? active.length)}
          value={active.length}
          aria-label={trans.__('Runs going on')}
        />
        <span>
          {most === null
            ? trans.__('%1 running', active.length)
            : trans.__('%1 of %2 running', active.length, most)}
          {' · '}
          {trans.__('%1 waiting', queued.length)}
        </span>
      </div>
      <Runs runs={active} age={age} title={trans.__('Running')} />
      <Runs runs={queued} age={age} title={trans.__('Waiting, the next first')} />
      {!active.length && !queued.length && (
        <p className="jp-Runs-note">{trans.__('Idle')}</p>
      )}
    </Box>
  );
}

function Runs(props: {
  runs: readonly IRun[];
  age: number;
  title: string;
}): React.ReactElement | null {
  const { places, trans } = useSurroundings();
  if (!props.runs.length) {
    return null;
  }
  return (
    <>
      <h3>{props.title}</h3>
      {props.runs.map(run => (
        <button
          key={`${run.workspace}/${run.id}`}
          className="jp-Runs-row-button"
          onClick={() => places.openRun(run)}
        >
          <RunRow run={run} age={props.age} trans={trans} experiment plain />
        </button>
      ))}
    </>
  );
}
