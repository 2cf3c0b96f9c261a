/** What can be done with an experiment from the menu of its heading. */

import { CommandIDs } from './ids';
import { headingOf, IMenuSurroundings } from './commands';

export function addExperimentCommands(around: IMenuSurroundings): void {
  const { app, client, pages, trans, changed } = around;
  const { commands } = app;
  const archive = async (archived: boolean) => {
    const found = headingOf(app);
    if (found) {
      const { workspace, experiment } = found;
      try {
        await client.archiveExperiment(workspace, experiment, archived);
      } catch (error) {
        pages.report(error);
      }
      changed();
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
