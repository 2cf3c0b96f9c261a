import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IChange, IDiff, IFileChange } from '../api';
import { Box } from './section';

/** What differs between two runs. */
export function Differences(props: {
  diff: IDiff;
  trans: TranslationBundle;
}): React.ReactElement {
  const { diff, trans } = props;
  const lists: [string, IChange[]][] = [
    [trans.__('Parameters'), diff.params],
    [trans.__('Environment'), diff.environment],
    [trans.__('Packages'), diff.packages]
  ];
  const words = {
    added: trans.__('added'),
    removed: trans.__('removed'),
    changed: trans.__('changed')
  };
  const sources = diff.snapshots?.before !== false && diff.snapshots?.after !== false;
  const nothing = !diff.files.length && lists.every(([, changes]) => !changes.length);
  return (
    <div className="jp-Runs-differences">
      {nothing && (
        <p className="jp-Runs-note">
          {sources
            ? trans.__('Source, parameters, environment and packages are the same.')
            : trans.__(
                'Parameters, environment and packages are the same; the source of both was not kept.'
              )}
        </p>
      )}
      {lists.map(
        ([title, changes]) =>
          changes.length > 0 && (
            <Box key={title} title={title}>
              <Changes changes={changes} trans={trans} />
            </Box>
          )
      )}
      {diff.files.map(file => (
        <Box
          key={file.name}
          title={file.name}
          tools={<span className="jp-Runs-dim">{words[file.change]}</span>}
        >
          <FileDiff file={file} trans={trans} />
        </Box>
      ))}
    </div>
  );
}

function Changes(props: {
  changes: readonly IChange[];
  trans: TranslationBundle;
}): React.ReactElement {
  const { changes, trans } = props;
  return (
    <table className="jp-Runs-table">
      <thead>
        <tr>
          <th scope="col">{trans.__('Name')}</th>
          <th scope="col">{trans.__('The other run')}</th>
          <th scope="col">{trans.__('This run')}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(change => (
          <tr key={change.name}>
            <td>{change.name}</td>
            <td className="jp-Runs-pre">{text(change.before)}</td>
            <td className="jp-Runs-pre">{text(change.after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function text(value: unknown): string {
  if (value === null || value === undefined) {
    return '–';
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function FileDiff(props: {
  file: IFileChange;
  trans: TranslationBundle;
}): React.ReactElement {
  const { diff } = props.file;
  if (!diff) {
    return (
      <p className="jp-Runs-note">
        {props.file.note ??
          props.trans.__('It differs, and is no text or too large to compare.')}
      </p>
    );
  }
  return (
    <pre className="jp-Runs-diff" tabIndex={0}>
      {diff.split('\n').map((line, index) => (
        <span key={index} className={toneOf(line)}>
          {line}
          {'\n'}
        </span>
      ))}
    </pre>
  );
}

function toneOf(line: string): string | undefined {
  if (line.startsWith('+++') || line.startsWith('---') || line.startsWith('@@')) {
    return 'jp-Runs-diff-place';
  }
  return line.startsWith('+')
    ? 'jp-Runs-diff-new'
    : line.startsWith('-')
      ? 'jp-Runs-diff-old'
      : undefined;
}
