import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { IRunningSessionManagers } from '@jupyterlab/running';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Token } from '@lumino/coreutils';

import { Client, IRunRef } from './api';
import { AttachedRun } from './lab/attached';
import {
  addCommands,
  addContextMenu,
  IMenuSurroundings,
  trashRuns
} from './lab/commands';
import { addNotifyCommand, askToTell, mayTell } from './lab/browserNotify';
import { addExperimentCommands } from './lab/experimentCommands';
import { CommandIDs, PLUGIN_ID } from './lab/ids';
import { addNotifications } from './lab/notify';
import { RANK, RUN_MIME, RunOutput } from './lab/output';
import { Pages } from './lab/pages';
import { RunsPanel } from './lab/panel';
import { addRunning } from './lab/running';
import { NotifySettings } from './lab/settings';
import { StatusItem } from './lab/status';
import { ActiveModel } from './model/activeModel';
import { HiddenWatch } from './model/hiddenWatch';
import { Pulse } from './model/pulse';
import { RunsModel } from './model/runsModel';

/** What the parts share: one client, one poll, one place where pages are opened. */
interface IShared {
  client: Client;
  pulse: Pulse;
  active: ActiveModel;
  pages: Pages;
}

const IShared = new Token<IShared>('jupyter-runs:IShared');

const shared: JupyterFrontEndPlugin<IShared> = {
  id: 'jupyter-runs:shared',
  description: 'The client of the runs server, its one poll, and the pages of runs.',
  autoStart: true,
  provides: IShared,
  optional: [ILayoutRestorer, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    restorer: ILayoutRestorer | null,
    translator: ITranslator | null
  ): IShared => {
    const trans = (translator ?? nullTranslator).load('jupyter_runs');
    const client = new Client(app.serviceManager.serverSettings);
    const pulse = new Pulse();
    const active = new ActiveModel(client, pulse);
    const pages = new Pages(app, { client, pulse, trans });
    if (restorer) {
      pages.restore(restorer);
    }
    return { client, pulse, active, pages };
  }
};

const panel: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-runs:panel',
  description: 'A sidebar with the runs, and what can be done with them.',
  autoStart: true,
  requires: [IShared],
  optional: [ILayoutRestorer, ITranslator, INotebookTracker, ICommandPalette, ILauncher],
  activate: (
    app: JupyterFrontEnd,
    { client, pulse, pages }: IShared,
    restorer: ILayoutRestorer | null,
    translator: ITranslator | null,
    notebooks: INotebookTracker | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_runs');
    const model = new RunsModel(client, pulse);
    // a link to a run, as `run.get_portal_url()` gives it, leads here
    const pointed = new URLSearchParams(window.location.search).get('jupyter-run');
    const around: IMenuSurroundings = {
      app,
      client,
      pages,
      trans,
      notebooks,
      archived: () => model.shown.archived,
      selection: () => widget.selection,
      changed: () => {
        void model.refresh();
        void pulse.refreshAll();
      }
    };
    const widget = new RunsPanel(
      model,
      {
        open: (run, byKeys) => pages.openRun(run, undefined, byKeys),
        openExperiment: (workspace, name) => pages.openExperiment(workspace, name),
        compare: runs => pages.openCompare(runs),
        trash: runs => void trashRuns(around, runs),
        undo: () => around.undo?.(),
        rename: () => void app.commands.execute(CommandIDs.rename),
        openTrash: () => void pages.open({ kind: 'trash' })
      },
      trans,
      pointed
    );
    addCommands(around);
    addExperimentCommands(around);
    addContextMenu(app);
    restorer?.add(widget, widget.id);
    app.shell.add(widget, 'left', { rank: 200 });
    const category = trans.__('Runs');
    for (const command of [
      CommandIDs.showPanel,
      CommandIDs.openCompute,
      CommandIDs.openTrash
    ]) {
      palette?.addItem({ command, category });
    }
    launcher?.add({ command: CommandIDs.showPanel, category: trans.__('Other') });
    launcher?.add({ command: CommandIDs.openCompute, category: trans.__('Other') });
    if (pointed !== null) {
      void app.restored.then(() => app.shell.activateById(widget.id));
    }
  }
};

const status: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description:
    'Tells of runs that go on and of those that end: status bar, Running panel.',
  autoStart: true,
  requires: [IShared],
  optional: [
    ITranslator,
    IStatusBar,
    IRunningSessionManagers,
    ISettingRegistry,
    ICommandPalette
  ],
  activate: (
    app: JupyterFrontEnd,
    { client, active, pages }: IShared,
    translator: ITranslator | null,
    bar: IStatusBar | null,
    managers: IRunningSessionManagers | null,
    registry: ISettingRegistry | null,
    palette: ICommandPalette | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_runs');
    bar?.registerStatusItem('jupyter-runs:active', {
      item: new StatusItem(
        active,
        trans,
        () => void app.commands.execute(CommandIDs.showPanel)
      ),
      align: 'left',
      rank: 90,
      isActive: () => active.runs.length > 0,
      activeStateChanged: active.changed
    });
    if (managers) {
      addRunning(managers, active, client, pages, trans);
    }
    const settings = new NotifySettings(registry, () => void askToTell(trans));
    addNotifications(active, () => settings.value, pages, trans);
    new HiddenWatch(active, () => {
      const { ended, browser } = settings.value;
      return ended && browser && mayTell();
    });
    if (registry) {
      addNotifyCommand(app.commands, settings, trans);
      palette?.addItem({
        command: CommandIDs.notifyHidden,
        category: trans.__('Runs')
      });
    }
  }
};

const output: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-runs:output',
  description:
    'Shows a run in a cell: its widget while there is one, else the run through the server.',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  optional: [IShared],
  activate: (
    _app: JupyterFrontEnd,
    registry: IRenderMimeRegistry,
    share: IShared | null
  ) => {
    const attach = async (run: IRunRef) => {
      await share?.client.run(run); // rejects where there is none
      return share ? new AttachedRun(run, share.pages.given) : null;
    };
    registry.addFactory(
      {
        safe: true,
        mimeTypes: [RUN_MIME],
        createRenderer: () => new RunOutput(registry, attach)
      },
      RANK
    );
  }
};

export default [shared, panel, status, output];
