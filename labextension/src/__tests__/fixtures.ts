import { nullTranslator } from '@jupyterlab/translation';

import { IRun, IRunPage } from '../api';

export const trans = nullTranslator.load('jupyter_runs');

export function aRun(overrides: Partial<IRun> = {}): IRun {
  return {
    id: 'r1',
    workspace: 'default',
    experiment: 'cifar10',
    number: 12,
    name: 'brave-otter',
    status: 'Completed',
    active: false,
    reason: null,
    elapsed: 61,
    progress: null,
    metrics: [],
    ...overrides
  };
}

export function aPage(runs: IRun[], next: string | null = null): IRunPage {
  return { runs, next };
}
