import * as React from 'react';

/** Whether a box has more in it than it shows: keys must be able to reach one that does, and no other. */
export function useScrolls(box: React.RefObject<HTMLElement>): boolean {
  const [scrolls, setScrolls] = React.useState(false);
  React.useEffect(() => {
    const node = box.current;
    if (!node) {
      return;
    }
    const look = () =>
      setScrolls(
        node.scrollHeight > node.clientHeight + 1 ||
          node.scrollWidth > node.clientWidth + 1
      );
    const sizes = new ResizeObserver(look);
    sizes.observe(node);
    const changes = new MutationObserver(look);
    changes.observe(node, { childList: true, subtree: true, characterData: true });
    return () => {
      sizes.disconnect();
      changes.disconnect();
    };
  }, [box]);
  return scrolls;
}
