import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/** One of each kind; all of them are filters that the server understands. */
export const EXAMPLES = [
  'started = yesterday',
  'status = Failed',
  'duration > 10m',
  'metrics.loss.min < 0.2',
  'params.lr = 0.01',
  'tags.quality = "good"'
];

/** Filters to begin with: a click takes one, to be changed. */
export function Examples(props: {
  onTake: (filter: string) => void;
  trans: TranslationBundle;
}): React.ReactElement {
  return (
    <div className="jp-Runs-examples">
      <p>
        {props.trans.__('Words are searched for in names and tags. Or ask, for example:')}
      </p>
      {EXAMPLES.map(filter => (
        <button key={filter} onClick={() => props.onTake(filter)}>
          {filter}
        </button>
      ))}
    </div>
  );
}
