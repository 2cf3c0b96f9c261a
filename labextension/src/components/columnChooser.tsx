import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IColumnChoice } from './runsTable';

/** Which columns a table shows. */
export function ColumnChooser(props: {
  columns: readonly IColumnChoice[];
  chosen: readonly string[];
  onChoose: (ids: string[]) => void;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { columns, chosen, trans } = props;
  if (!columns.length) {
    return null;
  }
  return (
    <details className="jp-Runs-chooser">
      <summary className="jp-Runs-button">
        {trans.__('Columns: %1 of %2', chosen.length, columns.length)}
      </summary>
      <div>
        {columns.map(column => (
          <label key={column.id}>
            <input
              type="checkbox"
              checked={chosen.includes(column.id)}
              onChange={event =>
                props.onChoose(
                  event.target.checked
                    ? [...chosen, column.id]
                    : chosen.filter(id => id !== column.id)
                )
              }
            />
            {column.label}
          </label>
        ))}
      </div>
    </details>
  );
}
