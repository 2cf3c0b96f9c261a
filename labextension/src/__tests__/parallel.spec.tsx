import * as React from 'react';
import { createRoot, Root } from 'react-dom/client';

import { IParallel, IRun } from '../api';
import { Brushes, brushed, nearest, nudged, passes, stopsOf } from '../charts/brush';
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

  it('are moved by keys from one place to the next, never past each other', () => {
    expect(stopsOf([1, 0, null, 0.5, 0.5, undefined])).toEqual([0, 0.25, 0.75, 1]);
    expect(stopsOf([])).toEqual([0, 1]);
    expect(stopsOf([0.3, 0.3])).toEqual([0, 1]);
    const stops = [0, 0.25, 0.75, 1];
    const of = (brushes: Brushes) => brushes.get(7);
    let brushes: Brushes = nudged(new Map(), 7, 'to', 1, stops);
    expect(brushes.size).toBe(0);
    brushes = nudged(brushes, 7, 'to', -1, stops);
    expect(of(brushes)).toEqual([0, 0.75]);
    brushes = nudged(brushes, 7, 'from', 1, stops);
    expect(of(brushes)).toEqual([0.25, 0.75]);
    expect(nudged(brushes, 7, 'from', 1, stops)).toBe(brushes);
    expect(nudged(brushes, 7, 'to', -1, stops)).toBe(brushes);
    brushes = nudged(brushes, 7, 'from', -1, stops);
    brushes = nudged(brushes, 7, 'to', 1, stops);
    expect(brushes.size).toBe(0); // all of it is none
    // what a hand has brushed goes on from where it is
    expect(of(nudged(new Map([[7, [0.3, 0.6]]]), 7, 'to', 1, stops))).toEqual([
      0.3, 0.75
    ]);
  });

  it.each([1, 2, 3, 7, 40, 1000])('are narrowed by keys to each of %i places', count => {
    const places = Array.from({ length: count }, (_, at) => (at * 0.618034) % 1);
    const stops = stopsOf(places);
    expect(stops.length).toBeLessThanOrEqual(51);
    let brushes: Brushes = new Map();
    let left = count;
    for (;;) {
      const next = nudged(brushes, 0, 'to', -1, stops);
      if (next === brushes) {
        break;
      }
      brushes = next;
      const now = places.filter(place => passes([place], brushes)).length;
      expect(now).toBeLessThan(left); // each key tells something apart
      left = now;
    }
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(Math.max(2, count / 10));
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

  const press = (
    key: string,
    node: Element | null = host.querySelector('svg'),
    shiftKey = false
  ) =>
    React.act(() => {
      node?.dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey, bubbles: true }));
    });
  const told = () => host.querySelector('[role=status]')?.textContent;

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

  it('chooses runs by keys on an axis', () => {
    const axes = [...host.querySelectorAll<SVGGElement>('[role=slider]')];
    expect(axes.map(axis => axis.getAttribute('aria-label'))).toEqual([
      'lr',
      '<b>act</b>',
      'loss, 1 NaN'
    ]);
    const stops = () => axes.map(axis => axis.tabIndex);
    expect(stops()).toEqual([0, -1, -1]);
    React.act(() => axes[0].focus());
    expect(told()).toContain('Up and Down');
    press('ArrowDown', axes[0]);
    expect(told()).toContain('2 runs of 3 go through.');
    expect(axes[0].getAttribute('aria-valuetext')).toBe(
      'from about 0.001 to about 0.001: 2 runs of 3 go through.'
    );
    press('ArrowUp', axes[0], true);
    expect(told()).toContain('1 run of 3 goes through.');
    press('ArrowRight', axes[0]);
    expect(document.activeElement).toBe(axes[1]);
    expect(stops()).toEqual([-1, 0, -1]);
    press('ArrowRight', axes[1]);
    press('ArrowRight', axes[2]);
    expect(document.activeElement).toBe(axes[2]);
    press('Escape', axes[2]); // nothing is chosen here: all of it is taken off
    expect(axes.map(axis => axis.getAttribute('aria-valuetext'))).toEqual(
      Array(3).fill('all')
    );
    press('ArrowDown', axes[2]);
    press('ArrowDown', axes[0]);
    press('Escape', axes[0]);
    expect(told()).toContain('1 run of 3');
    React.act(() => host.querySelector<HTMLElement>('[role=status] button')?.click());
    expect(document.activeElement).toBe(axes[2]);
    expect(told()).toContain('Up and Down');
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
