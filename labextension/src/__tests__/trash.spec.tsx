import * as React from 'react';
import { createRoot } from 'react-dom/client';
import { expect, it, vi } from 'vitest';

import { ITrashItem } from '../api';
import { Pulse } from '../model/pulse';
import { ISurroundings, Surroundings } from '../pages/context';
import { TrashPage } from '../pages/trash/page';
import { trans } from './fixtures';

const item = (name: string, bytes: number): ITrashItem => ({
  workspace: 'w',
  item: name,
  what: 'run',
  name,
  experiment: null,
  time: 1,
  runs: [name],
  bytes
});

it('emptying the trash frees what its items share, too', async () => {
  const host = document.body.appendChild(document.createElement('div'));
  const root = createRoot(host);
  const confirm = vi.fn(async () => false);
  let bytes = 5_000_000;
  const items = [item('a', 1000), item('b', 2000)];
  const around = {
    client: { trashed: async () => ({ items, bytes }) },
    pulse: new Pulse(),
    trans,
    places: { confirm },
    visible: true
  } as unknown as ISurroundings;
  const show = (key: string) =>
    React.act(async () =>
      root.render(
        <Surroundings.Provider value={around}>
          <TrashPage key={key} />
        </Surroundings.Provider>
      )
    );
  const press = (label: string) =>
    React.act(async () =>
      [...host.querySelectorAll('button')]
        .find(button => button.textContent === label)
        ?.click()
    );
  await show('shared');
  expect(host.querySelector('.jp-Runs-head-facts')?.textContent).toBe('2 items, 5.0 MB');
  expect(host.textContent).toContain('frees 5.0 MB more than each of its items alone');
  await press('Empty the trash');
  expect(confirm.mock.calls[0]).toContainEqual(expect.stringContaining('frees 5.0 MB'));
  await press('Delete for good');
  expect(confirm.mock.calls[1]).toContainEqual(expect.stringContaining('frees 1.0 kB'));
  bytes = 3000;
  await show('not shared');
  expect(host.textContent).not.toContain('of its items alone');
  React.act(() => root.unmount());
  host.remove();
});
