/** What is done with runs and experiments from menus and keys: the same from Lab's list and from the web page's. */

import { TranslationBundle } from '@jupyterlab/translation';

import { ApiError, Client, IRun } from '../api';

/** A question that is answered with a line. */
export interface IAsked {
  title: string;
  /** What one agrees to. */
  action: string;
  field: { text: string; placeholder: string };
}

export interface IDoing {
  client: Client;
  trans: TranslationBundle;
  /** Ask for a line; null where the person does not agree. */
  ask: (question: IAsked) => Promise<string | null>;
  report: (error: unknown) => void;
  /** Say what was done, and offer the way back. */
  done: (text: string, undo: () => void) => void;
  /** Something was changed: lists ask again. */
  changed: () => void;
}

/** Ask for a tag, and give it to all of them. */
export async function tagRuns(doing: IDoing, runs: readonly IRun[]): Promise<void> {
  const { client, trans } = doing;
  const typed = await doing.ask({
    title: trans._n('Tag a run', 'Tag %1 runs', runs.length),
    action: trans.__('Tag'),
    field: { text: '', placeholder: trans.__('name: value') }
  });
  const tag = tagOf(typed ?? '');
  if (tag) {
    await each(doing, runs, run => client.tag(run, tag));
  }
}

/** The tag that `name: value` or `name=value` stands for, valueless for a name alone; null where there is no name. */
export function tagOf(typed: string): Record<string, string | null> | null {
  const [, name, , value] = /^([^:=]*)([:=](.*))?$/s.exec(typed) ?? [];
  return name?.trim()
    ? { [name.trim()]: value === undefined ? null : value.trim() }
    : null;
}

/** Ask for another name, and give it to one that is called so. */
export async function renameRun(doing: IDoing, run: IRun): Promise<void> {
  const { client, trans } = doing;
  const typed = await doing.ask({
    title: trans.__('Rename a run'),
    action: trans.__('Rename'),
    field: { text: run.name, placeholder: '' }
  });
  const name = typed?.trim();
  if (name && name !== run.name) {
    await each(doing, [run], which => client.rename(which, name));
  }
}

/** Cancel those that go on. */
export function cancelRuns(doing: IDoing, runs: readonly IRun[]): Promise<boolean> {
  return each(
    doing,
    runs.filter(run => run.active),
    run => doing.client.cancel(run)
  );
}

/** Take them off the lists, or back where all of them are off; what left the list says where it went. */
export async function archiveRuns(doing: IDoing, runs: readonly IRun[]): Promise<void> {
  const { client, trans } = doing;
  const archived = !allArchived(runs);
  const put = (where: boolean) => each(doing, runs, run => client.archive(run, where));
  if (await put(archived)) {
    doing.done(
      archived
        ? trans._n('The run is archived.', '%1 runs are archived.', runs.length)
        : trans._n(
            'The run is on the list again.',
            '%1 runs are on the list again.',
            runs.length
          ),
      () => void put(!archived)
    );
  }
}

/** What the entries of a menu are called that depend on what it is about. */
export function labelsOf(
  runs: readonly IRun[],
  trans: TranslationBundle
): { compare: string; copyId: string; archive: string } {
  const { length } = runs;
  return {
    compare: length > 1 ? trans.__('Compare %1 runs', length) : trans.__('Compare…'),
    copyId: trans._n('Copy id', 'Copy ids', length),
    archive: allArchived(runs) ? trans.__('Unarchive') : trans.__('Archive')
  };
}

function allArchived(runs: readonly IRun[]): boolean {
  return runs.every(run => run.archived);
}

/** Take an experiment with its runs off the lists, or back. */
export function archiveExperiment(
  doing: IDoing,
  { workspace, experiment }: IHeadingOf,
  archived: boolean
): Promise<boolean> {
  return each(doing, [experiment], name =>
    doing.client.archiveExperiment(workspace, name, archived)
  );
}

/** Copy their ids, one a line. */
export async function copyIds(doing: IDoing, runs: readonly IRun[]): Promise<void> {
  try {
    await navigator.clipboard.writeText(runs.map(run => run.id).join('\n'));
  } catch (error) {
    doing.report(error);
  }
}

/** What the heading of an experiment in the list is of. */
export interface IHeadingOf {
  workspace: string;
  experiment: string;
}

/** The experiment whose heading a node of the list is in, null where it is in none. */
export function headingAt(node: Element | null | undefined): IHeadingOf | null {
  const { workspace, experiment } =
    node?.closest<HTMLElement>('.jp-Runs-heading')?.dataset ?? {};
  return workspace !== undefined && experiment !== undefined
    ? { workspace, experiment }
    : null;
}

/** What failed, in words for whoever asked for it. */
export function faultOf(error: unknown, trans: TranslationBundle): string {
  const { status, message } = ApiError.of(error);
  return status ? message : trans.__('The server does not answer.');
}

/** Whether all of it was done; what was not is reported. */
async function each<T>(
  doing: IDoing,
  all: readonly T[],
  act: (one: T) => Promise<unknown>
): Promise<boolean> {
  try {
    await Promise.all(all.map(act));
    return true;
  } catch (error) {
    doing.report(error);
    return false;
  } finally {
    doing.changed();
  }
}
