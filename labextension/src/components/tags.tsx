import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { tagOf } from '../model/deeds';

export interface ITagsProps {
  tags: { [name: string]: string | null };
  onSet: (name: string, value: string | null) => void;
  onRemove: (name: string) => void;
  trans: TranslationBundle;
}

/** Tags as chips, and a field that adds one: "model: cnn", or a word alone. */
export function Tags(props: ITagsProps): React.ReactElement {
  const { tags, trans } = props;
  const [typed, setTyped] = React.useState<string | null>(null);
  const add = () => {
    for (const [name, value] of Object.entries(tagOf(typed ?? '') ?? {})) {
      props.onSet(name, value);
    }
    setTyped(null);
  };
  return (
    <div className="jp-Runs-tags">
      {Object.entries(tags).map(([name, value]) => (
        <span key={name} className="jp-Runs-chip">
          {value === null || value === '' ? <b>{name}</b> : `${name}: `}
          {value && <b>{value}</b>}
          <button
            title={trans.__('Remove the tag %1', name)}
            aria-label={trans.__('Remove the tag %1', name)}
            onClick={() => props.onRemove(name)}
          >
            ×
          </button>
        </span>
      ))}
      {typed === null ? (
        <button className="jp-Runs-link" onClick={() => setTyped('')}>
          {trans.__('+ add')}
        </button>
      ) : (
        <input
          className="jp-Runs-input"
          autoFocus
          value={typed}
          placeholder={trans.__('name: value')}
          aria-label={trans.__('New tag')}
          onChange={event => setTyped(event.target.value)}
          onBlur={add}
          onKeyDown={event => {
            if (event.key === 'Enter') {
              add();
            } else if (event.key === 'Escape') {
              setTyped(null);
            }
            event.stopPropagation();
          }}
        />
      )}
    </div>
  );
}
