/** The rows of the list, one after the other: headings of experiments, and runs. */

import { IRun } from '../../api';
import { groupByExperiment, IGroup } from '../../model/runsModel';
import { keyOf } from '../../model/runList';

export interface IHeading {
  kind: 'group';
  key: string;
  group: IGroup;
  open: boolean;
  /** Runs of the experiment, also those that are not loaded; null when not known. */
  count: number | null;
}

export interface IRunItem {
  kind: 'run';
  key: string;
  run: IRun;
  level: 1 | 2;
}

export type Item = IHeading | IRunItem;

export const HEADING = 28;
export const ROW = 46;

export function itemsOf(
  runs: readonly IRun[],
  grouped: boolean,
  closed: ReadonlySet<string>,
  counts: ReadonlyMap<string, number>
): Item[] {
  if (!grouped) {
    return runs.map(run => ({ kind: 'run', key: keyOf(run), run, level: 1 }));
  }
  return groupByExperiment(runs).flatMap(group => {
    const open = !closed.has(group.key);
    const count = counts.get(group.key) ?? null;
    const heading: Item = { kind: 'group', key: group.key, group, open, count };
    const members = open ? group.runs : [];
    return [
      heading,
      ...members.map((run): Item => ({ kind: 'run', key: keyOf(run), run, level: 2 }))
    ];
  });
}

/** Where each row begins, and after the last where it ends. */
export function offsetsOf(items: readonly Item[]): number[] {
  const offsets = [0];
  for (const item of items) {
    offsets.push(offsets[offsets.length - 1] + (item.kind === 'run' ? ROW : HEADING));
  }
  return offsets;
}
