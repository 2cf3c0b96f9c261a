/** The server's endpoints, one method each. */

import { ServerConnection } from '@jupyterlab/services';

import { ApiError } from './errors';
import { Query, Transport } from './transport';
import {
  IAgain,
  IChanges,
  IChartOptions,
  IChartsAnswer,
  ICompare,
  IDiff,
  IExperiment,
  IFile,
  IImageSeries,
  ILogPart,
  IMetricsAnswer,
  IParallelAnswer,
  IRun,
  IRunAnswer,
  IRunPage,
  IRunQuery,
  IRunRef,
  ISection,
  ISnapshot,
  ITarget,
  ITrash,
  ITrashItem,
  Part
} from './types';

/** Items of the trash that are deleted by one request: so many are surely not too long a text. */
const AT_ONCE = 1000;

export type Known = { [key: string]: number };

export class Client {
  constructor(settings: ServerConnection.ISettings) {
    this.transport = new Transport(settings);
  }

  async runs(query: IRunQuery): Promise<IRunPage> {
    return listed(await this.transport.get<IRunPage>(['runs'], { ...query }));
  }

  async experiments(): Promise<IExperiment[]> {
    return (await this.transport.get<{ experiments: IExperiment[] }>(['experiments']))
      .experiments;
  }

  run(run: IRunRef): Promise<IRunAnswer> {
    return this.of(run, []);
  }

  metrics(run: IRunRef, search = ''): Promise<IMetricsAnswer> {
    return this.of(run, ['metrics'], { search });
  }

  charts(
    run: IRunRef,
    keys: string[],
    options: IChartOptions,
    known: Known = {}
  ): Promise<IChartsAnswer> {
    return this.transport.post(path(run, 'charts'), { keys, options, known });
  }

  async details(run: IRunRef): Promise<ISection[]> {
    return (await this.of<{ sections: ISection[] }>(run, ['details'])).sections;
  }

  async images(run: IRunRef): Promise<IImageSeries[]> {
    return (await this.of<{ series: IImageSeries[] }>(run, ['images'])).series;
  }

  imageUrl(run: IRunRef, name: string, index: number): string {
    return this.transport.url(path(run, 'images', name, String(index)));
  }

  async logs(run: IRunRef): Promise<IFile[]> {
    return (await this.of<{ files: IFile[] }>(run, ['logs'])).files;
  }

  /** A piece of a log: its end, or what is after `from`, or what is before `before`; `raw` as it was written. */
  log(
    run: IRunRef,
    name: string,
    range: { from?: number; before?: number; limit?: number; raw?: boolean } = {}
  ): Promise<ILogPart> {
    return this.of(run, ['logs', ...name.split('/')], range);
  }

  async files(run: IRunRef): Promise<IFile[]> {
    return (await this.of<{ files: IFile[] }>(run, ['files'])).files;
  }

  fileUrl(run: IRunRef, file: IFile, download = false): string {
    const parts = path(run, 'files', ...file.path.split('/'));
    return this.transport.url(parts, download ? { download } : {});
  }

  zipUrl(run: IRunRef, what: 'files' | 'snapshot'): string {
    return this.transport.url(path(run, `${what}.zip`));
  }

  async children(run: IRunRef, limit?: number): Promise<IRunPage> {
    return listed(await this.of<IRunPage>(run, ['children'], { limit }));
  }

  snapshot(run: IRunRef): Promise<ISnapshot> {
    return this.of(run, ['snapshot']);
  }

  snapshotUrl(run: IRunRef, name: string): string {
    return this.transport.url(path(run, 'snapshot', ...name.split('/')));
  }

  /** The beginning of a file of an output's or snapshot's address. */
  text(url: string, most: number): Promise<string> {
    return this.transport.text(url, most);
  }

  diff(run: IRunRef, other: IRunRef): Promise<IDiff> {
    return this.of(run, ['diff'], { with: `${other.workspace}/${other.id}` });
  }

  compare(runs: readonly IRunRef[]): Promise<ICompare> {
    return this.transport.get(['compare'], { run: runs.map(address) });
  }

  compareCharts(
    runs: readonly IRunRef[],
    keys: string[],
    options: IChartOptions
  ): Promise<IChartsAnswer> {
    return this.transport.post(['compare', 'charts'], {
      runs: runs.map(address),
      keys,
      options
    });
  }

  compareParallel(
    runs: readonly IRunRef[],
    metric: string,
    part: Part,
    better: 'low' | 'high'
  ): Promise<IParallelAnswer> {
    const query = { run: runs.map(address), metric, part, better };
    return this.transport.get(['compare', 'parallel'], query);
  }

  async compute(): Promise<ITarget[]> {
    return (await this.transport.get<{ targets: ITarget[] }>(['compute'])).targets;
  }

  again(run: IRunRef): Promise<IAgain> {
    return this.of(run, ['again']);
  }

  /** Submit it anew; gives the new run. */
  async submitAgain(run: IRunRef, changes: IChanges): Promise<IRun> {
    return (await this.transport.post<{ run: IRun }>(path(run, 'again'), changes)).run;
  }

  cancel(run: IRunRef): Promise<unknown> {
    return this.transport.post(path(run, 'cancel'));
  }

  tag(
    run: IRunRef,
    set: { [name: string]: string | null },
    remove: string[] = []
  ): Promise<unknown> {
    return this.transport.post(path(run, 'tags'), { set, remove });
  }

  rename(run: IRunRef, name: string): Promise<unknown> {
    return this.transport.post(path(run, 'rename'), { name });
  }

  archive(run: IRunRef, archived: boolean): Promise<unknown> {
    return this.transport.post(path(run, 'archive'), { archived });
  }

  archiveExperiment(
    workspace: string,
    experiment: string,
    archived: boolean
  ): Promise<unknown> {
    const parts = ['experiments', workspace, experiment, 'archive'];
    return this.transport.post(parts, { archived });
  }

  trash(run: IRunRef): Promise<unknown> {
    return this.transport.post(path(run, 'trash'));
  }

  trashed(): Promise<ITrash> {
    return this.transport.get(['trash']);
  }

  restore(item: ITrashItem): Promise<unknown> {
    return this.transport.post(['trash', item.workspace, item.item, 'restore']);
  }

  /** Delete for good: at once what is of the same workspace, so that what it shares goes too. */
  async deleteForGood(items: readonly ITrashItem[]): Promise<void> {
    for (const workspace of new Set(items.map(item => item.workspace))) {
      const names = items
        .filter(item => item.workspace === workspace)
        .map(item => item.item);
      for (let from = 0; from < names.length; from += AT_ONCE) {
        const part = names.slice(from, from + AT_ONCE);
        await this.transport.post(['trash', workspace, 'delete'], { items: part });
      }
    }
  }

  private of<T>(run: IRunRef, rest: string[], query: Query = {}): Promise<T> {
    return this.transport.get<T>(path(run, ...rest), query);
  }

  private readonly transport: Transport;
}

/** How a run is written where one string has to say it. */
export function address(run: IRunRef): string {
  return `${run.workspace}/${run.id}`;
}

function path(run: IRunRef, ...rest: string[]): string[] {
  return ['runs', run.workspace, run.id, ...rest];
}

function listed(page: IRunPage): IRunPage {
  if (!Array.isArray(page?.runs)) {
    throw new ApiError(200, 'The answer is not a list of runs.');
  }
  return page;
}
