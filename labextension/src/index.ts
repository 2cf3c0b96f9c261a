import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-runs:panel',
  autoStart: true,
  activate: (app: JupyterFrontEnd) => {
    console.debug('jupyter-runs', app.version);
  }
};

export default plugin;
