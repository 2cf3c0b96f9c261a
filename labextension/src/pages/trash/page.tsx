import * as React from 'react';

import { ITrashItem } from '../../api';
import { bytes, moment } from '../../charts/format';
import { Note } from '../../components/note';
import { useSurroundings } from '../context';
import { useLive } from '../live';

/** What was deleted: what it takes, the way back, and the way out for good. */
export function TrashPage(): React.ReactElement {
  const { client, places, trans } = useSurroundings();
  const { value, error, refresh } = useLive('trash', () => client.trashed(), 10_000);
  if (!value) {
    return <Note error={error} trans={trans} />;
  }
  const sum = value.items.reduce((all, item) => all + item.bytes, 0);
  const act = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (reason) {
      places.report(reason);
    }
    await refresh();
  };
  const forGood = async (items: readonly ITrashItem[], frees: number) => {
    const sure = await places.confirm(
      trans.__('Delete for good'),
      trans._n(
        'This frees %2, and can’t be undone.',
        'This deletes %1 items, frees %2, and can’t be undone.',
        items.length,
        bytes(frees)
      ),
      trans.__('Delete for good')
    );
    if (sure) {
      await act(() => client.deleteForGood(items));
    }
  };
  return (
    <>
      <div className="jp-Runs-head">
        <div className="jp-Runs-head-row">
          <h1>{trans.__('Trash')}</h1>
          <span className="jp-Runs-head-facts">
            {trans._n(
              '%1 item, %2',
              '%1 items, %2',
              value.items.length,
              bytes(value.bytes)
            )}
          </span>
          {value.items.length > 0 && (
            <div className="jp-Runs-actions">
              <button
                className="jp-Runs-button jp-mod-bad"
                onClick={() => void forGood(value.items, value.bytes)}
              >
                {trans.__('Empty the trash')}
              </button>
            </div>
          )}
        </div>
      </div>
      <div className="jp-Runs-panel">
        {value.items.length === 0 ? (
          <p className="jp-Runs-note">
            {trans.__('The trash is empty. What you delete can be restored from here.')}
          </p>
        ) : (
          <div className="jp-Runs-scrolled jp-Runs-scrolled-runs">
            <table className="jp-Runs-table jp-Runs-trashed">
              <thead>
                <tr>
                  <th scope="col">{trans.__('Name')}</th>
                  <th scope="col">{trans.__('Experiment')}</th>
                  <th scope="col">{trans.__('Deleted')}</th>
                  <th scope="col" className="jp-mod-number">
                    {trans.__('Frees')}
                  </th>
                  <th scope="col">
                    <span className="jp-Runs-heard">{trans.__('What can be done')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {value.items.map(item => (
                  <tr key={`${item.workspace}/${item.item}`}>
                    <td>
                      {item.name}
                      {item.what === 'experiment' && (
                        <span className="jp-Runs-dim">
                          {' '}
                          {trans._n(
                            'experiment, %1 run',
                            'experiment, %1 runs',
                            item.runs.length
                          )}
                        </span>
                      )}
                    </td>
                    <td>{item.experiment}</td>
                    <td>{moment(item.time)}</td>
                    <td className="jp-mod-number">{bytes(item.bytes)}</td>
                    <td className="jp-Runs-cell-actions">
                      <button
                        className="jp-Runs-button"
                        onClick={() => void act(() => client.restore(item))}
                      >
                        {trans.__('Restore')}
                      </button>
                      <button
                        className="jp-Runs-button jp-mod-bad"
                        onClick={() => void forGood([item], item.bytes)}
                      >
                        {trans.__('Delete for good')}
                      </button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        {value.bytes > sum && (
          <p className="jp-Runs-note">
            {trans.__(
              'Emptying the trash frees %1 more than each of its items alone: code that several of them were started from.',
              bytes(value.bytes - sum)
            )}
          </p>
        )}
      </div>
    </>
  );
}
