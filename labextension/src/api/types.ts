/** What the server says, field by field: `views/model.py` and `views/jsonable.py` on its side. */

export interface IProgress {
  /** 0 to 1, null while the total is not known. */
  fraction: number | null;
  /** For example "58 %" or "1,200 images". */
  text: string;
}

export interface IMetric {
  name: string;
  /** The last value, as a person reads it. */
  text: string;
  kind?: string;
  count?: number;
  last?: unknown;
  min?: number | null;
  max?: number | null;
}

export interface IRunRef {
  workspace: string;
  id: string;
}

/** A run as one row of a list. */
export interface IRun extends IRunRef {
  experiment: string;
  number: number | null;
  name: string;
  status: string;
  /** Whether it may still change by itself. */
  active: boolean;
  /** One line on why it failed, was cancelled or does not answer. */
  reason: string | null;
  /** Seconds, as of the answer. */
  elapsed: number | null;
  progress: IProgress | null;
  metrics: IMetric[];
  created?: number | null;
  started?: number | null;
  ended?: number | null;
  parent?: string | null;
  type?: string;
  target?: string | null;
  waiting?: string | null;
  archived?: boolean;
  tags?: { [name: string]: string | null };
  params?: { [name: string]: unknown };
}

export interface IRunPage {
  runs: IRun[];
  /** What to ask for the next page with, null on the last. */
  next: string | null;
  total?: number | null;
  /** Grows with every change. */
  version?: number | string;
  /** Whether runs are found faster than the server reads them: more are to come. */
  behind?: boolean;
}

export interface IRunQuery {
  workspace?: string;
  experiment?: string;
  filter?: string;
  text?: string;
  sort?: string;
  limit?: number;
  after?: string | null;
  archived?: boolean;
}

export interface IExperiment {
  workspace: string;
  name: string;
  runs: number;
  active: number;
  latest: number | null;
  tags?: { [name: string]: string | null };
  archived?: boolean;
  /** How many of its runs are archived by themselves. */
  archived_runs?: number;
}

export interface ILogPart {
  name: string;
  text: string;
  /** Byte offsets of the text, and the file's size now. */
  start: number;
  end: number;
  size: number;
}

export interface IHead extends IRunRef {
  name: string;
  number: number | null;
  experiment: string;
  type: string;
  parent: string | null;
  status: string;
  icon: string;
  active: boolean;
  reason: string | null;
  error: string | null;
  error_code: string | null;
  error_details: string | null;
  created: number | null;
  started: number | null;
  ended: number | null;
  elapsed: number | null;
  progress: (IProgress & { done: number; total: number | null; unit: string }) | null;
  eta: number | null;
  updated: number | null;
  last_step: number | null;
  warnings: string[];
  portal_url: string | null;
  log_tail: ILogPart | null;
  waiting: string | null;
  archived?: boolean;
}

export interface ITab {
  id: string;
  label: string;
  count: number | null;
}

/** A step of a pipeline; its run has its name. */
export interface IStep {
  name: string;
  needs: string[];
}

export interface IRunAnswer {
  head: IHead;
  tabs: ITab[];
  /** What counts in a sweep, null for any other run. */
  sweep: { metric: string; better: 'low' | 'high' } | null;
  /** Of a pipeline, none of any other run. */
  steps: IStep[];
  version: number | string;
}

export interface ITile {
  name: string;
  text: string;
  value: unknown;
  group: string;
  version: number;
}

export interface IMetricsAnswer {
  tiles: ITile[];
  charts: string[];
  version: number | string;
}

export type XAxis = 'step' | 'time' | 'relative';

export interface IChartOptions {
  x: XAxis;
  smoothing: number;
  log_y: boolean;
  window?: [number, number] | null;
  points?: number;
}

export interface ILine {
  key: string;
  label: string;
  /** Null is a gap, in `y` and in `faint`. */
  x: number[];
  y: (number | null)[];
  faint: (number | null)[] | null;
  marks: [number | null, string][];
  total: number;
  drawn: number;
  hidden: number;
  minimum: number | null;
  maximum: number | null;
  last: number | null;
  band?: [(number | null)[], (number | null)[]];
  edges?: number[];
}

export interface ITable {
  columns: string[];
  rows: string[][];
  total: number;
  start: number;
}

export interface IMatrix {
  labels: string[];
  counts: number[][];
  shares: number[][];
  total: number;
  accuracy: number | null;
}

