/** The way to the trash, and back: the same from Lab's list and from the web page's. */

import { TranslationBundle } from '@jupyterlab/translation';

import { Client, IRun, ITrashItem } from '../api';
import { bytes } from '../charts/format';

export interface IDiscarding {
  client: Client;
  trans: TranslationBundle;
  confirm: (title: string, body: string, action: string) => Promise<boolean>;
  report: (error: unknown) => void;
  /** Say that it can't be done. */
  refuse: (text: string) => void;
  /** Say that it was done, and offer to look and to take it back. */
  done: (text: string, undo: () => void) => void;
  /** What takes the last deletion back, undefined once it was taken back. */
  keep: (undo: (() => void) | undefined) => void;
  /** Something was changed: lists ask again. */
  changed: () => void;
  /** Runs are no more where they were. */
  gone: (runs: readonly IRun[]) => void;
}

/** Ask, move to the trash, and offer the way back. */
export async function discard(around: IDiscarding, runs: readonly IRun[]): Promise<void> {
  const { client, trans, changed } = around;
  if (runs.some(run => run.active)) {
    around.refuse(trans.__('A run that is going on can’t be deleted. Cancel it first.'));
    return;
  }
  const sure = await around.confirm(
    trans._n('Delete a run', 'Delete %1 runs', runs.length),
    trans.__(
      'It goes to the trash with its metrics, logs and files, and can be restored.'
    ),
    trans.__('Delete')
  );
  if (!sure) {
    return;
  }
  const items: ITrashItem[] = [];
  try {
    for (const run of runs) {
      items.push((await client.trash(run)) as ITrashItem);
    }
  } catch (error) {
    around.report(error);
  }
  changed();
  around.gone(runs.slice(0, items.length)); // what could not be deleted stays open
  if (!items.length) {
    return;
  }
  const undo = () => {
    around.keep(undefined);
    void Promise.all(items.map(item => client.restore(item)))
      .catch(around.report)
      .then(changed);
  };
  around.keep(undo);
  const size = items.reduce((sum, item) => sum + (item.bytes ?? 0), 0);
  const text = trans._n(
    'The run is in the trash (%2).',
    '%1 runs are in the trash (%2).',
    items.length,
    bytes(size)
  );
  around.done(text, undo);
}
