/** Names that other extensions and settings may use. */
export const CommandIDs = {
  openPage: 'jupyter-runs:open-page',
  openRun: 'jupyter-runs:open-run',
  openTab: 'jupyter-runs:open-browser-tab',
  openCompute: 'jupyter-runs:open-compute',
  openTrash: 'jupyter-runs:open-trash',
  showPanel: 'jupyter-runs:show-panel',
  compare: 'jupyter-runs:compare',
  cancel: 'jupyter-runs:cancel',
  tag: 'jupyter-runs:tag',
  rename: 'jupyter-runs:rename',
  archive: 'jupyter-runs:archive',
  openExperiment: 'jupyter-runs:open-experiment',
  archiveExperiment: 'jupyter-runs:archive-experiment',
  unarchiveExperiment: 'jupyter-runs:unarchive-experiment',
  trash: 'jupyter-runs:trash',
  copyId: 'jupyter-runs:copy-id',
  notifyHidden: 'jupyter-runs:notify-hidden',
  insert: 'jupyter-runs:insert'
} as const;

export const PANEL_ID = 'jupyter-runs-panel';
export const PLUGIN_ID = 'jupyter-runs:plugin';
