import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { StatusIcon } from './icons';
import { toneOf, wordFor } from './status';

/** A status as icon and word. */
export function StatusPill(props: {
  status: string;
  trans: TranslationBundle;
}): React.ReactElement {
  const tone = toneOf(props.status);
  return (
    <span className={`jp-Runs-pill jp-mod-${tone}`}>
      <StatusIcon tone={tone} />
      {wordFor(props.status, props.trans)}
    </span>
  );
}
