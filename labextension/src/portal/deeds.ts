/** What can be done with the runs that are marked: the menu of the list, without what needs Lab. */

import { TranslationBundle } from '@jupyterlab/translation';

import { Client, IRun } from '../api';
import { discard } from '../model/discard';
import { shelve } from '../model/shelve';
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
  trash(runs: readonly IRun[]): Promise<void> {
    const { client, desk, trans, changed, gone, openTrash } = this.around;
    const done = (text: string, undo: () => void) =>
      desk.tell(text, {
        actions: [
          { label: trans.__('Trash'), run: openTrash },
          { label: trans.__('Undo'), run: undo }
        ]
      });
    return discard(
      {
        client,
        trans,
        changed,
        gone,
        done,
        confirm: (...asked) => desk.confirm(...asked),
        report: desk.report,
        refuse: text => desk.tell(text, { tone: 'bad' }),
        keep: undo => (this.undo = undo)
      },
      runs
    );
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
    const { client, desk, trans, changed } = this.around;
    const done = (text: string, undo: () => void) =>
      desk.tell(text, { actions: [{ label: trans.__('Undo'), run: undo }] });
    return shelve({ client, trans, changed, done, report: desk.report }, runs, archived);
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
