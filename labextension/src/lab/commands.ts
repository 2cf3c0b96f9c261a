/** What can be done with runs, from menus, keys and the palette. */

import { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { TranslationBundle } from '@jupyterlab/translation';

import { Client, IRun } from '../api';
import {
  archiveRuns,
  cancelRuns,
  copyIds,
  headingAt,
  IDoing,
  IHeadingOf,
  labelsOf,
  renameRun,
  tagRuns
} from '../model/deeds';
import { discard } from '../model/discard';
import { computeIcon, runsIcon } from './icons';
import { Place } from '../pages/address';
import { CommandIDs, PANEL_ID } from './ids';
import { insertCell } from './insert';
import { PageArgs } from './page';
import { Pages } from './pages';

export interface IMenuSurroundings {
  app: JupyterFrontEnd;
  client: Client;
  pages: Pages;
  trans: TranslationBundle;
  notebooks: INotebookTracker | null;
  /** Whether the list has what was archived. */
  archived: () => boolean;
  /** The runs that a menu is about. */
  selection: () => readonly IRun[];
  /** Something was changed: lists ask again. */
  changed: () => void;
  /** Takes the last deletion back, while there is one. */
  undo?: () => void;
}

export function addCommands(around: IMenuSurroundings): void {
  const { app, pages, trans, notebooks, selection } = around;
  const { commands } = app;
  // the menu of an experiment's heading is not about the runs that are marked
  const onRun = () => headingOf(app) === null;
  const some = () => selection().length > 0;
  const one = () => onRun() && selection().length === 1;

  const doing = doingIn(around);

  commands.addCommand(CommandIDs.openPage, {
    label: trans.__('Open a page of runs'),
    execute: args => {
      pages.open(args as unknown as PageArgs);
    }
  });
  commands.addCommand(CommandIDs.showPanel, {
    label: trans.__('Show runs'),
    caption: trans.__('Show the list of runs in the sidebar'),
    icon: runsIcon,
    execute: () => {
      app.shell.activateById(PANEL_ID);
      // who came by keys goes on by keys; restoring the layout activates too, and must not take the focus
      const panel = document.getElementById(PANEL_ID);
      (panel?.querySelector<HTMLElement>('.jp-Runs-tree') ?? panel)?.focus({
        preventScroll: true
      });
    }
  });
  commands.addCommand(CommandIDs.openCompute, {
    label: trans.__('Compute targets'),
    caption: trans.__('What submitted runs are doing, and what waits'),
    icon: computeIcon,
    execute: () => {
      pages.open({ kind: 'compute' });
    }
  });
  commands.addCommand(CommandIDs.openTrash, {
    label: trans.__('Trash of runs'),
    caption: trans.__('What was deleted, the way back, and what it would free'),
    execute: () => {
      pages.open({ kind: 'trash' });
    }
  });
  commands.addCommand(CommandIDs.openRun, {
    label: trans.__('Open'),
    isVisible: onRun,
    isEnabled: some,
    execute: () => selection().forEach(run => pages.openRun(run))
  });
  commands.addCommand(CommandIDs.openTab, {
    label: trans.__('Open in a browser tab'),
    caption: trans.__('Open the page in a browser tab of its own'),
    isEnabled: () => some() || headingOf(app) !== null,
    execute: () => {
      const experiment = headingOf(app);
      const places: Place[] = experiment
        ? [{ kind: 'experiment', ...experiment }]
        : selection().map(({ workspace, id }) => ({ kind: 'run', workspace, id }));
      for (const place of places) {
        window.open(pages.elsewhere(place).href, '_blank', 'noopener');
      }
    }
  });
  commands.addCommand(CommandIDs.compare, {
    label: () => labelsOf(selection(), trans).compare,
    isVisible: onRun,
    isEnabled: some,
    execute: () => pages.openCompare(selection())
  });
  commands.addCommand(CommandIDs.cancel, {
    label: trans.__('Cancel'),
    isVisible: () => onRun() && selection().some(run => run.active),
    execute: () => cancelRuns(doing, selection())
  });
  commands.addCommand(CommandIDs.tag, {
    label: trans.__('Tag…'),
    isVisible: onRun,
    isEnabled: some,
    execute: () => tagRuns(doing, selection())
  });
  commands.addCommand(CommandIDs.rename, {
    label: trans.__('Rename…'),
    isVisible: one,
    execute: () => renameRun(doing, selection()[0])
  });
  commands.addCommand(CommandIDs.archive, {
    label: () => labelsOf(selection(), trans).archive,
    caption: trans.__('Off the lists, and back; nothing is deleted'),
    isEnabled: some,
    isVisible: onRun,
    execute: () => archiveRuns(doing, selection())
  });
  commands.addCommand(CommandIDs.copyId, {
    label: () => labelsOf(selection(), trans).copyId,
    isVisible: onRun,
    isEnabled: some,
    execute: () => copyIds(doing, selection())
  });
  commands.addCommand(CommandIDs.insert, {
    label: trans.__('Insert into the notebook'),
    caption: trans.__('Add a cell that shows the run to the notebook in use'),
    isEnabled: () => some() && Boolean(notebooks?.currentWidget),
    isVisible: () => onRun() && notebooks !== null,
    execute: () => {
      if (notebooks) {
        insertCell(notebooks, selection());
      }
    }
  });
  commands.addCommand(CommandIDs.trash, {
    label: trans.__('Delete'),
    caption: trans.__('Move to the trash; it can be undone'),
    isVisible: onRun,
    isEnabled: () => some() && selection().every(run => !run.active),
    execute: () => trashRuns(around, selection())
  });
}

/** The experiment whose heading the menu was opened on, null anywhere else. */
export function headingOf(app: JupyterFrontEnd): IHeadingOf | null {
  return headingAt(
    app.contextMenuHitTest(one => one.classList.contains('jp-Runs-heading'))
  );
}

/** What is done with runs asks and tells as Lab does. */
export function doingIn(around: IMenuSurroundings): IDoing {
  const { client, trans, pages, changed } = around;
  return {
    client,
    trans,
    changed,
    ask: question => pages.ask(question),
    report: error => pages.report(error),
    done: (text, undo) => {
      Notification.info(text, {
        autoClose: 10_000,
        actions: [{ label: trans.__('Undo'), callback: undo }]
      });
    }
  };
}

/** Ask, move to the trash, and offer the way back. */
export function trashRuns(
  around: IMenuSurroundings,
  runs: readonly IRun[]
): Promise<void> {
  const { pages, trans } = around;
  const done = (text: string, undo: () => void) => {
    Notification.info(text, {
      autoClose: 10_000,
      actions: [
        {
          label: trans.__('Trash'),
          callback: () => void pages.open({ kind: 'trash' })
        },
        { label: trans.__('Undo'), callback: undo }
      ]
    });
  };
  return discard(
    {
      ...doingIn(around),
      done,
      confirm: (...asked) => pages.confirm(...asked),
      refuse: text => void Notification.warning(text),
      keep: undo => (around.undo = undo),
      gone: trashed => trashed.forEach(run => pages.closeRun(run))
    },
    runs
  );
}

const MENU = [
  CommandIDs.openRun,
  CommandIDs.openTab,
  CommandIDs.compare,
  CommandIDs.insert,
  null,
  CommandIDs.tag,
  CommandIDs.rename,
  CommandIDs.copyId,
  null,
  CommandIDs.cancel,
  CommandIDs.archive,
  CommandIDs.trash
];

/** The context menu of the list. */
export function addContextMenu(app: JupyterFrontEnd): void {
  [
    CommandIDs.openExperiment,
    CommandIDs.archiveExperiment,
    CommandIDs.unarchiveExperiment
  ].forEach((command, rank) =>
    app.contextMenu.addItem({ selector: '.jp-Runs-heading', rank, command })
  );
  MENU.forEach((command, rank) => {
    app.contextMenu.addItem({
      selector: '.jp-Runs-tree',
      rank,
      ...(command ? { command } : { type: 'separator' as const })
    });
  });
  // a menu takes the focus and does not give it back
  let before: HTMLElement | null = null;
  document.addEventListener(
    'contextmenu',
    ({ target }) => {
      before = (target as Element).closest<HTMLElement>('.jp-Runs-tree');
    },
    true
  );
  app.contextMenu.menu.aboutToClose.connect(() => {
    before?.focus({ preventScroll: true });
    before = null;
  });
}
