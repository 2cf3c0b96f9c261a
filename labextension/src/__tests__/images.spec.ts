import { IImageSeries } from '../api';
import { itemAt, stepsOf } from '../pages/compare/images';

const series = (...steps: (number | null)[]): IImageSeries => ({
  name: 'a',
  group: '',
  version: 1,
  items: steps.map(step => ({
    step,
    time: 0,
    width: 1,
    height: 1,
    mime: 'image/png',
    description: ''
  }))
});

describe('images of several runs', () => {
  it('share all steps that any of them has', () => {
    expect(stepsOf([series(0, 10), null, series(5, 10)])).toEqual([0, 5, 10]);
    expect(stepsOf([series(null, null)])).toEqual([0, 1]);
    expect(stepsOf([])).toEqual([]);
  });

  it('show the last one up to a step', () => {
    const index = (step: number, ...steps: (number | null)[]) =>
      itemAt(series(...steps), step)?.index ?? null;
    expect(index(10, 0, 10)).toBe(1);
    expect(index(7, 0, 10)).toBe(0);
    expect(index(3, 5, 10)).toBe(null);
    expect(index(10, 10, 0)).toBe(0); // in any order
    expect(index(5, 5, 5)).toBe(1);
    expect(index(1, null, null, null)).toBe(1);
    expect(itemAt(null, 1)).toBe(null);
  });
});
