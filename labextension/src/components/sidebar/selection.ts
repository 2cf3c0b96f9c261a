/** Which runs are marked, and where the keys are. */

import * as React from 'react';

import { IRun } from '../../api';
import { keyOf } from '../../model/runList';
import { Item } from './items';

export interface ISelection {
  /** Key of the row that keys act on. */
  focus: string | null;
  /** The marked runs, in the order of the list. */
  runs: IRun[];
  has(run: IRun): boolean;
  only(run: IRun): void;
  /** Mark it alone, unless it is marked already: what a context menu is about. */
  keep(run: IRun): void;
  toggle(run: IRun): void;
  /** Mark all from the one that keys act on to this one. */
  extend(run: IRun): void;
  /** Go to a row; `extend` marks it too, `quiet` marks nothing. */
  move(item: Item, extend: boolean, quiet?: boolean): void;
  clear(): void;
}

export function useSelection(
  items: readonly Item[],
  onChange: (runs: IRun[]) => void
): ISelection {
  const [focus, setFocus] = React.useState<string | null>(null);
  const [marked, setMarked] = React.useState<ReadonlySet<string>>(new Set<string>());
  const runs = React.useMemo(
    () =>
      items.flatMap(item =>
        item.kind === 'run' && marked.has(item.key) ? [item.run] : []
      ),
    [items, marked]
  );
  const told = React.useRef(onChange);
  told.current = onChange;
  React.useLayoutEffect(() => told.current(runs), [runs]);

  const mark = (keys: Iterable<string>, at: string) => {
    setMarked(new Set(keys));
    setFocus(at);
  };
  const has = (run: IRun) => marked.has(keyOf(run));
  return {
    focus,
    runs,
    has,
    only: run => mark([keyOf(run)], keyOf(run)),
    keep: run => {
      if (!has(run)) {
        mark([keyOf(run)], keyOf(run));
        // a context menu asks at once
        told.current([run]);
      }
    },
    toggle: run => {
      const after = new Set(marked);
      const key = keyOf(run);
      if (!after.delete(key)) {
        after.add(key);
      }
      mark(after, key);
    },
    extend: run => {
      const from = Math.max(
        0,
        items.findIndex(item => item.key === focus)
      );
      const to = items.findIndex(item => item.key === keyOf(run));
      const between = items
        .slice(Math.min(from, to), Math.max(from, to) + 1)
        .flatMap(item => (item.kind === 'run' ? [item.key] : []));
      setMarked(new Set([...marked, ...between]));
    },
    move: (item, extend, quiet = false) => {
      setFocus(item.key);
      if (item.kind === 'run' && !quiet) {
        setMarked(new Set(extend ? [...marked, item.key] : [item.key]));
      }
    },
    clear: () => setMarked(new Set<string>())
  };
}
