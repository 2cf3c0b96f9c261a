import * as React from 'react';

import { IRunRef, IStep } from '../../api';
import { brief, span } from '../../charts/format';
import { StatusPill } from '../../components/statusPill';
import { Note } from '../../components/note';
import { useSurroundings } from '../context';
import { useLive } from '../live';

const MOST = 500;

/** The steps of a pipeline in order, those too that have not begun; a click opens one. */
export function StepsTable(props: {
  run: IRunRef;
  steps: readonly IStep[];
  active: boolean;
}): React.ReactElement {
  const { run, steps, active } = props;
  const { client, places, trans } = useSurroundings();
  const { value, error } = useLive(
    `steps ${run.workspace}/${run.id} ${active}`,
    () => client.children(run, MOST),
    active ? undefined : null
  );
  if (!value) {
    return <Note error={error} trans={trans} />;
  }
  const runs = new Map(value.runs.map(child => [child.name, child]));
  return (
    <div className="jp-Runs-scrolled jp-Runs-scrolled-runs">
      <table className="jp-Runs-table">
        <thead>
          <tr>
            <th scope="col">{trans.__('Step')}</th>
            <th scope="col">{trans.__('Status')}</th>
            <th scope="col">{trans.__('After')}</th>
            <th scope="col" className="jp-mod-number">
              {trans.__('Duration')}
            </th>
            <th scope="col">{trans.__('Metrics')}</th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step, index) => {
            const child = runs.get(step.name);
            return (
              <tr key={index}>
                <td>
                  {child ? (
                    <button
                      className="jp-Runs-link jp-mod-link"
                      onClick={() => places.openRun(child)}
                    >
                      {step.name}
                    </button>
                  ) : (
                    step.name
                  )}
                </td>
                <td title={child?.reason ?? undefined}>
                  {child ? (
                    <StatusPill status={child.status} trans={trans} />
                  ) : (
                    <span className="jp-Runs-dim">
                      {active
                        ? trans.__('waits for its turn')
                        : trans.__('did not begin')}
                    </span>
                  )}
                </td>
                <td className="jp-Runs-dim">{step.needs.join(', ') || '—'}</td>
                <td className="jp-mod-number">{child ? span(child.elapsed) : ''}</td>
                <td className="jp-Runs-dim">
                  {child?.metrics
                    .slice(0, 3)
                    .map(metric => `${metric.name} ${brief(metric.text)}`)
                    .join(' · ')}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
