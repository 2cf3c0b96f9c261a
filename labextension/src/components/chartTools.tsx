import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IChartOptions, XAxis } from '../api';

export interface IChartToolsProps {
  options: IChartOptions;
  onOptions: (options: IChartOptions) => void;
  /** Left out where there is nothing to look for. */
  search?: string;
  onSearch?: (search: string) => void;
  trans: TranslationBundle;
}

const X: XAxis[] = ['step', 'time', 'relative'];

/** How charts are to be seen: search, smoothing, x axis, logarithmic y. */
export function ChartTools(props: IChartToolsProps): React.ReactElement {
  const { options, onOptions, trans } = props;
  const [smoothing, setSmoothing] = React.useState(options.smoothing);
  React.useEffect(() => {
    if (smoothing === options.smoothing) {
      return;
    }
    // asked for when the slider rests: each place costs the server a pass over the points
    const timer = setTimeout(() => onOptions({ ...options, smoothing }), 150);
    return () => clearTimeout(timer);
  }, [smoothing, options, onOptions]);
  const words: { [x in XAxis]: string } = {
    step: trans.__('step'),
    time: trans.__('time'),
    relative: trans.__('relative')
  };
  return (
    <div className="jp-Runs-tools" role="toolbar" aria-label={trans.__('Charts')}>
      {props.onSearch && (
        <input
          type="search"
          className="jp-Runs-input"
          placeholder={trans.__('Find a metric…')}
          aria-label={trans.__('Find a metric')}
          value={props.search}
          onChange={event => props.onSearch?.(event.target.value)}
        />
      )}
      <label>
        {trans.__('Smoothing')}
        <input
          type="range"
          min={0}
          max={0.99}
          step={0.01}
          value={smoothing}
          onChange={event => setSmoothing(Number(event.target.value))}
        />
        <output>{smoothing.toFixed(2)}</output>
      </label>
      <span className="jp-Runs-choice" role="radiogroup" aria-label={trans.__('X axis')}>
        <span aria-hidden="true">X</span>
        {X.map(x => (
          <button
            key={x}
            role="radio"
            aria-checked={options.x === x}
            onClick={() => onOptions({ ...options, x })}
          >
            {words[x]}
          </button>
        ))}
      </span>
      <label>
        <input
          type="checkbox"
          checked={options.log_y}
          onChange={event => onOptions({ ...options, log_y: event.target.checked })}
        />
        {trans.__('log y')}
      </label>
    </div>
  );
}
