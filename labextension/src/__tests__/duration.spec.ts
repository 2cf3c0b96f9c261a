import { duration } from '../components/duration';
import { trans } from './fixtures';

it.each([
  [null, ''],
  [NaN, ''],
  [-3, '0 s'],
  [0.4, '0 s'],
  [59.9, '59 s'],
  [60, '1 min'],
  [3_599, '59 min'],
  [7_500, '2 h 05'],
  [200_000, '2 d']
])('reads %s seconds as "%s"', (seconds, text) => {
  expect(duration(seconds, trans)).toBe(text);
});
