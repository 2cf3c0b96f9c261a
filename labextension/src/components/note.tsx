import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ApiError } from '../api';

/** Leads to where all that is there is listed; null where that is in sight anyway. */
export const WayBack = React.createContext<(() => void) | null>(null);

/** What stands where there is no answer yet, or none to be had. */
export function Note(props: {
  error: ApiError | null;
  trans: TranslationBundle;
}): React.ReactElement {
  const { error, trans } = props;
  return error ? (
    <>
      <p className="jp-Runs-note jp-Runs-note-error" role="alert">
        {adviceFor(error, trans)}
      </p>
      {error.status === 404 && <BackButton trans={trans} />}
    </>
  ) : (
    <p className="jp-Runs-note" aria-busy="true">
      {trans.__('Loading…')}
    </p>
  );
}

/** The way out of a page that has nothing to show, where there is one. */
export function BackButton(props: {
  trans: TranslationBundle;
}): React.ReactElement | null {
  const back = React.useContext(WayBack);
  return (
    back && (
      <p className="jp-Runs-note">
        <button className="jp-Runs-button" onClick={back}>
          {props.trans.__('All experiments')}
        </button>
      </p>
    )
  );
}

/** What to do about an error; `whole` when even the list of all runs is not there. */
export function adviceFor(
  error: ApiError,
  trans: TranslationBundle,
  whole = false
): string {
  switch (error.status) {
    case 0:
      return trans.__('The server does not answer. It is asked again by itself.');
    case 403:
      return trans.__('You are no longer logged in. Reload the page to log in again.');
    case 404:
      return !whole && error.message && error.message !== 'Not Found'
        ? error.message
        : trans.__(
            'The server has no jupyter_runs extension. Install jupyter-runs where JupyterLab runs, and restart it.'
          );
    default:
      return error.message;
  }
}
