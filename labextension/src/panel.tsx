import { ReactWidget, refreshIcon, UseSignal } from '@jupyterlab/ui-components';
import { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { Message } from '@lumino/messaging';
import * as React from 'react';

import { runsIcon } from './icons';
import { RunsList } from './list';
import { RunsModel } from './model';

export const PANEL_ID = 'jupyter-runs-panel';

/**
 * The sidebar: it only shows its model, and tells it whether it is in sight.
 *
 * `pointed` is the id of a run to point at.
 */
export class RunsPanel extends ReactWidget {
  constructor(
    private readonly model: RunsModel,
    translator: ITranslator,
    private readonly pointed: string | null = null
  ) {
    super();
    this.trans = translator.load('jupyter_runs');
    this.id = PANEL_ID;
    this.addClass('jp-Runs');
    this.title.icon = runsIcon;
    this.title.caption = this.trans.__('Runs');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', this.trans.__('Runs'));
  }

  dispose(): void {
    this.model.dispose();
    super.dispose();
  }

  protected render(): React.ReactElement {
    const { model, trans } = this;
    return (
      <UseSignal signal={model.changed}>
        {() => (
          <RunsList
            state={model.state}
            trans={trans}
            pointed={this.pointed}
            onMore={() => void model.showMore()}
            refresh={
              <button
                className="jp-Runs-refresh jp-ToolbarButtonComponent"
                title={trans.__('Refresh')}
                aria-label={trans.__('Refresh')}
                onClick={() => void model.refresh()}
              >
                <refreshIcon.react tag="span" width="16px" height="16px" />
              </button>
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

  private readonly trans: TranslationBundle;
}