/** Parallel coordinates: the last axis is what came of it, the first line the best run. */
export interface IParallel {
  /** Ticks are places from 0, at the bottom, to 1; the note tells of values that have none. */
  axes: { name: string; ticks: [number, string][]; note: string }[];
  /** `share` is 1 for the best run, 0 for the worst. */
  lines: { run: string; places: (number | null)[]; share: number }[];
}

export interface ITextItem {
  step: number | null;
  time: number;
  text: string;
}

export interface IGuide {
  label: string;
  x: number[];
  y: (number | null)[];
}

export interface IChart {
  key: string;
  title: string;
  group: string;
  kind: 'line' | 'matrix' | 'table' | 'text' | 'parallel';
  description: string;
  x_label: string;
  x_kind: 'step' | 'index' | 'time' | 'relative' | 'column';
  y_label: string;
  badge: string;
  last_text: string;
  trend: 'up' | 'down' | 'flat' | '';
  version: number;
  lines: ILine[];
  table?: ITable;
  matrix?: IMatrix;
  parallel?: IParallel;
  texts?: ITextItem[];
  guides?: IGuide[];
  /** x from, x to, y from, y to, whatever the lines are. */
  frame?: [number, number, number, number];
}

export interface IChartsAnswer {
  charts: IChart[];
  version: number | string;
}

export interface ISection {
  title: string;
  rows: [string, string][];
}

export interface IImageItem {
  index?: number;
  step: number | null;
  time: number;
  width: number | null;
  height: number | null;
  mime: string;
  description: string;
}

export interface IImageSeries {
  name: string;
  group: string;
  items: IImageItem[];
  version: number;
}

export interface IFile {
  name: string;
  /** Where it stands in the run, and what it is asked for with. */
  path: string;
  size: number;
  mtime: number;
}

export interface ISnapshot {
  id: string | null;
  files: { name: string; size: number }[];
}

export interface IFileChange {
  name: string;
  change: 'added' | 'removed' | 'changed';
  diff: string | null;
  /** Why there is no diff. */
  note?: string | null;
}

/** A value that is not the same in two runs; null where one has none. */
export interface IChange {
  name: string;
  before: unknown;
  after: unknown;
}

export interface IDiff {
  files: IFileChange[];
  /** Whether the runs have any source kept. */
  snapshots?: { before: boolean; after: boolean };
  params: IChange[];
  environment: IChange[];
  packages: IChange[];
}

export interface ITarget {
  workspace: string;
  name: string;
  max_nodes: number | null;
  active: IRun[];
  queued: IRun[];
}

export interface IMetricSummary {
  name: string;
  kind: string;
  count: number;
  last: unknown;
  text: string;
  minimum: number | null;
  maximum: number | null;
}

export interface IComparedRun {
  head: IHead;
  params: { [name: string]: unknown };
  metrics: { [name: string]: IMetricSummary };
  tags: { [name: string]: string | null };
  /** Index of its colour in charts. */
  color: number;
  /** What legends call it. */
  label: string;
}

export interface ICompare {
  rows: IComparedRun[];
  params: string[];
  differing: string[];
  metrics: string[];
  charts: string[];
  /** Names of the series of images that any of them has. */
  images: string[];
  version: number | string;
}

/** A part of a command line; `value` is "" where it looked like a secret and was not kept. */
export interface IField {
  label: string;
  value: string;
  /** `--name value`, `--name=value`, `--name` alone, or a value without a name. */
  form: 'pair' | 'joined' | 'flag' | 'plain';
  secret: boolean;
}

/** How a run is repeated. */
export interface IAgain {
  /** Script or function. */
  what: string;
  /** Why it can't be submitted anew, null where it can. */
  refusal: string | null;
  fields: IField[];
  /** What a shell is given, null for anything else. */
  command: string | null;
  /** Whether there may be fields. */
  takes_arguments: boolean;
  target: string;
  targets: string[];
  notes: string[];
  code: { text: string; language: 'python' | 'cell' | 'shell'; note: string } | null;
}

/** What is other than it was. */
export interface IChanges {
  arguments?: string[];
  command?: string;
  target?: string;
  name?: string;
}

export type Part = 'last' | 'minimum' | 'maximum';

export interface IParallelAnswer {
  parallel: IParallel;
  /** Lines that there are, and those that have no number of the metric. */
  shown: number;
  without: number;
  /** Parameters for which there was no axis. */
  left_out: number;
}

export interface ITrashItem {
  workspace: string;
  item: string;
  what: 'run' | 'experiment';
  name: string;
  experiment: string | null;
  time: number | null;
  runs: string[];
  /** What deleting it for good would free. */
  bytes: number;
}

export interface ITrash {
  items: ITrashItem[];
  bytes: number;
}
