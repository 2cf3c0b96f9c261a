import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ApiError } from './api';
import { runsIcon } from './icons';
import { groupByExperiment, IState } from './model';
import { RunRow } from './row';
import { Tone, toneOf } from './status';

// short lines: the panel is narrow
export const EXAMPLE = `import jupyter_runs as jr

run = jr.start_logging()
run.log("loss", 0.5)
run.complete()`;

export interface IListProps {
  state: IState;
  trans: TranslationBundle;
  onMore: () => void;
  /** Id of the run to point at. */
  pointed?: string | null;
  refresh?: React.ReactNode;
}

/** The whole content of the panel. */
export function RunsList(props: IListProps): React.ReactElement {
  const { state, trans, pointed, onMore, refresh } = props;
  const { runs, error } = state;
  const count = (tone: Tone) =>
    (runs ?? []).filter(run => toneOf(run.status) === tone).length;
  const live = count('live');
  const waiting = count('wait');
  const summary = [
    live ? trans._n('%1 running', '%1 running', live) : '',
    waiting ? trans._n('%1 queued', '%1 queued', waiting) : ''
  ];
  const age = useAge(state.received, live > 0);
  return (
    <>
      <header className="jp-Runs-header">
        <h2>{trans.__('Runs')}</h2>
        <span className="jp-Runs-summary" role="status">
          {summary.filter(part => part).join(' · ')}
        </span>
        {refresh}
      </header>
      {error && <Fault error={error} stale={runs !== null} trans={trans} />}
      <div className="jp-Runs-scroll">
        {runs === null && !error && (
          <p className="jp-Runs-note">{trans.__('Loading…')}</p>
        )}
        {runs?.length === 0 && <Nothing trans={trans} />}
        {groupByExperiment(runs ?? []).map((group, _, groups) => (
          <section key={group.key} className="jp-Runs-group">
            <h3 title={`${group.workspace} / ${group.experiment}`}>
              {groups.some(other => other.workspace !== group.workspace) && (
                <span className="jp-Runs-workspace">{group.workspace} / </span>
              )}
              {group.experiment}
            </h3>
            <ul>
              {group.runs.map(run => (
                <RunRow
                  key={run.id}
                  run={run}
                  age={age}
                  pointed={run.id === pointed}
                  trans={trans}
                />
              ))}
            </ul>
          </section>
        ))}
        {state.more && (
          <button className="jp-Runs-more jp-mod-styled" onClick={onMore}>
            {trans.__('Show older runs')}
          </button>
        )}
      </div>
    </>
  );
}

/** Seconds since `received`, counted on while something runs. */
function useAge(received: number, ticking: boolean): number {
  const [now, setNow] = React.useState(received);
  React.useEffect(() => {
    setNow(Date.now());
    if (!ticking) {
      return;
    }
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [received, ticking]);
  return Math.max(0, now - received) / 1000;
}

function Nothing({ trans }: { trans: TranslationBundle }): React.ReactElement {
  const [copied, setCopied] = React.useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(EXAMPLE);
    setCopied(true);
  };
  return (
    <div className="jp-Runs-empty">
      <runsIcon.react tag="span" width="40px" height="40px" className="jp-Runs-emblem" />
      <strong>{trans.__('No runs yet')}</strong>
      <p>{trans.__('Type this into a notebook, and the run appears here:')}</p>
      <pre>{EXAMPLE}</pre>
      <button className="jp-mod-styled" onClick={() => void copy()}>
        {copied ? trans.__('Copied') : trans.__('Copy')}
      </button>
    </div>
  );
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
      <span>{adviceFor(error, trans)}</span>
      {stale && <span>{trans.__('Below is what was known before.')}</span>}
    </div>
  );
}

function adviceFor(error: ApiError, trans: TranslationBundle): string {
  switch (error.status) {
    case 0:
      return trans.__('The server does not answer. It is asked again by itself.');
    case 403:
      return trans.__('You are no longer logged in. Reload the page to log in again.');
    case 404:
      return trans.__(
        'The server has no jupyter_runs extension. Install jupyter-runs where JupyterLab runs, and restart it.'
      );
    default:
      return error.message;
  }
}
