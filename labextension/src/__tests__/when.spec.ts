import { when } from '../components/when';
import { trans } from './fixtures';

const NOON = new Date(2026, 10, 21, 12, 0);
const at = (day: number, hour: number, year = 2026) =>
  new Date(year, 10, day, hour, 5).getTime() / 1000;

it.each([
  [null, ''],
  [NaN, ''],
  [at(21, 9), '09:05'],
  [at(20, 23), 'yesterday'],
  [at(20, 0), 'yesterday'],
  [at(19, 23), 'Nov 19'],
  [at(20, 9, 2025), 'Nov 20, 2025']
])('says of %s seconds "%s"', (seconds, text) => {
  expect(when(seconds, trans, NOON.getTime())).toBe(text);
});
