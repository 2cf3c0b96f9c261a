/** Code that shows runs, for a notebook. */

import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';

import { IRunRef } from '../api';

export function codeFor(runs: readonly IRunRef[]): string {
  const shown = runs.map(
    ({ workspace, id }) =>
      `RunDetails(Workspace.get(${JSON.stringify(workspace)}).get_run(${JSON.stringify(id)})).show()`
  );
  return ['from jupyter_runs import RunDetails, Workspace', '', ...shown].join('\n');
}

/** Put a cell that shows the runs below the active one of the notebook in use. */
export function insertCell(tracker: INotebookTracker, runs: readonly IRunRef[]): void {
  const notebook = tracker.currentWidget?.content;
  if (!notebook) {
    return;
  }
  NotebookActions.insertBelow(notebook);
  notebook.activeCell?.model.sharedModel.setSource(codeFor(runs));
}
