import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IShown, Sort } from '../../model/runsModel';

/** Milliseconds without a key after which what is typed is more than begun, and its faults are told. */
const REST = 400;

/** Search, order and grouping of the list. */
export function Sieve(props: {
  shown: IShown;
  onShow: (change: Partial<IShown>) => void;
  fault: string | null;
  total: number | null;
  trans: TranslationBundle;
}): React.ReactElement {
  const { shown, onShow, trans } = props;
  const [typed, setTyped] = React.useState(shown.filter);
  const id = React.useId();
  const [rested, setRested] = React.useState(true);
  const fault = rested ? props.fault : null;
  const told = React.useRef(shown.filter);
  React.useEffect(() => {
    // chosen elsewhere, such as among the examples; what was typed here may be further by now
    if (shown.filter !== told.current) {
      told.current = shown.filter;
      setTyped(shown.filter);
    }
  }, [shown.filter]);
  React.useEffect(() => {
    if (typed === told.current) {
      setRested(true);
      return;
    }
    tell();
    setRested(false);
    const timer = setTimeout(() => setRested(true), REST);
    return () => clearTimeout(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [typed]);
  const tell = () => {
    told.current = typed;
    onShow({ filter: typed });
  };
  const sieved = Boolean(shown.filter.trim());
  const orders: [Sort, string][] = [
    ['-created', trans.__('newest first')],
    ['created', trans.__('oldest first')],
    ['name', trans.__('by name')],
    ['status', trans.__('by status')],
    ['-duration', trans.__('longest first')]
  ];
  return (
    <div className="jp-Runs-sieve">
      <input
        type="search"
        className="jp-Runs-input"
        value={typed}
        placeholder={trans.__('Search, or filter: metrics.loss.min < 0.2')}
        aria-label={trans.__('Search or filter runs')}
        aria-invalid={fault !== null}
        aria-describedby={fault ? id : undefined}
        title={trans.__(
          'Words of name, tags, experiment; or conditions such as: metrics.loss.min < 0.2 and tags.model = "cnn"'
        )}
        onChange={event => setTyped(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            tell();
            setRested(true);
          } else if (event.key === 'Escape') {
            setTyped('');
          }
        }}
      />
      {fault && (
        <p className="jp-Runs-sieve-fault" id={id} role="alert">
          {fault}
        </p>
      )}
      <div className="jp-Runs-sieve-row">
        <select
          value={shown.sort}
          aria-label={trans.__('Order')}
          onChange={event => onShow({ sort: event.target.value as Sort })}
        >
          {orders.map(([sort, words]) => (
            <option key={sort} value={sort}>
              {words}
            </option>
          ))}
        </select>
        <label
          title={
            sieved
              ? trans.__('What a search finds is one list')
              : trans.__('Put runs of one experiment together')
          }
        >
          <input
            type="checkbox"
            checked={shown.grouped && !sieved}
            disabled={sieved}
            onChange={event => onShow({ grouped: event.target.checked })}
          />
          {trans.__('by experiment')}
        </label>
        <label title={trans.__('List what was archived, and nothing else')}>
          <input
            type="checkbox"
            checked={shown.archived}
            onChange={event => onShow({ archived: event.target.checked })}
          />
          {trans.__('archived')}
        </label>
        {props.total !== null && (
          <span className="jp-Runs-dim">
            {trans._n('%1 run', '%1 runs', props.total)}
          </span>
        )}
      </div>
    </div>
  );
}
