import * as React from 'react';

import { IExperiment } from '../api';
import { moment } from '../charts/format';
import { BackButton, Note } from '../components/note';
import { Nothing } from '../components/sidebar/nothing';
import { useSurroundings } from '../pages/context';
import { useLive } from '../pages/live';
import { Link } from './link';

const OFTEN = 5_000;

/** The experiments there are, of all workspaces or of one; those that moved last come first. */
export function HomePage(props: {
  workspace?: string;
  /** Whether the list of runs, which says how to begin, is out of sight. */
  alone: boolean;
}): React.ReactElement {
  const { workspace } = props;
  const { client, trans } = useSurroundings();
  const { value, error } = useLive('experiments', () => client.experiments(), OFTEN);
  if (!value) {
    return <Note error={error} trans={trans} />;
  }
  const here = value
    .filter(one => workspace === undefined || one.workspace === workspace)
    // as many as the list beside it has
    .map(one => ({ ...one, runs: one.runs - (one.archived_runs ?? 0) }));
  if (workspace !== undefined && !here.length) {
    return (
      <>
        <p className="jp-Runs-note" role="alert">
          {trans.__('There is no run in a workspace “%1” (any more).', workspace)}
        </p>
        <BackButton trans={trans} />
      </>
    );
  }
  const names = [...new Set(here.map(one => one.workspace))].sort();
  const count = (key: 'runs' | 'active') => here.reduce((sum, one) => sum + one[key], 0);
  const active = count('active');
  return (
    <>
      <div className="jp-Runs-head">
        <div className="jp-Runs-head-row">
          <h1>{workspace ?? trans.__('Experiments')}</h1>
          <span className="jp-Runs-head-facts">
            {[
              trans._n('%1 experiment', '%1 experiments', here.length),
              trans._n('%1 run', '%1 runs', count('runs')),
              active ? trans.__('%1 running', active) : ''
            ]
              .filter(Boolean)
              .join(' · ')}
          </span>
        </div>
      </div>
      <div className="jp-Runs-panel">
        {!here.length && props.alone && <Nothing trans={trans} />}
        {!here.length && !props.alone && (
          <p className="jp-Runs-note">
            {trans.__('Experiments are listed here as soon as they have runs.')}
          </p>
        )}
        {names.map(name => (
          <section key={name} className="jp-Portal-workspace">
            {workspace === undefined && (
              <h2>
                <Link
                  to={{ kind: 'workspace', workspace: name }}
                  className="jp-Runs-link"
                >
                  {name}
                </Link>
              </h2>
            )}
            <Experiments of={here.filter(one => one.workspace === name)} />
          </section>
        ))}
      </div>
    </>
  );
}

function Experiments({ of }: { of: readonly IExperiment[] }): React.ReactElement {
  const { trans } = useSurroundings();
  const sorted = [...of].sort(
    (a, b) => (b.latest ?? 0) - (a.latest ?? 0) || a.name.localeCompare(b.name)
  );
  return (
    <div className="jp-Runs-scrolled jp-Runs-scrolled-runs">
      <table className="jp-Runs-table">
        <thead>
          <tr>
            <th scope="col">{trans.__('Experiment')}</th>
            <th scope="col" className="jp-mod-number">
              {trans.__('Runs')}
            </th>
            <th scope="col" className="jp-mod-number">
              {trans.__('Running')}
            </th>
            <th scope="col">{trans.__('Latest')}</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map(({ workspace, name, runs, active, latest }) => (
            <tr key={name}>
              <td className="jp-Portal-wide">
                <Link
                  to={{ kind: 'experiment', workspace, experiment: name }}
                  className="jp-Runs-link"
                >
                  {name}
                </Link>
              </td>
              <td className="jp-mod-number">{runs}</td>
              <td className="jp-mod-number">{active || ''}</td>
              <td>{moment(latest)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
