import * as React from 'react';

import { IFile, IRunRef } from '../../api';
import { bytes } from '../../charts/format';
import { Note } from '../../components/note';
import { LogLines } from '../../components/logLines';
import { LogText } from '../../model/logText';
import { useSurroundings } from '../context';
import { SELDOM, useLive } from '../live';

/** Bytes that one look brings at most. */
const STEP = 262_144;

/** A log: its end first, then only what is new; older lines when asked for. */
export function LogView(props: {
  run: IRunRef;
  active: boolean;
  /** Only the lines, a few of them. */
  compact?: boolean;
  /** The file to show; without it the newest, or what the person chooses. */
  name?: string;
}): React.ReactElement {
  const { run, active } = props;
  const { client, trans } = useSurroundings();
  const files = useLive(
    `logs ${run.workspace}/${run.id}`,
    () => client.logs(run),
    active ? SELDOM : null
  );
  const name = props.name ?? newest(files.value ?? []);
  if (!name) {
    return files.value ? (
      <p className="jp-Runs-note">{trans.__('There is no log yet.')}</p>
    ) : (
      <Note error={files.error} trans={trans} />
    );
  }
  return (
    <OneLog
      key={name}
      run={run}
      name={name}
      active={active}
      compact={Boolean(props.compact)}
    />
  );
}

function newest(files: readonly IFile[]): string | null {
  return files.length ? files.reduce((a, b) => (b.mtime > a.mtime ? b : a)).name : null;
}

function OneLog(props: {
  run: IRunRef;
  name: string;
  active: boolean;
  compact: boolean;
}): React.ReactElement {
  const { run, name, active } = props;
  const { client, places, trans } = useSurroundings();
  const [search, setSearch] = React.useState('');
  const log = React.useRef<LogText | null>(null);
  const [text, setText] = React.useState<string | null>(null);
  const { error } = useLive(
    `log ${run.workspace}/${run.id}/${name}`,
    async () => {
      const known = log.current;
      if (!known) {
        log.current = new LogText(await client.log(run, name, { raw: true }));
      } else {
        const asked = { from: known.end, limit: STEP, raw: true };
        const part = await client.log(run, name, asked);
        if (part.start < known.end || part.size - part.end > STEP) {
          // written anew from its beginning, or faster than anybody reads: its end is what counts
          log.current = new LogText(await client.log(run, name, { raw: true }));
        } else {
          known.take(part);
        }
      }
      setText(log.current?.text ?? '');
      return null;
    },
    active ? undefined : null
  );
  const earlier = async () => {
    const known = log.current;
    try {
      known?.before(await client.log(run, name, { before: known.begin }));
      setText(known?.text ?? '');
    } catch (reason) {
      places.report(reason);
    }
  };
  if (text === null || !log.current) {
    return <Note error={error} trans={trans} />;
  }
  const { begin, size } = log.current;
  return (
    <div className={`jp-Runs-log${props.compact ? ' jp-mod-compact' : ''}`}>
      {!props.compact && (
        <div className="jp-Runs-tools">
          <input
            type="search"
            className="jp-Runs-input"
            placeholder={trans.__('Find in what is shown…')}
            aria-label={trans.__('Find in the log')}
            value={search}
            onChange={event => setSearch(event.target.value)}
          />
          {begin > 0 && (
            <button className="jp-Runs-button" onClick={() => void earlier()}>
              {trans.__('Earlier lines')}
            </button>
          )}
          <span className="jp-Runs-dim">
            {begin > 0
              ? trans.__('the last %1 of %2', bytes(size - begin), bytes(size))
              : bytes(size)}
            {active ? ` · ${trans.__('following')}` : ''}
          </span>
        </div>
      )}
      <LogLines text={text} search={search} trans={trans} label={name} />
    </div>
  );
}
