/** Off the lists, and back: the same from Lab's list and from the web page's. */

import { TranslationBundle } from '@jupyterlab/translation';

import { Client, IRun } from '../api';
import { IDiscarding } from './discard';

export interface IShelving extends Pick<IDiscarding, 'report' | 'done' | 'changed'> {
  client: Pick<Client, 'archive'>;
  trans: TranslationBundle;
}

/** Archive runs or take them back; what left the list says where it went. */
export async function shelve(
  around: IShelving,
  runs: readonly IRun[],
  archived: boolean
): Promise<void> {
  const { client, trans, changed } = around;
  const put = (where: boolean) =>
    Promise.all(runs.map(run => client.archive(run, where)))
      .then(() => true)
      .catch(error => {
        around.report(error);
        return false;
      })
      .finally(changed);
  if (await put(archived)) {
    around.done(
      archived
        ? trans._n('The run is archived.', '%1 runs are archived.', runs.length)
        : trans._n(
            'The run is on the list again.',
            '%1 runs are on the list again.',
            runs.length
          ),
      () => void put(!archived)
    );
  }
}
