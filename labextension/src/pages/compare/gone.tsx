import * as React from 'react';

import { ApiError } from '../../api';
import { Note } from '../../components/note';
import { useSurroundings } from '../context';
import { refOf } from './charts';

/** One of the runs is there no more: says which, and leads on with those that are. */
export function Gone(props: {
  runs: readonly string[];
  onRuns: (runs: string[]) => void;
  error: ApiError;
}): React.ReactElement {
  const { runs, error } = props;
  const { client, places, trans } = useSurroundings();
  const [none, setNone] = React.useState(false);
  const goOn = async () => {
    const there = await Promise.all(
      runs.map(run =>
        client.run(refOf(run)).then(
          () => true,
          reason => {
            if (ApiError.of(reason).status === 404) {
              return false;
            }
            throw reason;
          }
        )
      )
    );
    const left = runs.filter((_, index) => there[index]);
    if (left.length) {
      props.onRuns(left);
    } else {
      setNone(true);
    }
  };
  return (
    <>
      <Note error={error} trans={trans} />
      <p className="jp-Runs-note">
        {none ? (
          trans.__('None of these runs is there any more.')
        ) : (
          <button
            className="jp-Runs-button"
            onClick={() => void goOn().catch(reason => places.report(reason))}
          >
            {trans.__('Go on without it')}
          </button>
        )}
      </p>
    </>
  );
}
