import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { fetchRuns } from './api';
import { RunsModel } from './model';
import { RANK, RUN_MIME, RunOutput } from './output';
import { RunsPanel } from './panel';

const panel: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-runs:panel',
  description: 'A sidebar with the newest runs.',
  autoStart: true,
  optional: [ILayoutRestorer, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    restorer: ILayoutRestorer | null,
    translator: ITranslator | null
  ) => {
    const settings = app.serviceManager.serverSettings;
    const model = new RunsModel(limit => fetchRuns(settings, limit));
    // a link to a run, as `run.get_portal_url()` gives it, leads here
    const pointed = new URLSearchParams(window.location.search).get('jupyter-run');
    const widget = new RunsPanel(model, translator ?? nullTranslator, pointed);
    restorer?.add(widget, widget.id);
    app.shell.add(widget, 'left', { rank: 200 });
    if (pointed !== null) {
      void app.restored.then(() => app.shell.activateById(widget.id));
    }
  }
};

const output: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-runs:output',
  description: 'Shows a run in a cell: its widget while there is one, else its picture.',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  activate: (_app: JupyterFrontEnd, registry: IRenderMimeRegistry) => {
    registry.addFactory(
      {
        safe: true,
        mimeTypes: [RUN_MIME],
        createRenderer: () => new RunOutput(registry)
      },
      RANK
    );
  }
};

export default [panel, output];
