import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IRun } from '../api';
import { RunsList } from '../components/sidebar/list';
import { headingAt } from '../model/deeds';
import { RunsModel } from '../model/runsModel';
import { IPlaces } from '../pages/context';
import { Deeds } from './deeds';
import { IMenu, Menu } from './menu';
import { useSignal } from './signal';

export interface ISideProps {
  id: string;
  model: RunsModel;
  places: IPlaces;
  deeds: Deeds;
  /** A run was opened by keys, which now act on its page. */
  onEnter: () => void;
  /** Id of the run that the page is of. */
  pointed: string | null;
  trans: TranslationBundle;
}

/** The list of runs beside the page, with its menu: the same as Lab's sidebar. */
export function Side(props: ISideProps): React.ReactElement {
  const { model, places, deeds, trans } = props;
  useSignal(model.changed);
  React.useEffect(() => {
    model.visible = true;
    return () => {
      model.visible = false;
    };
  }, [model]);
  const selected = React.useRef<readonly IRun[]>([]);
  const [menu, setMenu] = React.useState<IMenu | null>(null);
  const close = React.useCallback(() => setMenu(null), []);

  const asked = (event: React.MouseEvent<HTMLElement>) => {
    const target = event.target as HTMLElement;
    const heading = headingAt(target);
    if (!target.closest('.jp-Runs-tree') || !(heading || selected.current.length)) {
      return;
    }
    event.preventDefault();
    setMenu({
      at: [event.clientX, event.clientY],
      label: heading ? heading.experiment : trans.__('Runs'),
      items: heading
        ? deeds.headingMenu(heading, model.shown.archived)
        : deeds.menu(selected.current)
    });
  };

  return (
    <nav
      id={props.id}
      className="jp-Runs jp-Runs-sidebar jp-Portal-side"
      aria-label={trans.__('Runs')}
      onContextMenu={asked}
    >
      <RunsList
        state={model.state}
        shown={model.shown}
        onShow={change => model.show(change)}
        onMore={() => void model.showMore()}
        onLook={(from, to) => model.look(from, to)}
        onOpen={(run, byKeys) => {
          places.openRun(run);
          if (byKeys) {
            props.onEnter();
          }
        }}
        onExperiment={(workspace, name) => places.openExperiment(workspace, name)}
        onCompare={runs => places.openCompare(runs)}
        onDelete={runs => void deeds.trash(runs)}
        onUndo={() => deeds.undo?.()}
        onRename={run => void deeds.rename(run)}
        onDrag={() => undefined}
        onSelect={runs => {
          selected.current = runs;
        }}
        pointed={props.pointed}
        trans={trans}
      />
      {menu && <Menu menu={menu} onClose={close} />}
    </nav>
  );
}
