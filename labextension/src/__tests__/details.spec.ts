import { IHead } from '../api';
import { attributes } from '../pages/run/details';
import { trans } from './fixtures';

it('says of a run what its head knows, which is newer than the details', () => {
  const section = {
    title: 'Run',
    rows: [
      ['Id', 'r1'],
      ['Status', 'Queued'],
      ['Started', '2026-11-21 14:00:00 (UTC)']
    ] as [string, string][]
  };
  const started = new Date().setHours(0, 0, 0, 0) / 1000;
  const head = { name: 'otter', status: 'Running', active: true, started } as IHead;
  expect(attributes(section, head, trans).rows).toEqual([
    ['Id', 'r1'],
    ['Status', 'Running'],
    ['Started', '00:00']
  ]);
});
