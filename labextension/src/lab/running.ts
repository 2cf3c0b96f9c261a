/** A section in the Running panel: the runs that go on, which can be canceled there. */

import { IRunningSessionManagers, IRunningSessions } from '@jupyterlab/running';
import { TranslationBundle } from '@jupyterlab/translation';

import { Client, IRun } from '../api';
import { runsIcon } from './icons';
import { nameOf } from '../components/row';
import { wordFor } from '../components/status';
import { ActiveModel } from '../model/activeModel';
import { Pages } from './pages';

export function addRunning(
  managers: IRunningSessionManagers,
  model: ActiveModel,
  client: Client,
  pages: Pages,
  trans: TranslationBundle
): void {
  const cancel = (run: IRun) =>
    void client.cancel(run).catch(error => pages.report(error));
  const item = (run: IRun): IRunningSessions.IRunningItem => ({
    open: () => pages.openRun(run),
    shutdown: () => cancel(run),
    icon: () => runsIcon,
    label: () => `${run.experiment} / ${nameOf(run, trans)}`,
    labelTitle: () => run.id,
    detail: () => run.progress?.text ?? run.waiting ?? wordFor(run.status, trans)
  });
  managers.add({
    name: trans.__('Runs'),
    running: () => model.runs.map(item),
    shutdownAll: () => model.runs.forEach(cancel),
    refreshRunning: () => model.refresh(),
    runningChanged: model.changed,
    shutdownLabel: trans.__('Cancel'),
    shutdownAllLabel: trans.__('Cancel All'),
    shutdownAllConfirmationText: () =>
      trans._n('Cancel the run?', 'Cancel all %1 runs?', model.runs.length)
  });
}
