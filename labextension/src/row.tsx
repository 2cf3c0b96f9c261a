import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IRun } from './api';
import { duration } from './duration';
import { StatusIcon } from './icons';
import { toneOf, wordFor } from './status';

export interface IRowProps {
  run: IRun;
  /** Seconds since the answer that `run` is from. */
  age: number;
  /** Whether a link led to this run: it is marked, and scrolled to once. */
  pointed?: boolean;
  trans: TranslationBundle;
}

/** One run: icon, number and name, how it goes, how long. */
export function RunRow({ run, age, pointed, trans }: IRowProps): React.ReactElement {
  const row = React.useRef<HTMLLIElement>(null);
  React.useEffect(() => {
    if (pointed) {
      row.current?.scrollIntoView({ block: 'center' });
    }
  }, [pointed]);
  const tone = toneOf(run.status);
  const title = titleOf(run, trans);
  const facts = factsOf(run);
  const elapsed =
    run.elapsed !== null && tone === 'live' ? run.elapsed + age : run.elapsed;
  const fraction = run.active ? (run.progress?.fraction ?? null) : null;
  return (
    <li
      ref={row}
      className="jp-Runs-row"
      aria-current={pointed || undefined}
      title={[title, run.id, ...facts].join('\n')}
      data-run={run.id}
    >
      <StatusIcon tone={tone} />
      <div className="jp-Runs-name">{title}</div>
      <div className="jp-Runs-elapsed">{duration(elapsed, trans)}</div>
      <div className="jp-Runs-facts">
        <span className={`jp-Runs-word jp-mod-${tone}`}>
          {wordFor(run.status, trans)}
        </span>
        {facts.map((fact, index) => (
          <span className="jp-Runs-fact" key={index}>
            {fact}
          </span>
        ))}
      </div>
      {fraction !== null && (
        <progress
          className="jp-Runs-progress"
          max={1}
          value={Math.min(1, Math.max(0, fraction))}
          aria-label={trans.__('Progress')}
        />
      )}
    </li>
  );
}

function titleOf(run: IRun, trans: TranslationBundle): string {
  const number = run.number === null ? '' : trans.__('run %1', run.number);
  return [number, run.name].filter(part => part).join(' · ') || run.id;
}

/** The one line below the name: why it ended badly, or how far it is and its last metrics. */
function factsOf(run: IRun): string[] {
  const facts = run.reason ? [run.reason] : [];
  if (run.active && run.progress?.text) {
    facts.push(run.progress.text);
  }
  return facts.concat(run.metrics.map(metric => `${metric.name} ${metric.text}`));
}
