import * as React from 'react';

import { marked } from '../model/marks';

/** Which of many things are in sight: the others need no data. */
export function useSight(): {
  inSight: ReadonlySet<string>;
  watch: (key: string) => (node: HTMLElement | null) => void;
} {
  const [inSight, setInSight] = React.useState<ReadonlySet<string>>(new Set<string>());
  const nodes = React.useRef(new Map<string, HTMLElement>());
  const refs = React.useRef(new Map<string, (node: HTMLElement | null) => void>());
  const observer = React.useRef<IntersectionObserver | null>(null);
  if (!observer.current && typeof IntersectionObserver !== 'undefined') {
    observer.current = new IntersectionObserver(
      entries =>
        setInSight(before => {
          const after = new Set(before);
          for (const { target, isIntersecting } of entries) {
            const key = (target as HTMLElement).dataset.key ?? '';
            if (isIntersecting) {
              after.add(key);
            } else {
              after.delete(key);
            }
          }
          return after;
        }),
      { rootMargin: '400px 0px' }
    );
  }
  React.useEffect(() => () => observer.current?.disconnect(), []);
  const watch = React.useCallback((key: string) => {
    let ref = refs.current.get(key);
    if (!ref) {
      ref = node => {
        const before = nodes.current.get(key);
        if (before) {
          observer.current?.unobserve(before);
          nodes.current.delete(key);
        }
        if (node) {
          node.dataset.key = key;
          nodes.current.set(key, node);
          observer.current?.observe(node);
        } else {
          setInSight(old => {
            if (!old.has(key)) {
              return old;
            }
            return marked(old, key, false);
          });
        }
      };
      refs.current.set(key, ref);
    }
    return ref;
  }, []);
  return { inSight, watch };
}
