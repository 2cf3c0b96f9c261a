import * as React from 'react';

import { ICompare, IRunRef, Part } from '../../api';
import { colorOf } from '../../charts/palette';
import { ParallelPlot } from '../../charts/parallelPlot';
import { nameOf } from '../../components/row';
import { Note } from '../../components/note';
import { SMALL_IS_GOOD } from '../../components/runsTable';
import { useSurroundings } from '../context';
import { useLive } from '../live';

/** Runs as lines over their parameters, towards a metric that is chosen. */
export function CompareParallel(props: {
  runs: readonly IRunRef[];
  compared: ICompare;
}): React.ReactElement | null {
  const { runs, compared } = props;
  const { client, places, trans } = useSurroundings();
  const names = compared.metrics.filter(name =>
    compared.rows.some(row => typeof row.metrics[name]?.last === 'number')
  );
  const [metric, setMetric] = React.useState<string | null>(null);
  const [part, setPart] = React.useState<Part>('last');
  const [way, setWay] = React.useState<'low' | 'high' | null>(null);
  const chosen = metric !== null && names.includes(metric) ? metric : names[0];
  const better = way ?? (SMALL_IS_GOOD.test(chosen ?? '') ? 'low' : 'high');
  const key = `${runs.map(run => `${run.workspace}/${run.id}`).join(' ')} ${chosen} ${part} ${better}`;
  const { value, error } = useLive(
    `parallel ${compared.version} ${key}`,
    () =>
      chosen === undefined
        ? Promise.resolve(null)
        : client.compareParallel(runs, chosen, part, better),
    null
  );
  const kept = React.useRef(value);
  kept.current = value ?? kept.current;
  const drawn = kept.current; // while another one is asked for
  if (chosen === undefined || runs.length < 2 || !compared.params.length) {
    return null;
  }
  const rows = new Map(compared.rows.map((row, index) => [row.head.id, { row, index }]));
  const parts: [Part, string][] = [
    ['last', trans.__('its last value')],
    ['minimum', trans.__('its least value')],
    ['maximum', trans.__('its greatest value')]
  ];
  return (
    <section className="jp-Runs-box jp-Runs-parallel-box">
      <h2>
        <span>{trans.__('Parameters and')}</span>
        <span className="jp-Runs-parallel-tools">
          <select
            value={chosen}
            aria-label={trans.__('Metric')}
            onChange={event => setMetric(event.target.value)}
          >
            {names.map(name => (
              <option key={name}>{name}</option>
            ))}
          </select>
          <select
            value={part}
            aria-label={trans.__('Which value')}
            onChange={event => setPart(event.target.value as Part)}
          >
            {parts.map(([id, words]) => (
              <option key={id} value={id}>
                {words}
              </option>
            ))}
          </select>
          <select
            value={better}
            aria-label={trans.__('What is better')}
            onChange={event => setWay(event.target.value as 'low' | 'high')}
          >
            <option value="low">{trans.__('lower is better')}</option>
            <option value="high">{trans.__('higher is better')}</option>
          </select>
        </span>
      </h2>
      {drawn ? (
        <ParallelPlot
          parallel={drawn.parallel}
          titleOf={run => {
            const found = rows.get(run);
            const told = found?.row.metrics[chosen];
            const text = part === 'last' ? told?.text : told?.[part];
            return found
              ? `${nameOf(found.row.head, trans)}: ${chosen} ${text ?? '—'}`
              : run;
          }}
          colorOf={run => colorOf(rows.get(run)?.index ?? 0)}
          onOpen={run => {
            const found = rows.get(run);
            if (found) {
              places.openRun(found.row.head);
            }
          }}
          label={trans.__(
            'Parallel coordinates of %1 runs towards %2. Arrow keys go from run to run, Enter opens one; Tab goes on to the axes, where arrow keys choose runs.',
            drawn.shown,
            chosen
          )}
          trans={trans}
        />
      ) : (
        <Note error={error} trans={trans} />
      )}
      {drawn && (drawn.without > 0 || drawn.left_out > 0) && (
        <p className="jp-Runs-parallel-foot">
          {drawn.without > 0 &&
            trans._n(
              '%1 run has no finite value of it.',
              '%1 runs have no finite value of it.',
              drawn.without
            )}{' '}
          {drawn.left_out > 0 &&
            trans.__('%1 more parameters differ than have an axis.', drawn.left_out)}
        </p>
      )}
    </section>
  );
}
