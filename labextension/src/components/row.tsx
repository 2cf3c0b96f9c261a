import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IRun } from '../api';
import { brief, moment } from '../charts/format';
import { duration } from './duration';
import { StatusIcon } from './icons';
import { ProgressBar } from './progressBar';
import { toneOf, wordFor } from './status';
import { when } from './when';

export interface IRowProps {
  id?: string;
  level?: number;
  run: IRun;
  /** Seconds since the answer that `run` is from. */
  age: number;
  /** Whether a link led to this run. */
  pointed?: boolean;
  selected?: boolean;
  /** Whether keys act on this row. */
  focused?: boolean;
  /** Whether it is one of no list. */
  plain?: boolean;
  /** Whether to say which experiment it is of. */
  experiment?: boolean;
  trans: TranslationBundle;
}

/** One run: icon, number and name, how it goes, how long. */
export const RunRow = React.memo(function RunRow(props: IRowProps): React.ReactElement {
  const { run, trans } = props;
  const tone = toneOf(run.status);
  const title = nameOf(run, trans);
  const facts = factsOf(run);
  const elapsed =
    run.elapsed !== null && tone === 'live' ? run.elapsed + props.age : run.elapsed;
  const started = run.started ?? run.created ?? null;
  const fraction = run.active ? (run.progress?.fraction ?? null) : null;
  return (
    <div
      className="jp-Runs-row"
      {...(props.plain
        ? {}
        : {
            id: props.id,
            role: 'treeitem',
            'aria-level': props.level ?? 1,
            'aria-selected': Boolean(props.selected)
          })}
      aria-current={props.pointed || undefined}
      data-focused={props.focused || undefined}
      title={[title, run.id, began(started, trans), ...factsOf(run, true)]
        .filter(line => line)
        .join('\n')}
      data-run={run.id}
      data-workspace={run.workspace}
    >
      <StatusIcon tone={tone} />
      <div className="jp-Runs-name">
        {title}
        {props.experiment && <span className="jp-Runs-dim"> {run.experiment}</span>}
      </div>
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
      {!run.active && started !== null && (
        <div className="jp-Runs-when">{when(started, trans)}</div>
      )}
      <ProgressBar fraction={fraction} trans={trans} />
    </div>
  );
});

function began(started: number | null, trans: TranslationBundle): string {
  return started === null ? '' : trans.__('started %1', moment(started));
}

/** "run 12 · brave-otter" */
export function nameOf(
  run: { number: number | null; name: string; id: string },
  trans: TranslationBundle
): string {
  const number = run.number === null ? '' : trans.__('run %1', run.number);
  return [number, run.name].filter(part => part).join(' · ') || run.id;
}

const METRICS = 4;

/** The one line below the name: why it ended badly, or how far it is and its last metrics. */
function factsOf(run: IRun, exact = false): string[] {
  const facts = run.reason ? [run.reason] : [];
  if (run.active && run.waiting) {
    facts.push(run.waiting);
  }
  if (run.active && run.progress?.text) {
    facts.push(run.progress.text);
  }
  const tags = Object.entries(run.tags ?? {}).map(([name, value]) => value ?? name);
  return facts
    .concat(
      run.metrics
        .slice(0, METRICS)
        .map(metric => `${metric.name} ${exact ? metric.text : brief(metric.text)}`)
    )
    .concat(tags.slice(0, 2));
}
