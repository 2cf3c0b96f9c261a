import * as React from 'react';

import { IRunRef } from '../../api';
import { Differences } from '../../components/differences';
import { Note } from '../../components/note';
import { useSurroundings } from '../context';
import { useLive } from '../live';

/** What differs between two runs: files of their snapshots, parameters, environment, packages. */
export function DiffView(props: { run: IRunRef; other: IRunRef }): React.ReactElement {
  const { run, other } = props;
  const { client, trans } = useSurroundings();
  const { value, error } = useLive(
    `diff ${run.workspace}/${run.id} ${other.workspace}/${other.id}`,
    () => client.diff(run, other),
    null
  );
  return value ? (
    <Differences diff={value} trans={trans} />
  ) : (
    <Note error={error} trans={trans} />
  );
}
