/** What can be done with the runs that are marked: the menu of the list, without what needs Lab. */

import { TranslationBundle } from '@jupyterlab/translation';

import { Client, IRun, ITrashItem } from '../api';
import { bytes } from '../charts/format';
import { IPlaces } from '../pages/context';
import { Desk } from './desk';
import { IMenuItem } from './menu';

export interface IDeedsAround {
  client: Client;
  places: IPlaces;
  desk: Desk;
  trans: TranslationBundle;
  openTab: (run: IRun) => void;
  openTrash: () => void;
  /** Something was changed: lists ask again. */
  changed: () => void;
  /** Runs are no more where they were. */
  gone: (runs: readonly IRun[]) => void;
}

export class Deeds {
  constructor(private readonly around: IDeedsAround) {}

  /** The menu of some runs. */
  menu(runs: readonly IRun[]): (IMenuItem | null)[] {
    const { places, trans } = this.around;
    const [first] = runs;
    const active = runs.filter(run => run.active);
    const archived = runs.every(run => run.archived);
    return [
      { label: trans.__('Open'), run: () => places.openRun(first) },
      {
        label: trans.__('Open in a browser tab'),
        run: () => runs.forEach(this.around.openTab)
      },
      {
        label:
          runs.length > 1
            ? trans.__('Compare %1 runs', runs.length)
            : trans.__('Compare…'),
        run: () => places.openCompare(runs)
      },
      null,
      { label: trans.__('Tag…'), run: () => void this.tag(runs) },
      ...(runs.length === 1
        ? [{ label: trans.__('Rename…'), run: () => void this.rename(first) }]
        : []),
      {
        label: trans._n('Copy id', 'Copy ids', runs.length),
        run: () => void this.copy(runs)
      },
      null,
      ...(active.length
        ? [{ label: trans.__('Cancel'), run: () => void this.cancel(active) }]
        : []),
      {
        label: archived ? trans.__('Unarchive') : trans.__('Archive'),
        run: () => void this.archive(runs, !archived)
      },
      {
        label: trans.__('Delete'),
        disabled: active.length > 0,
        run: () => void this.trash(runs)
      }
    ];
  }

  /** Ask, move to the trash, and offer the way back. */
  async trash(runs: readonly IRun[]): Promise<void> {
    const { client, desk, trans, changed } = this.around;
    if (runs.some(run => run.active)) {
      desk.tell(trans.__('A run that is going on can’t be deleted. Cancel it first.'), {
        tone: 'bad'
      });
      return;
    }
    const sure = await desk.confirm(
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
      desk.report(error);
    }
    changed();
    this.around.gone(runs.slice(0, items.length));
    if (items.length) {
      const size = items.reduce((sum, item) => sum + (item.bytes ?? 0), 0);
      const text = trans._n(
        'The run is in the trash (%2).',
        '%1 runs are in the trash (%2).',
        items.length,
        bytes(size)
      );
      const undo = () => {
        this.undo = undefined;
        void Promise.all(items.map(item => client.restore(item)))
          .catch(desk.report)
          .then(changed);
      };
      this.undo = undo;
      desk.tell(text, {
        actions: [
          { label: trans.__('Trash'), run: this.around.openTrash },
          { label: trans.__('Undo'), run: undo }
        ]
      });
    }
  }

  private async tag(runs: readonly IRun[]): Promise<void> {
    const { client, desk, trans } = this.around;
    const typed = await desk.ask({
      title: trans._n('Tag a run', 'Tag %1 runs', runs.length),
      action: trans.__('Tag'),
      field: { text: '', placeholder: trans.__('name: value') }
    });
    const [name, ...rest] = (typed ?? '').split(/[:=]/);
    if (name.trim()) {
      const value = rest.length ? rest.join(':').trim() : null;
      await this.each(runs, run => client.tag(run, { [name.trim()]: value }));
    }
  }

  /** Takes the last deletion back, while there is one. */
  undo?: () => void;

  async rename(run: IRun): Promise<void> {
    const { client, desk, trans } = this.around;
    const typed = await desk.ask({
      title: trans.__('Rename a run'),
      action: trans.__('Rename'),
      field: { text: run.name, placeholder: '' }
    });
    if (typed) {
      await this.each([run], which => client.rename(which, typed));
    }
  }

  private async copy(runs: readonly IRun[]): Promise<void> {
    try {
      await navigator.clipboard.writeText(runs.map(run => run.id).join('\n'));
    } catch (error) {
      this.around.desk.report(error);
    }
  }

  private cancel(runs: readonly IRun[]): Promise<void> {
    return this.each(runs, run => this.around.client.cancel(run));
  }

  private archive(runs: readonly IRun[], archived: boolean): Promise<void> {
    return this.each(runs, run => this.around.client.archive(run, archived));
  }

  private async each(
    runs: readonly IRun[],
    act: (run: IRun) => Promise<unknown>
  ): Promise<void> {
    try {
      await Promise.all(runs.map(act));
    } catch (error) {
      this.around.desk.report(error);
    }
    this.around.changed();
  }
}
