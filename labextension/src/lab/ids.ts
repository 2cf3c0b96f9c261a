/** Names that other extensions and settings may use. */
export namespace CommandIDs {
  export const openPage = 'jupyter-runs:open-page';
  export const openRun = 'jupyter-runs:open-run';
  export const openCompute = 'jupyter-runs:open-compute';
  export const showPanel = 'jupyter-runs:show-panel';
  export const compare = 'jupyter-runs:compare';
  export const cancel = 'jupyter-runs:cancel';
  export const tag = 'jupyter-runs:tag';
  export const rename = 'jupyter-runs:rename';
  export const archive = 'jupyter-runs:archive';
  export const trash = 'jupyter-runs:trash';
  export const copyId = 'jupyter-runs:copy-id';
  export const insert = 'jupyter-runs:insert';
}

export const PANEL_ID = 'jupyter-runs-panel';
export const PLUGIN_ID = 'jupyter-runs:plugin';
