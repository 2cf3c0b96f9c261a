/** A set with something put in or taken out; the old one stays as it is. */
export function marked<T>(set: ReadonlySet<T>, item: T, on: boolean): ReadonlySet<T> {
  const after = new Set(set);
  if (on) {
    after.add(item);
  } else {
    after.delete(item);
  }
  return after;
}
