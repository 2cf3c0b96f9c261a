import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ITile } from '../api';

const SHOWN = 60;

/** Metrics that have one value. */
export function Tiles(props: {
  tiles: readonly ITile[];
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { tiles, trans } = props;
  if (!tiles.length) {
    return null;
  }
  return (
    <dl className="jp-Runs-tiles">
      {tiles.slice(0, SHOWN).map(tile => (
        <div key={tile.name} className="jp-Runs-tile">
          <dt title={tile.name}>{tile.name}</dt>
          <dd title={tile.text}>{tile.text}</dd>
        </div>
      ))}
      {tiles.length > SHOWN && (
        <div className="jp-Runs-dim">{trans.__('and %1 more', tiles.length - SHOWN)}</div>
      )}
    </dl>
  );
}
