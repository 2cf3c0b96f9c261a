import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/** How far a run is, from 0 to 1; nothing where that is not known. */
export function ProgressBar(props: {
  fraction: number | null;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { fraction, trans } = props;
  return fraction === null ? null : (
    <progress
      className="jp-Runs-progress"
      max={1}
      value={Math.min(1, Math.max(0, fraction))}
      aria-label={trans.__('Progress')}
    />
  );
}
