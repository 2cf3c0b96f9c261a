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

/** From end to end, at least: what is less is not meant. */
const LEAST = 0.02;

/** Brushes with another one on an axis, or none where it is too small. */
export function brushed(
  brushes: Brushes,
  axis: number,
  from: number,
  to: number
): Brushes {
  const after = new Map(brushes);
  const [low, high] = from < to ? [from, to] : [to, from];
  if (high - low < LEAST) {
    after.delete(axis);
  } else {
    after.set(axis, [Math.max(0, low), Math.min(1, high)]);
  }
  return after;
}

/** Where an end of a brush stands when it is moved by keys: between the places that lines have there. */
export function stopsOf(places: readonly (number | null | undefined)[]): number[] {
  const there = [...new Set(places.filter(place => typeof place === 'number'))].sort(
    (a, b) => a - b
  );
  const stops = [0];
  for (let index = 1; index < there.length; index += 1) {
    const between = (there[index - 1] + there[index]) / 2;
    // of very many places some are passed at once
    if (between - stops[stops.length - 1] >= LEAST && 1 - between >= LEAST) {
      stops.push(between);
    }
  }
  return [...stops, 1];
}

/** Brushes with the upper or the lower end of one moved to the next stop, up (1) or down (-1). */
export function nudged(
  brushes: Brushes,
  axis: number,
  end: 'from' | 'to',
  way: 1 | -1,
  stops: readonly number[]
): Brushes {
  const [from, to] = brushes.get(axis) ?? [0, 1];
  const at = end === 'to' ? to : from;
  const ahead = stops.filter(stop => (stop - at) * way > 1e-9);
  if (!ahead.length) {
    return brushes;
  }
  const next = way > 0 ? Math.min(...ahead) : Math.max(...ahead);
  const [low, high] = end === 'to' ? [from, next] : [next, to];
  if (high - low < LEAST) {
    return brushes; // one end does not pass the other
  }
  const after = new Map(brushes);
  if (low <= 0 && high >= 1) {
    after.delete(axis);
  } else {
    after.set(axis, [low, high]);
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
