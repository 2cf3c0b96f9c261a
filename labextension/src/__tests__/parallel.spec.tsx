import * as React from 'react';
import { createRoot, Root } from 'react-dom/client';

import { IParallel, IRun } from '../api';
import { brushed, nearest, passes } from '../charts/brush';
import { ParallelPlot } from '../charts/parallelPlot';
import { bestOfSweep } from '../pages/run/children';
import { aRun, trans } from './fixtures';

const PARALLEL: IParallel = {
  axes: [
    { name: 'lr', ticks: [[0, '0.001']], note: '' },
    { name: '<b>act</b>', ticks: [[0.5, 'relu']], note: '' },
    { name: 'loss', ticks: [[1, '0.9']], note: '1 NaN' }
  ],
  lines: [
    { run: 'best', places: [0, 0.5, 0.1], share: 1 },
    { run: 'worst', places: [1, 0.5, 0.9], share: 0 },
    { run: 'odd', places: [0.5, null, null], share: 0 }
  ]
};

describe('brushes', () => {
  it('let lines through that have their places there', () => {
    const brushes = brushed(new Map(), 0, 0.6, -0.2);
    expect([...brushes]).toEqual([[0, [0, 0.6]]]);
    const through = PARALLEL.lines.filter(line => passes(line.places, brushes));
    expect(through.map(line => line.run)).toEqual(['best', 'odd']);
    const both = brushed(brushes, 2, 0, 0.5);
    expect(PARALLEL.lines.filter(line => passes(line.places, both)).length).toBe(1);
    expect(brushed(both, 2, 0.3, 0.31).has(2)).toBe(false);
  });

  it('finds the line below the pointer, and none between gaps', () => {
    const xs = [0, 100, 200];
    const y = (place: number) => 100 - 100 * place;
    expect(nearest(PARALLEL.lines, { x: 50, y: 74 }, xs, y)).toBe(0);
    expect(nearest(PARALLEL.lines, { x: 150, y: 30 }, xs, y)).toBe(1);
    expect(nearest(PARALLEL.lines, { x: 60, y: 0 }, xs, y)).toBe(null);
    expect(nearest(PARALLEL.lines, { x: 300, y: 50 }, xs, y)).toBe(null);
  });
});

describe('ParallelPlot', () => {
  let host: HTMLElement;
  let root: Root;
  let opened: string[];

  beforeEach(() => {
    host = document.body.appendChild(document.createElement('div'));
    root = createRoot(host);
    opened = [];
    React.act(() =>
      root.render(
        <ParallelPlot
          parallel={PARALLEL}
          titleOf={run => `the ${run}`}
          onOpen={run => opened.push(run)}
          label="lines"
          trans={trans}
        />
      )
    );
  });

  afterEach(() => {
    React.act(() => root.unmount());
    host.remove();
  });

  const press = (key: string) =>
    React.act(() => {
      host
        .querySelector('svg')
        ?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    });

  it('goes from run to run by keys, and opens one', () => {
    press('ArrowDown');
    expect(host.querySelector('[role=status]')?.textContent).toBe('the best');
    press('ArrowDown');
    press('ArrowDown');
    press('ArrowDown');
    press('Enter');
    press('ArrowUp');
    press('Enter');
    expect(opened).toEqual(['odd', 'worst']);
  });

  it('draws no line over a gap, and tells what has no place', () => {
    const paths = [...host.querySelectorAll('path')].map(one => one.getAttribute('d'));
    expect(paths.filter(path => path?.includes('L')).length).toBe(2);
    expect(host.querySelectorAll('circle').length).toBe(1);
    expect(host.textContent).toContain('1 NaN');
    expect(host.textContent).toContain('<b>act</b>');
  });
});

describe('the best of a sweep', () => {
  const run = (id: string, min: number | null, max: number | null): IRun =>
    aRun({ id, metrics: [{ name: 'acc', text: '', min, max }] });

  it('is the one whose metric ever was the best', () => {
    const runs = [run('a', 1, 5), run('b', 0, 3), run('c', null, null), aRun()];
    const best = (better: 'low' | 'high') =>
      bestOfSweep(runs, { metric: 'acc', better })?.run;
    expect([best('low'), best('high')]).toEqual(['default/b', 'default/a']);
    expect(bestOfSweep(runs, { metric: 'none', better: 'low' })).toBe(null);
  });
});
