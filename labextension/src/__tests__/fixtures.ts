import { nullTranslator } from '@jupyterlab/translation';

import { IChart, IHead, ILine, IRun, IRunPage } from '../api';

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

export function aPage(
  runs: IRun[],
  next: string | null = null,
  total = runs.length
): IRunPage {
  return { runs, next, total, version: 1 };
}

export function aLine(overrides: Partial<ILine> = {}): ILine {
  return {
    key: 'loss',
    label: '',
    x: [0, 1, 2, 3],
    y: [4, 3, null, 1],
    faint: null,
    marks: [[2, 'NaN']],
    total: 4,
    drawn: 4,
    hidden: 0,
    minimum: 1,
    maximum: 4,
    last: 1,
    ...overrides
  };
}

export function aChart(overrides: Partial<IChart> = {}): IChart {
  return {
    key: 'loss',
    title: 'loss',
    group: '',
    kind: 'line',
    description: '',
    x_label: '',
    x_kind: 'step',
    y_label: '',
    badge: '4 points',
    last_text: '1',
    trend: 'down',
    version: 1,
    lines: [aLine()],
    ...overrides
  };
}

export function aHead(overrides: Partial<IHead> = {}): IHead {
  return {
    ...aRun(),
    type: 'interactive',
    parent: null,
    icon: '✓',
    error: null,
    error_code: null,
    error_details: null,
    created: 1,
    started: 1,
    ended: 62,
    progress: null,
    eta: null,
    updated: null,
    last_step: null,
    warnings: [],
    portal_url: null,
    log_tail: null,
    waiting: null,
    ...overrides
  };
}
