import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it, vi } from 'vitest';

import { Client, IRun } from '../api';
import { discard } from '../model/discard';

const runs = ['a', 'b'].map(id => ({ id, workspace: 'w', active: false }) as IRun);

function around(trash: (run: IRun) => Promise<unknown>, sure = true) {
  const restore = vi.fn(async () => undefined);
  return {
    client: { trash, restore } as unknown as Client,
    restore,
    trans: nullTranslator.load('jupyterlab'),
    confirm: vi.fn(async () => sure),
    report: vi.fn(),
    refuse: vi.fn(),
    done: vi.fn(),
    keep: vi.fn(),
    changed: vi.fn(),
    gone: vi.fn()
  };
}

describe('discard', () => {
  it('closes what was deleted, and no more, where it fails halfway', async () => {
    const fault = new Error('the disk is full');
    const to = around(async run => {
      if (run.id === 'b') {
        throw fault;
      }
      return { id: run.id, bytes: 5 };
    });
    await discard(to, runs);
    expect(to.report).toHaveBeenCalledWith(fault);
    expect(to.gone).toHaveBeenCalledWith([runs[0]]);
    const [, undo] = to.done.mock.calls[0] as [string, () => void];
    undo();
    expect(to.restore).toHaveBeenCalledTimes(1);
    expect(to.keep).toHaveBeenLastCalledWith(undefined);
  });

  it('does nothing to runs that go on, nor where the person does not agree', async () => {
    const trash = vi.fn();
    const active = around(trash);
    await discard(active, [{ ...runs[0], active: true }]);
    expect(active.refuse).toHaveBeenCalledTimes(1);
    const unsure = around(trash, false);
    await discard(unsure, runs);
    expect(trash).not.toHaveBeenCalled();
    expect(unsure.changed).not.toHaveBeenCalled();
  });
});
