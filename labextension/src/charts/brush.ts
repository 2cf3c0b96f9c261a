/** What a person has brushed on the axes of parallel coordinates. */

/** By index of the axis, from and to in places from 0 to 1. */
export type Brushes = ReadonlyMap<number, readonly [number, number]>;

/** Whether a line goes through all that is brushed; one that has no place there does not. */
export function passes(places: readonly (number | null)[], brushes: Brushes): boolean {
  for (const [axis, [from, to]] of brushes) {
    const place = places[axis];
    if (place === null || place === undefined || place < from || place > to) {
      return false;
    }
  }
  return true;
}

/** Brushes with another one on an axis, or none where it is too small to be meant. */
export function brushed(
  brushes: Brushes,
  axis: number,
  from: number,
  to: number
): Brushes {
  const after = new Map(brushes);
  const [low, high] = from < to ? [from, to] : [to, from];
  if (high - low < 0.02) {
    after.delete(axis);
  } else {
    after.set(axis, [Math.max(0, low), Math.min(1, high)]);
  }
  return after;
}

/** The line that is nearest to a point, in pixels; null where none is near. */
export function nearest(
  lines: readonly { places: readonly (number | null)[] }[],
  at: { x: number; y: number },
  xs: readonly number[],
  yOf: (place: number) => number,
  reach = 14
): number | null {
  let best: number | null = null;
  let least = reach;
  lines.forEach(({ places }, index) => {
    for (let axis = 0; axis + 1 < xs.length; axis += 1) {
      const [a, b] = [places[axis], places[axis + 1]];
      if (a === null || b === null || at.x < xs[axis] || at.x > xs[axis + 1]) {
        continue;
      }
      const share = (at.x - xs[axis]) / (xs[axis + 1] - xs[axis] || 1);
      const distance = Math.abs(yOf(a + (b - a) * share) - at.y);
      if (distance < least) {
        [least, best] = [distance, index];
      }
    }
  });
  return best;
}
