import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IRun } from '../../api';
import { RunRow } from '../row';
import { Item } from './items';
import { ISelection } from './selection';
import { useVirtual } from './virtual';

export interface ITreeProps {
  items: readonly Item[];
  /** Names of workspaces are told where there are several. */
  workspaces: boolean;
  /** Whether runs stand below no heading, and say themselves what they are of. */
  flat: boolean;
  age: number;
  pointed: string | null;
  selection: ISelection;
  more: boolean;
  onMore: () => void;
  /** Rows in sight, counted in runs. */
  onLook: (from: number, to: number) => void;
  onToggle: (group: string) => void;
  /** `byKeys`: whoever opens it goes there; after a click the list is still what keys act on. */
  onOpen: (run: IRun, byKeys: boolean) => void;
  onExperiment: (workspace: string, experiment: string) => void;
  onDelete: (runs: IRun[]) => void;
  /** Takes the last deletion back. */
  onUndo: () => void;
  onRename: (run: IRun) => void;
  onDrag: (run: IRun, event: React.PointerEvent) => void;
  trans: TranslationBundle;
}

/** The list as a tree of experiments and runs; only what is in sight is in the page. */
export function Tree(props: ITreeProps): React.ReactElement {
  const { items, selection, trans } = props;
  const base = React.useId();
  const { box, offsets, from, to, onScroll, reveal } = useVirtual(items);
  const focused = items.findIndex(item => item.key === selection.focus);

  React.useEffect(() => {
    props.onLook(from, to);
    if (props.more && to >= items.length - 5) {
      props.onMore();
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [from, to, items.length, props.more]);

  const shown = React.useRef<string | null>(null);
  React.useEffect(() => {
    const { pointed } = props;
    const at = items.findIndex(item => item.kind === 'run' && item.run.id === pointed);
    if (pointed && at >= 0 && shown.current !== pointed) {
      shown.current = pointed;
      reveal(at);
    }
  });

  // where the row was that is gone, keys go on
  const place = React.useRef(0);
  React.useEffect(() => {
    if (focused >= 0) {
      place.current = focused;
    } else if (selection.focus !== null && items.length) {
      const at = Math.min(place.current, items.length - 1);
      selection.move(items[at], false, true);
    }
  });

  const go = (index: number, extend: boolean) => {
    const item = items[Math.max(0, Math.min(items.length - 1, index))];
    if (item) {
      selection.move(item, extend);
      reveal(items.indexOf(item));
    }
  };

  const typed = (event: React.KeyboardEvent) => {
    const item = items[focused];
    const page = Math.max(1, Math.floor((box.current?.clientHeight ?? 0) / 50));
    switch (event.key) {
      case 'ArrowDown':
        go(focused + 1, event.shiftKey);
        break;
      case 'ArrowUp':
        go(focused < 0 ? 0 : focused - 1, event.shiftKey);
        break;
      case 'PageDown':
        go(focused + page, event.shiftKey);
        break;
      case 'PageUp':
        go(focused - page, event.shiftKey);
        break;
      case 'Home':
        go(0, event.shiftKey);
        break;
      case 'End':
        go(items.length - 1, event.shiftKey);
        break;
      case 'ArrowLeft':
      case 'ArrowRight':
        if (item?.kind === 'group' && item.open === (event.key === 'ArrowLeft')) {
          props.onToggle(item.key);
        } else if (item?.kind === 'run' && event.key === 'ArrowLeft') {
          const above = items.slice(0, focused).map(one => one.kind);
          go(above.lastIndexOf('group'), false);
        }
        break;
      case 'Enter':
        if (item?.kind === 'group') {
          props.onToggle(item.key);
        } else if (item) {
          props.onOpen(item.run, true);
        }
        break;
      case 'F2':
        if (item?.kind === 'run') {
          selection.only(item.run);
          props.onRename(item.run);
        }
        break;
      case 'z':
        if (!event.ctrlKey && !event.metaKey) {
          return;
        }
        props.onUndo();
        break;
      case ' ':
        if (item?.kind === 'run') {
          selection.toggle(item.run);
        }
        break;
      case 'Delete':
        if (selection.runs.length) {
          props.onDelete(selection.runs);
        }
        break;
      case 'Escape':
        selection.clear();
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const clicked = (run: IRun, event: React.MouseEvent) => {
    if (event.shiftKey) {
      selection.extend(run);
    } else if (event.ctrlKey || event.metaKey) {
      selection.toggle(run);
    } else {
      selection.only(run);
      props.onOpen(run, false);
    }
  };

  /** The keyboard's menu is asked of the whole list: it is about the row that keys act on, and stands there. */
  const asked = (event: React.MouseEvent) => {
    const row = box.current?.querySelector('[data-focused]');
    if (!row || event.target !== box.current || event.button === 2) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const { left, bottom } = row.getBoundingClientRect();
    row.dispatchEvent(
      new MouseEvent('contextmenu', {
        bubbles: true,
        cancelable: true,
        clientX: left + 40,
        clientY: bottom - 8
      })
    );
  };

  const rows = items.slice(from, to).map((item, index) => {
    const at = from + index;
    const id = `${base}-${at}`;
    const style = { transform: `translateY(${offsets[at]}px)` };
    return item.kind === 'group' ? (
      <div
        key={item.key}
        id={id}
        className="jp-Runs-heading"
        role="treeitem"
        aria-level={1}
        aria-expanded={item.open}
        data-focused={at === focused || undefined}
        data-workspace={item.group.workspace}
        data-experiment={item.group.experiment}
        style={style}
        title={`${item.group.workspace} / ${item.group.experiment}`}
        onClick={() => {
          selection.move(item, false);
          props.onToggle(item.key);
        }}
      >
        <i className="jp-Runs-caret" aria-hidden="true">
          {item.open ? '▾' : '▸'}
        </i>
        <h3>
          {props.workspaces && (
            <span className="jp-Runs-workspace">{item.group.workspace} / </span>
          )}
          {item.group.experiment}
        </h3>
        <button
          className="jp-Runs-link"
          tabIndex={-1}
          title={trans.__('Open the page of the experiment')}
          onClick={event => {
            event.stopPropagation();
            props.onExperiment(item.group.workspace, item.group.experiment);
          }}
        >
          {trans.__('Open')}
        </button>
        {item.count !== null && <span className="jp-Runs-number">{item.count}</span>}
      </div>
    ) : (
      <div
        key={item.key}
        className="jp-Runs-place"
        style={style}
        onClick={event => clicked(item.run, event)}
        onContextMenu={() => selection.keep(item.run)}
        onPointerDown={event => props.onDrag(item.run, event)}
      >
        <RunRow
          id={id}
          run={item.run}
          age={item.run.active ? props.age : 0}
          pointed={item.run.id === props.pointed}
          selected={selection.has(item.run)}
          focused={at === focused}
          level={item.level}
          experiment={props.flat}
          trans={trans}
        />
      </div>
    );
  });

  return (
    <div
      ref={box}
      className="jp-Runs-tree"
      role="tree"
      aria-label={trans.__('Runs')}
      aria-multiselectable="true"
      aria-activedescendant={
        focused >= from && focused < to ? `${base}-${focused}` : undefined
      }
      tabIndex={0}
      onScroll={onScroll}
      onKeyDown={typed}
      onContextMenu={asked}
      onFocus={() => focused < 0 && items[0] && selection.move(items[0], false, true)}
    >
      <div role="none" style={{ height: offsets[items.length], position: 'relative' }}>
        {rows}
      </div>
    </div>
  );
}
