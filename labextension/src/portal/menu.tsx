import * as React from 'react';

export interface IMenuItem {
  label: string;
  run: () => void;
  disabled?: boolean;
}

export interface IMenu {
  /** Where it opens, in pixels of the window. */
  at: readonly [number, number];
  /** What it is about. */
  label: string;
  /** Null stands for a line between two groups. */
  items: readonly (IMenuItem | null)[];
}

/** A context menu as ARIA has it: arrow keys, Home, End, a letter; Escape gives the focus back. */
export function Menu(props: { menu: IMenu; onClose: () => void }): React.ReactElement {
  const { menu, onClose } = props;
  const box = React.useRef<HTMLDivElement>(null);
  const before = React.useRef(document.activeElement);
  const entries = () =>
    Array.from(
      box.current?.querySelectorAll<HTMLElement>('[role=menuitem]:not(:disabled)') ?? []
    );

  React.useLayoutEffect(() => {
    const node = box.current;
    if (node) {
      // kept within the window, wherever it is asked for
      const { width, height } = node.getBoundingClientRect();
      const [x, y] = menu.at;
      node.style.left = `${Math.max(0, Math.min(x, window.innerWidth - width - 4))}px`;
      node.style.top = `${Math.max(0, Math.min(y, window.innerHeight - height - 4))}px`;
      entries()[0]?.focus();
    }
  }, [menu]);

  const leave = React.useCallback(() => {
    (before.current as HTMLElement | null)?.focus();
    onClose();
  }, [onClose]);

  React.useEffect(() => {
    const outside = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) {
        onClose();
      }
    };
    document.addEventListener('pointerdown', outside, true);
    window.addEventListener('blur', onClose);
    window.addEventListener('resize', onClose);
    return () => {
      document.removeEventListener('pointerdown', outside, true);
      window.removeEventListener('blur', onClose);
      window.removeEventListener('resize', onClose);
    };
  }, [onClose]);

  const typed = (event: React.KeyboardEvent) => {
    const all = entries();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (step !== undefined) {
      all[(step + all.length) % all.length]?.focus();
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      leave();
    } else if (event.key.length === 1 && event.key !== ' ') {
      const letter = event.key.toLowerCase();
      const order = [...all.slice(at + 1), ...all.slice(0, at + 1)];
      order
        .find(entry => entry.textContent?.trim().toLowerCase().startsWith(letter))
        ?.focus();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      ref={box}
      className="jp-Runs jp-Portal-menu"
      role="menu"
      aria-label={menu.label}
      onKeyDown={typed}
      onContextMenu={event => event.preventDefault()}
    >
      {menu.items.map((item, index) =>
        item ? (
          <button
            key={index}
            role="menuitem"
            tabIndex={-1}
            disabled={item.disabled}
            onClick={() => {
              leave();
              item.run();
            }}
          >
            {item.label}
          </button>
        ) : (
          <hr key={index} />
        )
      )}
    </div>
  );
}
