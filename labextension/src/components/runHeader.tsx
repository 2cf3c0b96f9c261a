import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IHead } from '../api';
import { number, roughly, span } from '../charts/format';
import { EditableName } from './editableName';
import { ProgressBar } from './progressBar';
import { StatusPill } from './statusPill';

export interface IAction {
  id: string;
  label: string;
  title: string;
  tone?: 'bad';
  disabled?: boolean;
  /** Of an action that opens something below: whether that is open. */
  expanded?: boolean;
  run: () => void;
}

export interface IRunHeaderProps {
  head: IHead;
  /** Seconds since the answer that `head` is from. */
  age: number;
  actions: readonly IAction[];
  /** Opens the experiment. */
  onExperiment?: () => void;
  /** Gives it another name. */
  onRename?: (name: string) => void;
  trans: TranslationBundle;
}

/** Experiment and run, how it stands, what can be done about it, how far it is. */
export function RunHeader(props: IRunHeaderProps): React.ReactElement {
  const { head, age, actions, trans } = props;
  const fraction = head.active ? (head.progress?.fraction ?? null) : null;
  const elapsed = head.elapsed === null ? null : head.elapsed + (head.active ? age : 0);
  const left = head.eta === null ? 0 : head.eta - age;
  const facts = [
    head.active ? head.waiting : null,
    head.active ? head.progress?.text : null,
    elapsed === null
      ? null
      : head.active
        ? trans.__('%1 elapsed', span(elapsed))
        : trans.__('took %1', span(elapsed)),
    // an estimate that has run out says nothing any more
    head.active && left > 0 ? trans.__('about %1 left', roughly(left)) : null,
    !head.active && head.status === 'Failed' && head.last_step !== null
      ? trans.__('at step %1', number(head.last_step))
      : null
  ].filter(Boolean);
  const title = trans.__('run %1', head.number ?? head.id);
  return (
    <div className="jp-Runs-head">
      <div className="jp-Runs-head-row">
        <h1>
          {head.experiment && props.onExperiment ? (
            <button
              className="jp-Runs-link"
              title={head.experiment}
              onClick={props.onExperiment}
            >
              {head.experiment}
            </button>
          ) : (
            head.experiment
          )}
          {head.experiment && ' / '}
          {title}
        </h1>
        {props.onRename ? (
          <EditableName name={head.name} onRename={props.onRename} trans={trans} />
        ) : (
          head.name && (
            <span className="jp-Runs-head-name" title={head.name}>
              {head.name}
            </span>
          )
        )}
        <span role="status">
          <StatusPill status={head.status} trans={trans} />
        </span>
        {head.archived && <span className="jp-Runs-label">{trans.__('archived')}</span>}
        <span className="jp-Runs-head-facts">{facts.join(' · ')}</span>
        <div className="jp-Runs-actions">
          {actions.map(action => (
            <button
              key={action.id}
              className={`jp-Runs-button${action.tone ? ` jp-mod-${action.tone}` : ''}`}
              title={action.title}
              disabled={action.disabled}
              aria-expanded={action.expanded}
              onClick={action.run}
            >
              {action.label}
            </button>
          ))}
        </div>
      </div>
      <ProgressBar fraction={fraction} trans={trans} />
      {head.status === 'Failed' && (head.error ?? head.reason) && (
        <div className="jp-Runs-fault" role="note">
          <strong>{head.error ?? head.reason}</strong>
          {head.log_tail?.text && (
            <details open={true}>
              <summary>{trans.__('Last lines of %1', head.log_tail.name)}</summary>
              <pre tabIndex={0}>{lastLines(head.log_tail.text)}</pre>
            </details>
          )}
        </div>
      )}
      {head.status !== 'Failed' && head.reason && (
        <p className="jp-Runs-reason">{head.reason}</p>
      )}
      {head.warnings.map((warning, index) => (
        <p key={index} className="jp-Runs-reason jp-mod-unsure">
          {warning}
        </p>
      ))}
    </div>
  );
}

const LINES = 12;

function lastLines(text: string): string {
  return text.replace(/\s+$/, '').split('\n').slice(-LINES).join('\n');
}
