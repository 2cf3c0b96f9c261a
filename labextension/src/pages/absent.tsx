import * as React from 'react';

import { ApiError } from '../api';
import { Note } from '../components/note';
import { useSurroundings } from './context';

/** A page that has nothing to show: why, and the way back where there is one. */
export function Absent(props: {
  error?: ApiError | null;
  text?: string;
}): React.ReactElement {
  const { error = null, text } = props;
  const { places, trans } = useSurroundings();
  const lost = text !== undefined || (error !== null && error.status >= 400);
  return (
    <>
      {text === undefined ? (
        <Note error={error} trans={trans} />
      ) : (
        <p className="jp-Runs-note" role="alert">
          {text}
        </p>
      )}
      {lost && places.openHome && (
        <p className="jp-Runs-note">
          <button className="jp-Runs-button" onClick={() => places.openHome?.()}>
            {trans.__('All experiments')}
          </button>
        </p>
      )}
    </>
  );
}
