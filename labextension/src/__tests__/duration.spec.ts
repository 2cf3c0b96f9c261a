import { duration } from '../components/duration';
import { trans } from './fixtures';

it.each([
  [null, ''],
  [NaN, ''],
  [-3, '< 1 s'],
  [0.4, '< 1 s'],
  [13.6, '14 s'],
  [59.4, '59 s'],
  [59.9, '1 min'],
  [60, '1 min'],
  [3_599, '59 min'],
  [7_500, '2 h 05'],
  [200_000, '2 d']
])('reads %s seconds as "%s"', (seconds, text) => {
  expect(duration(seconds, trans)).toBe(text);
});
