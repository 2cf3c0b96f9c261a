import * as React from 'react';

export interface ITabInfo {
  id: string;
  label: string;
  count: number | null;
}

/** So much of the next tab is seen, and tells that there is one. */
const EDGE = 36;

/** Tabs as ARIA has them: arrow keys go from one to the next. */
export function Tabs(props: {
  tabs: readonly ITabInfo[];
  chosen: string;
  onChoose: (id: string) => void;
  label: string;
  children: React.ReactNode;
}): React.ReactElement {
  const { tabs, chosen, onChoose } = props;
  const base = React.useId();
  const list = React.useRef<HTMLDivElement>(null);
  React.useLayoutEffect(() => {
    // where there is no room for all, the one that is open is in sight
    const node = list.current;
    if (!node) {
      return;
    }
    const look = () => {
      const tab = node.querySelector<HTMLElement>('[aria-selected=true]');
      if (tab) {
        const end = tab.offsetLeft + tab.offsetWidth + EDGE - node.clientWidth;
        node.scrollLeft = Math.max(end, Math.min(node.scrollLeft, tab.offsetLeft - EDGE));
      }
    };
    look();
    const room = new ResizeObserver(look);
    room.observe(node);
    return () => room.disconnect();
  }, [chosen]);
  const typed = (event: React.KeyboardEvent) => {
    const at = tabs.findIndex(tab => tab.id === chosen);
    const to = {
      ArrowLeft: (at + tabs.length - 1) % tabs.length,
      ArrowRight: (at + 1) % tabs.length,
      Home: 0,
      End: tabs.length - 1
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      onChoose(tabs[to].id);
      (list.current?.children[to] as HTMLElement | undefined)?.focus();
    }
  };
  return (
    <>
      <div
        className="jp-Runs-tabs"
        role="tablist"
        aria-label={props.label}
        ref={list}
        onKeyDown={typed}
      >
        {tabs.map(tab => (
          <button
            key={tab.id}
            role="tab"
            id={`${base}-${tab.id}`}
            aria-controls={`${base}-panel`}
            aria-selected={tab.id === chosen}
            tabIndex={tab.id === chosen ? 0 : -1}
            onClick={() => onChoose(tab.id)}
          >
            <span className="jp-Runs-tab" data-label={tab.label}>
              {tab.label}
            </span>
            {tab.count !== null && tab.count > 0 && (
              <span className="jp-Runs-count">{tab.count}</span>
            )}
          </button>
        ))}
      </div>
      <div
        className="jp-Runs-panel"
        role="tabpanel"
        id={`${base}-panel`}
        aria-labelledby={`${base}-${chosen}`}
      >
        {props.children}
      </div>
    </>
  );
}
