import * as React from 'react';

import { IRun, IRunRef } from '../../api';
import { FileList } from '../../components/fileList';
import { Note } from '../../components/note';
import { nameOf } from '../../components/row';
import { useSurroundings } from '../context';
import { useLive } from '../live';
import { DiffView } from './diff';
import { Preview } from './preview';

const OTHERS = 50;

/** The source that made the run: its files, all as a zip, and what differs from another run's. */
export function SnapshotTab(props: {
  run: IRunRef;
  experiment: string;
}): React.ReactElement {
  const { run, experiment } = props;
  const { client, trans } = useSurroundings();
  const [chosen, setChosen] = React.useState<string | null>(null);
  const [other, setOther] = React.useState<string>('');
  const key = `${run.workspace}/${run.id}`;
  const { value, error } = useLive(`snapshot ${key}`, () => client.snapshot(run), null);
  const others = useLive(
    `others ${key}`,
    () => client.runs({ workspace: run.workspace, experiment, limit: OTHERS }),
    null
  );
  if (!value) {
    return <Note error={error} trans={trans} />;
  }
  const files = value.files ?? [];
  const candidates = (others.value?.runs ?? []).filter(one => one.id !== run.id);
  const compared = candidates.find(one => one.id === other);
  const file = files.find(one => one.name === chosen) ?? firstSource(files);
  return (
    <>
      <div className="jp-Runs-tools">
        {files.length > 0 && (
          <a className="jp-Runs-button" href={client.zipUrl(run, 'snapshot')} download>
            {trans.__('Download as zip')}
          </a>
        )}
        {candidates.length > 0 && (
          <label>
            {trans.__('What differs from')}
            <select value={other} onChange={event => setOther(event.target.value)}>
              <option value="">{trans.__('choose a run…')}</option>
              {candidates.map((one: IRun) => (
                <option key={one.id} value={one.id}>
                  {nameOf(one, trans)}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      {compared ? (
        <DiffView run={run} other={compared} />
      ) : !file ? (
        <p className="jp-Runs-note">{trans.__('No source was kept with this run.')}</p>
      ) : (
        <div className="jp-Runs-split">
          <nav className="jp-Runs-files" aria-label={trans.__('Files')}>
            <FileList
              title={trans.__('Source')}
              files={files}
              chosen={file.name}
              onChoose={setChosen}
            />
          </nav>
          <div className="jp-Runs-viewer">
            <Preview
              key={file.name}
              name={file.name}
              url={client.snapshotUrl(run, file.name)}
              size={file.size}
            />
          </div>
        </div>
      )}
    </>
  );
}

function firstSource<T extends { name: string }>(files: readonly T[]): T | undefined {
  return files.find(file => /\.(py|ipynb)$/.test(file.name)) ?? files[0];
}
