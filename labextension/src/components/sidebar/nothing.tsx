import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Emblem } from '../icons';

// short lines: the panel is narrow
export const EXAMPLE = `import jupyter_runs as jr

run = jr.start_logging()
run.log("loss", 0.5)
run.complete()`;

/** What one does to see a first run. */
export function Nothing(props: {
  trans: TranslationBundle;
  /** What else there is to do. */
  children?: React.ReactNode;
}): React.ReactElement {
  const { trans } = props;
  const [copied, setCopied] = React.useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(EXAMPLE);
    setCopied(true);
  };
  return (
    <div className="jp-Runs-empty">
      <Emblem size={40} />
      <strong>{trans.__('No runs yet')}</strong>
      <p>{trans.__('Type this into a notebook, and the run appears here:')}</p>
      <pre>{EXAMPLE}</pre>
      <button className="jp-Runs-button" onClick={() => void copy()}>
        {copied ? trans.__('Copied') : trans.__('Copy')}
      </button>
      {props.children}
    </div>
  );
}
