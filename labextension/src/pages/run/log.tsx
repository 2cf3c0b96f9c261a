import * as React from 'react';

import { IFile, ILogPart, IRunRef } from '../../api';
import { bytes } from '../../charts/format';
import { Note } from '../../components/note';
import { LogLines } from '../../components/logLines';
import { useSurroundings } from '../context';
import { SELDOM, useLive } from '../live';

/** Characters that stay in the page before the oldest go. */
const MOST = 1_000_000;

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
  const [parts, setParts] = React.useState<readonly ILogPart[]>([]);
  const latest = React.useRef(parts);
  latest.current = parts;
  const { value, error } = useLive(
    `log ${run.workspace}/${run.id}/${name}`,
    async () => {
      const before = latest.current;
      const last = before[before.length - 1];
      if (!last) {
        const part = await client.log(run, name);
        setParts([part]);
        return part.size;
      }
      // a line that is not at its end, as a progress bar is, is asked for again as a whole
      const whole = last.text === '' || last.text.endsWith('\n');
      const from = whole ? last.end : last.start;
      const part = await client.log(run, name, { from });
      if (part.start < from) {
        setParts([part]); // the file was cut, and begins anew
      } else if (part.end !== last.end) {
        setParts(kept([...(whole ? before : before.slice(0, -1)), part]));
      }
      return part.size;
    },
    active ? undefined : null
  );
  const earlier = async () => {
    try {
      const part = await client.log(run, name, { before: parts[0].start });
      setParts(now => [part, ...now]);
    } catch (reason) {
      places.report(reason);
    }
  };
  if (!parts.length) {
    return <Note error={error} trans={trans} />;
  }
  const begins = parts[0].start;
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
          {begins > 0 && (
            <button className="jp-Runs-button" onClick={() => void earlier()}>
              {trans.__('Earlier lines')}
            </button>
          )}
          <span className="jp-Runs-dim">
            {begins > 0
              ? trans.__(
                  'the last %1 of %2',
                  bytes((value ?? 0) - begins),
                  bytes(value ?? 0)
                )
              : bytes(value ?? 0)}
            {active ? ` · ${trans.__('following')}` : ''}
          </span>
        </div>
      )}
      <LogLines
        text={parts.map(part => part.text).join('')}
        search={search}
        trans={trans}
        label={name}
      />
    </div>
  );
}

function kept(parts: ILogPart[]): ILogPart[] {
  let total = 0;
  let from = parts.length;
  while (from > 0 && total < MOST) {
    from -= 1;
    total += parts[from].text.length;
  }
  return joined(parts.slice(from));
}

/** Few pieces: those that are finished become one. */
function joined(parts: ILogPart[]): ILogPart[] {
  if (parts.length < 16) {
    return parts;
  }
  const done = parts.slice(0, -2);
  const last = done[done.length - 1];
  const one = {
    ...last,
    start: done[0].start,
    text: done.map(part => part.text).join('')
  };
  return [one, ...parts.slice(-2)];
}
