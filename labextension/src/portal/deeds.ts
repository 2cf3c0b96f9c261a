/** What can be done with the runs that are marked: the menu of the list, without what needs Lab. */

import { TranslationBundle } from '@jupyterlab/translation';

import { Client, IRun } from '../api';
import {
  archiveExperiment,
  archiveRuns,
  cancelRuns,
  copyIds,
  IDoing,
  IHeadingOf,
  labelsOf,
  renameRun,
  tagRuns
} from '../model/deeds';
import { discard } from '../model/discard';
import { Place } from '../pages/address';
import { IPlaces } from '../pages/context';
import { Desk } from './desk';
import { IMenuItem } from './menu';

export interface IDeedsAround {
  client: Client;
  places: IPlaces;
  desk: Desk;
  trans: TranslationBundle;
  openTab: (place: Place) => void;
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
    const { doing } = this;
    const { places, trans, openTab } = this.around;
    const [first] = runs;
    const active = runs.some(run => run.active);
    const labels = labelsOf(runs, trans);
    return [
      { label: trans.__('Open'), run: () => places.openRun(first) },
      {
        label: trans.__('Open in a browser tab'),
        run: () =>
          runs.forEach(({ workspace, id }) => openTab({ kind: 'run', workspace, id }))
      },
      { label: labels.compare, run: () => places.openCompare(runs) },
      null,
      { label: trans.__('Tag…'), run: () => void tagRuns(doing, runs) },
      ...(runs.length === 1
        ? [{ label: trans.__('Rename…'), run: () => void this.rename(first) }]
        : []),
      { label: labels.copyId, run: () => void copyIds(doing, runs) },
      null,
      ...(active
        ? [{ label: trans.__('Cancel'), run: () => void cancelRuns(doing, runs) }]
        : []),
      { label: labels.archive, run: () => void archiveRuns(doing, runs) },
      {
        label: trans.__('Delete'),
        disabled: active,
        run: () => void this.trash(runs)
      }
    ];
  }

  /** The menu of an experiment's heading; `archived` where the list has what was archived. */
  headingMenu(heading: IHeadingOf, archived: boolean): (IMenuItem | null)[] {
    const { places, trans, openTab } = this.around;
    return [
      {
        label: trans.__('Open the experiment'),
        run: () => places.openExperiment(heading.workspace, heading.experiment)
      },
      {
        label: trans.__('Open in a browser tab'),
        run: () => openTab({ kind: 'experiment', ...heading })
      },
      null,
      {
        label: archived
          ? trans.__('Unarchive the experiment')
          : trans.__('Archive the experiment'),
        run: () => void archiveExperiment(this.doing, heading, !archived)
      }
    ];
  }

  /** Ask, move to the trash, and offer the way back. */
  trash(runs: readonly IRun[]): Promise<void> {
    const { desk, trans, gone, openTrash } = this.around;
    const done = (text: string, undo: () => void) =>
      desk.tell(text, {
        actions: [
          { label: trans.__('Trash'), run: openTrash },
          { label: trans.__('Undo'), run: undo }
        ]
      });
    return discard(
      {
        ...this.doing,
        gone,
        done,
        confirm: (...asked) => desk.confirm(...asked),
        refuse: text => desk.tell(text, { tone: 'bad' }),
        keep: undo => (this.undo = undo)
      },
      runs
    );
  }

  /** Takes the last deletion back, while there is one. */
  undo?: () => void;

  rename(run: IRun): Promise<void> {
    return renameRun(this.doing, run);
  }

  /** What is done with runs asks and tells as the page does. */
  private get doing(): IDoing {
    const { client, desk, trans, changed } = this.around;
    return {
      client,
      trans,
      changed,
      ask: question => desk.ask(question),
      report: error => desk.report(error),
      done: (text, undo) =>
        desk.tell(text, { actions: [{ label: trans.__('Undo'), run: undo }] })
    };
  }
}
