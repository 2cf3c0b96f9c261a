import {
  deleteIcon,
  ReactWidget,
  refreshIcon,
  UseSignal
} from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import { Message } from '@lumino/messaging';
import * as React from 'react';

import { IRun, IRunRef } from '../api';
import { runsIcon } from './icons';
import { RunsList } from '../components/sidebar/list';
import { RunsModel } from '../model/runsModel';
import { startDrag } from './drag';
import { PANEL_ID } from './ids';

export interface IPanelActions {
  open(run: IRunRef, byKeys: boolean): void;
  openExperiment(workspace: string, experiment: string): void;
  compare(runs: readonly IRunRef[]): void;
  trash(runs: readonly IRun[]): void;
  undo(): void;
  rename(): void;
  openTrash(): void;
}

/**
 * The sidebar: it only shows its model, and tells it whether it is in sight.
 *
 * `pointed` is the id of a run to point at.
 */
export class RunsPanel extends ReactWidget {
  constructor(
    private readonly model: RunsModel,
    private readonly actions: IPanelActions,
    private readonly trans: TranslationBundle,
    private readonly pointed: string | null = null
  ) {
    super();
    this.id = PANEL_ID;
    this.addClass('jp-Runs');
    this.addClass('jp-Runs-sidebar');
    this.title.icon = runsIcon;
    this.title.caption = this.trans.__('Runs');
    this.node.tabIndex = -1;
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', this.trans.__('Runs'));
  }

  /** The runs that are marked. */
  get selection(): readonly IRun[] {
    return this._selection;
  }

  dispose(): void {
    this.model.dispose();
    super.dispose();
  }

  protected render(): React.ReactElement {
    const { model, trans, actions } = this;
    return (
      <UseSignal signal={model.changed}>
        {() => (
          <RunsList
            state={model.state}
            shown={model.shown}
            onShow={change => model.show(change)}
            onMore={() => void model.showMore()}
            onLook={(from, to) => model.look(from, to)}
            onOpen={(run, byKeys) => actions.open(run, byKeys)}
            onExperiment={(workspace, experiment) =>
              actions.openExperiment(workspace, experiment)
            }
            onCompare={runs => actions.compare(runs)}
            onDelete={runs => actions.trash(runs)}
            onUndo={() => actions.undo()}
            onRename={() => actions.rename()}
            onDrag={startDrag}
            onSelect={runs => {
              this._selection = runs;
            }}
            pointed={this.pointed}
            trans={trans}
            tools={
              <>
                <button
                  className="jp-Runs-refresh jp-ToolbarButtonComponent"
                  title={trans.__('Refresh')}
                  aria-label={trans.__('Refresh')}
                  onClick={() => void model.refresh()}
                >
                  <refreshIcon.react tag="span" width="16px" height="16px" />
                </button>
                <button
                  className="jp-Runs-refresh jp-ToolbarButtonComponent"
                  title={trans.__('Trash')}
                  aria-label={trans.__('Trash')}
                  onClick={() => actions.openTrash()}
                >
                  <deleteIcon.react tag="span" width="16px" height="16px" />
                </button>
              </>
            }
          />
        )}
      </UseSignal>
    );
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this.model.visible = this.isVisible;
  }

  protected onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this.model.visible = true;
  }

  protected onBeforeHide(msg: Message): void {
    super.onBeforeHide(msg);
    this.model.visible = false;
  }

  protected onBeforeDetach(msg: Message): void {
    this.model.visible = false;
    super.onBeforeDetach(msg);
  }

  private _selection: readonly IRun[] = [];
}
