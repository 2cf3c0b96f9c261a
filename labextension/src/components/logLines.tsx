import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

export interface ILogLinesProps {
  text: string;
  /** Only lines with this in them, if not empty. */
  search: string;
  label: string;
  trans: TranslationBundle;
}

const FOUND = 500;
/** So close to the end counts as being there. */
const NEAR = 24;

/** Lines of a log; stays at the end while new ones come, unless somebody scrolled up. */
export function LogLines(props: ILogLinesProps): React.ReactElement {
  const { text, search, trans } = props;
  const box = React.useRef<HTMLPreElement>(null);
  const [following, setFollowing] = React.useState(true);
  const height = React.useRef(0);
  React.useLayoutEffect(() => {
    const node = box.current;
    if (!node) {
      return;
    }
    if (following) {
      node.scrollTop = node.scrollHeight;
    } else if (node.scrollTop < NEAR && node.scrollHeight > height.current) {
      node.scrollTop += node.scrollHeight - height.current; // earlier lines came above
    }
    height.current = node.scrollHeight;
  }, [text, search, following]);
  const wanted = search.trim().toLowerCase();
  const hits = React.useMemo(
    () =>
      wanted
        ? text
            .split('\n')
            .filter(line => line.toLowerCase().includes(wanted))
            .slice(-FOUND)
        : null,
    [text, wanted]
  );
  return (
    <div className="jp-Runs-log-frame">
      <pre
        ref={box}
        className="jp-Runs-log-lines"
        tabIndex={0}
        role="log"
        aria-live="off" // lines come faster than anybody can hear them
        aria-label={props.label}
        onScroll={() => {
          const node = box.current;
          if (node) {
            setFollowing(node.scrollHeight - node.scrollTop - node.clientHeight < NEAR);
          }
        }}
      >
        {hits
          ? hits.map((line, index) => <Hit key={index} line={line} wanted={wanted} />)
          : text}
        {hits?.length === 0 && trans.__('No line has it.')}
      </pre>
      {!following && (
        <button
          className="jp-Runs-button jp-Runs-follow"
          title={trans.__('Go to the newest line, and stay there')}
          onClick={() => setFollowing(true)}
        >
          {trans.__('↓ Follow')}
        </button>
      )}
    </div>
  );
}

function Hit({ line, wanted }: { line: string; wanted: string }): React.ReactElement {
  const at = line.toLowerCase().indexOf(wanted);
  return (
    <>
      {line.slice(0, at)}
      <mark>{line.slice(at, at + wanted.length)}</mark>
      {line.slice(at + wanted.length)}
      {'\n'}
    </>
  );
}
