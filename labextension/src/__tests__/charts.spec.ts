import {
  columnsOf,
  nextPoint,
  placeOf,
  pointsNear,
  reachX,
  reachY
} from '../charts/data';
import { brief, bytes, moment, number, roughly, span } from '../charts/format';
import { axisTicks, roundTicks } from '../charts/ticks';
import { aChart, aLine } from './fixtures';

const NONE = new Set<string>();

describe('numbers in a narrow row', () => {
  it.each([
    ['1.9539e-174', '1.95e-174'],
    ['-0.69353', '-0.6935'],
    ['0.00123456', '0.001235'],
    ['1.2367', '1.237'],
    ['3,295.741', '3,296'],
    ['12,500', '12,500'],
    ['1e9', '1e9'],
    ['0.5', '0.5'],
    ['∞', '∞'],
    ['cnn 1.23456', 'cnn 1.23456'],
    ['1.2.3', '1.2.3'],
    ['', '']
  ])('%s has few digits: %s', (text, told) => {
    expect(brief(text)).toBe(told);
  });
});

describe('what is drawn', () => {
  it('keeps gaps as gaps, and points that a line has not as nothing', () => {
    const chart = aChart({
      lines: [aLine({ key: 'a' }), aLine({ key: 'b', x: [1, 5], y: [7, 8], marks: [] })]
    });
    const { data, columns } = columnsOf(chart, NONE);
    expect([...data[0]]).toEqual([0, 1, 2, 3, 5]);
    expect([...data[1]].slice(0, 4)).toEqual([4, 3, null, 1]);
    expect([...data[2]]).toEqual([undefined, 7, undefined, undefined, 8]);
    expect(columns.map(column => column.role)).toEqual(['line', 'line']);
  });

  it('has faint lines below, bands around, guides beside', () => {
    const chart = aChart({
      lines: [
        aLine({
          faint: [1, 2, 3, 4],
          band: [
            [0, 0, 0, 0],
            [9, 9, 9, 9]
          ]
        })
      ],
      guides: [{ label: 'chance', x: [0, 3], y: [0, 3] }]
    });
    const { columns } = columnsOf(chart, NONE);
    expect(columns.map(column => column.role)).toEqual([
      'low',
      'high',
      'faint',
      'line',
      'guide'
    ]);
  });

  it('leaves out what is hidden, and reaches as far as what is not', () => {
    const chart = aChart({
      lines: [aLine({ key: 'a' }), aLine({ key: 'b', y: [100, 100, 100, 100] })]
    });
    const column = [...columnsOf(chart, new Set(['b'])).data[2]];
    expect(column.every(value => value === undefined)).toBe(true);
    expect(reachY(chart, new Set(['b']), [0, 3], false)[1]).toBeLessThan(5);
    expect(reachY(chart, NONE, [0, 3], false)[1]).toBeGreaterThan(100);
    expect(reachX(chart)).toEqual([0, 3]);
  });

  it('has a place for one point, for none, and for marks alone', () => {
    const one = aChart({ lines: [aLine({ x: [5], y: [2], marks: [] })] });
    expect(reachX(one)[0]).toBeLessThan(5);
    expect(reachX(one)[1]).toBeGreaterThan(5);
    const none = aChart({ lines: [aLine({ x: [], y: [], marks: [] })] });
    expect(reachX(none)).toEqual([0, 1]);
    const marks = aChart({ lines: [aLine({ x: [], y: [], marks: [[3, 'NaN']] })] });
    expect(reachX(marks)[0]).toBeLessThan(3);
    expect(reachY(one, NONE, [0, 9], true)[0]).toBeGreaterThan(0);
  });
});

describe('what is under the pointer', () => {
  const chart = aChart();

  it('is the nearest point, or the word where a value is no number', () => {
    expect(pointsNear(chart, NONE, 0.9, 0.1)[0]).toMatchObject({ x: 1, y: 3, text: '3' });
    expect(pointsNear(chart, NONE, 2, 0.1)[0]).toMatchObject({ y: null, text: 'NaN' });
    expect(pointsNear(chart, new Set(['loss']), 2, 0.1)).toEqual([]);
  });

  it('is a bar where there are bars', () => {
    const bars = aChart({
      x_kind: 'column',
      lines: [aLine({ x: [0.5, 1.5], y: [3, 8], edges: [0, 1, 2], marks: [] })]
    });
    expect(pointsNear(bars, NONE, 1.2, 0.1)[0]).toMatchObject({ y: 8 });
    expect(placeOf(bars, 1.2)).toBe('1 to 2');
  });

  it('goes from point to point by keys', () => {
    expect(nextPoint(chart, NONE, 0, 1, 0.1)).toBe(1);
    expect(nextPoint(chart, NONE, 3, 1, 0.1)).toBe(3);
    expect(nextPoint(chart, NONE, 3, -1, 0.1)).toBe(2);
  });
});

describe('ticks', () => {
  it('are round, few, and whole for steps', () => {
    expect(roundTicks(0, 10, 5)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(axisTicks('step', 0, 2, 8).map(([at]) => at)).toEqual([0, 1, 2]);
    expect(axisTicks('', 0, 124_000, 3).map(([, label]) => label)).toEqual([
      '0',
      '50k',
      '100k'
    ]);
    expect(axisTicks('log', 0.001, 100, 5).map(([at]) => at)).toContain(1);
    expect(axisTicks('relative', 0, 7200, 4).map(([, label]) => label)).toContain('1 h');
  });

  it.each([
    [0, 0],
    [NaN, 1],
    [-Infinity, Infinity],
    [1e308, -1e308],
    [5e-324, 1e-323],
    [1e15, 1e15 + 1]
  ])('never hang or overflow between %d and %d', (low, high) => {
    for (const kind of ['step', 'time', 'relative', 'column', 'log'] as const) {
      expect(axisTicks(kind, low, high, 6).length).toBeLessThan(500);
    }
  });
});

describe('numbers and times', () => {
  it('are written as the widget writes them', () => {
    expect([0.40364, 1e-7, 12345678, 0, NaN, Infinity, 7260].map(number)).toEqual([
      '0.40364',
      '1e-7',
      '1.2346e7',
      '0',
      'NaN',
      '∞',
      '7,260'
    ]);
    expect([3.21, 61, 3661, 90000].map(span)).toEqual([
      '3.2 s',
      '1 min 01 s',
      '1 h 01 min',
      '1 d 01 h'
    ]);
    expect([10, 600, 7200].map(roughly)).toEqual(['10 s', '10 min', '2 h']);
    expect([0, 999, 1400, 412e6].map(bytes)).toEqual([
      '0 B',
      '999 B',
      '1.4 kB',
      '412 MB'
    ]);
    expect(moment(null)).toBe('');
  });
});
