import { IRun } from '../api';
import { shelve } from '../model/shelve';
import { trans } from './fixtures';

const RUNS = [{ id: 'a' }, { id: 'b' }] as IRun[];

function around(fails = false) {
  return {
    client: {
      archive: vi.fn(() =>
        fails ? Promise.reject(new Error('no')) : Promise.resolve({})
      )
    },
    trans,
    report: vi.fn(),
    done: vi.fn<(text: string, undo: () => void) => void>(),
    changed: vi.fn()
  };
}

describe('shelve', () => {
  it('says that runs are archived, and takes them back', async () => {
    const told = around();
    await shelve(told, RUNS, true);
    expect(told.done.mock.calls[0][0]).toBe('2 runs are archived.');
    told.done.mock.calls[0][1]();
    expect(told.client.archive).toHaveBeenLastCalledWith(RUNS[1], false);
    await vi.waitFor(() => expect(told.changed).toHaveBeenCalledTimes(2));
  });

  it('says nothing of what was refused but why', async () => {
    const told = around(true);
    await shelve(told, RUNS.slice(0, 1), true);
    expect(told.report).toHaveBeenCalledTimes(1);
    expect(told.done).not.toHaveBeenCalled();
    expect(told.changed).toHaveBeenCalled();
  });
});
