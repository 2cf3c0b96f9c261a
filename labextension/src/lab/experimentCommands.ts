/** What can be done with an experiment from the menu of its heading. */

import { archiveExperiment } from '../model/deeds';
import { CommandIDs } from './ids';
import { doingIn, headingOf, IMenuSurroundings } from './commands';

export function addExperimentCommands(around: IMenuSurroundings): void {
  const { app, pages, trans } = around;
  const { commands } = app;
  const archive = async (archived: boolean) => {
    const found = headingOf(app);
    if (found) {
      await archiveExperiment(doingIn(around), found, archived);
    }
  };
  commands.addCommand(CommandIDs.openExperiment, {
    label: trans.__('Open the experiment'),
    execute: () => {
      const found = headingOf(app);
      if (found) {
        pages.openExperiment(found.workspace, found.experiment);
      }
    }
  });
  commands.addCommand(CommandIDs.archiveExperiment, {
    label: trans.__('Archive the experiment'),
    caption: trans.__('Take it with its runs off the lists; nothing is deleted'),
    isVisible: () => !around.archived(),
    execute: () => archive(true)
  });
  commands.addCommand(CommandIDs.unarchiveExperiment, {
    label: trans.__('Unarchive the experiment'),
    isVisible: () => around.archived(),
    execute: () => archive(false)
  });
}
