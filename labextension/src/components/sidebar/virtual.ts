/** Which rows of a long list are in sight: only those are in the page. */

import * as React from 'react';

import { lowerBound } from '../../charts/data';
import { Item, offsetsOf } from './items';

/** Rows above and below that are there already when one scrolls. */
const MARGIN = 400;

export interface IVirtual {
  box: React.RefObject<HTMLDivElement>;
  offsets: number[];
  from: number;
  to: number;
  onScroll: () => void;
  /** Bring a row into sight. */
  reveal: (index: number) => void;
}

export function useVirtual(items: readonly Item[]): IVirtual {
  const box = React.useRef<HTMLDivElement>(null);
  const [sight, setSight] = React.useState({ top: 0, height: 600 });
  const offsets = React.useMemo(() => offsetsOf(items), [items]);
  const anchor = React.useRef<{ key: string; below: number } | null>(null);

  const read = React.useCallback(() => {
    const node = box.current;
    if (node) {
      const top = node.scrollTop;
      const height = node.clientHeight;
      setSight(old => (old.top === top && old.height === height ? old : { top, height }));
    }
  }, []);

  // rows that come above leave what one looks at where it is; at the top the newest are shown
  React.useLayoutEffect(() => {
    const node = box.current;
    const held = anchor.current;
    if (node && held && node.scrollTop > 0) {
      const at = items.findIndex(item => item.key === held.key);
      if (at >= 0 && offsets[at] + held.below !== node.scrollTop) {
        node.scrollTop = offsets[at] + held.below;
        read();
      }
    }
  }, [items, offsets, read]);

  const first = Math.max(0, lowerBound(offsets, sight.top + 1) - 1);
  React.useEffect(() => {
    const item = items[first];
    anchor.current = item ? { key: item.key, below: sight.top - offsets[first] } : null;
  }, [items, offsets, first, sight.top]);

  React.useEffect(() => {
    const node = box.current;
    if (!node) {
      return;
    }
    const sizes = new ResizeObserver(read);
    sizes.observe(node);
    read();
    return () => sizes.disconnect();
  }, [read]);

  const reveal = (index: number) => {
    const node = box.current;
    if (!node || offsets[index + 1] === undefined) {
      return;
    }
    if (offsets[index] < node.scrollTop) {
      node.scrollTop = offsets[index];
    } else if (offsets[index + 1] > node.scrollTop + node.clientHeight) {
      node.scrollTop = offsets[index + 1] - node.clientHeight;
    }
    read();
  };

  const from = Math.max(0, lowerBound(offsets, sight.top - MARGIN) - 1);
  const to = Math.min(
    items.length,
    lowerBound(offsets, sight.top + sight.height + MARGIN)
  );
  return { box, offsets, from, to, onScroll: read, reveal };
}
