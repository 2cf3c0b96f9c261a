import * as React from 'react';

import { IFile, IRunRef } from '../../api';
import { bytes } from '../../charts/format';
import { FileList } from '../../components/fileList';
import { Note } from '../../components/note';
import { useSurroundings } from '../context';
import { SELDOM, useLive } from '../live';
import { LogView } from './log';
import { Preview } from './preview';

/** Outputs and logs: files at one side, what is in the chosen one at the other. */
export function FilesTab(props: { run: IRunRef; active: boolean }): React.ReactElement {
  const { run, active } = props;
  const { client, trans } = useSurroundings();
  const [chosen, setChosen] = React.useState<{ log: boolean; name: string } | null>(null);
  const pace = active ? SELDOM : null;
  const logs = useLive(`logs ${run.workspace}/${run.id}`, () => client.logs(run), pace);
  const files = useLive(
    `files ${run.workspace}/${run.id}`,
    () => client.files(run),
    pace
  );
  if (!logs.value || !files.value) {
    return <Note error={logs.error ?? files.error} trans={trans} />;
  }
  const first = logs.value[0] ?? files.value[0];
  if (!first) {
    return (
      <p className="jp-Runs-note">
        {trans.__(
          'The run has no logs, and keeps no files. What it puts into outputs/ appears here.'
        )}
      </p>
    );
  }
  const shown = chosen ?? { log: logs.value.length > 0, name: first.name };
  const file = (shown.log ? logs.value : files.value).find(
    one => one.name === shown.name
  );
  return (
    <div className="jp-Runs-split">
      <nav className="jp-Runs-files" aria-label={trans.__('Files')}>
        <FileList
          title={trans.__('Logs')}
          files={byName(logs.value)}
          chosen={shown.log ? shown.name : null}
          onChoose={name => setChosen({ log: true, name })}
        />
        <FileList
          title={trans.__('Outputs')}
          files={files.value}
          chosen={shown.log ? null : shown.name}
          onChoose={name => setChosen({ log: false, name })}
        />
        {files.value.length > 0 && (
          <a className="jp-Runs-button" href={client.zipUrl(run, 'files')} download>
            {trans.__('Download all as zip')}
          </a>
        )}
      </nav>
      <div className="jp-Runs-viewer">
        {shown.log ? (
          <LogView run={run} active={active} name={shown.name} />
        ) : (
          file && (
            <Preview
              name={file.name}
              url={client.fileUrl(run, file)}
              download={client.fileUrl(run, file, true)}
              size={file.size}
              note={bytes(file.size)}
            />
          )
        )}
      </div>
    </div>
  );
}

function byName(files: readonly IFile[]): IFile[] {
  return [...files].sort((a, b) => a.name.localeCompare(b.name));
}
