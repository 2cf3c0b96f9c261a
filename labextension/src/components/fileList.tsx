import * as React from 'react';

import { bytes } from '../charts/format';

/** Files with their sizes; one of them is looked at. */
export function FileList(props: {
  title: string;
  files: readonly { name: string; size: number }[];
  chosen: string | null;
  onChoose: (name: string) => void;
}): React.ReactElement | null {
  if (!props.files.length) {
    return null;
  }
  return (
    <>
      <h2>{props.title}</h2>
      <ul>
        {props.files.map(file => (
          <li key={file.name}>
            <button
              aria-current={file.name === props.chosen || undefined}
              title={file.name}
              onClick={() => props.onChoose(file.name)}
            >
              <span>{file.name}</span>
              <span className="jp-Runs-dim">{bytes(file.size)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
