import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { runsIcon } from './icons';
import { summaryOf } from '../components/sidebar/list';
import { ActiveModel } from '../model/activeModel';

/** In the status bar: how many runs go on. */
export class StatusItem extends ReactWidget {
  constructor(
    private readonly model: ActiveModel,
    private readonly trans: TranslationBundle,
    private readonly onClick: () => void
  ) {
    super();
    this.addClass('jp-Runs-statusItem');
    this.addClass('jp-mod-highlighted');
  }

  protected render(): React.ReactElement {
    const { model, trans } = this;
    return (
      <UseSignal signal={model.changed}>
        {() => (
          <button
            title={trans.__('Runs that go on. Click to see them')}
            onClick={this.onClick}
          >
            <runsIcon.react tag="span" width="14px" height="14px" />
            {summaryOf(model.runs, trans)}
          </button>
        )}
      </UseSignal>
    );
  }
}
