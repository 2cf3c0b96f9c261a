import * as React from 'react';

/** A choice that is still there after a reload: in the browser, where the person made it. */
export function useKept<T>(name: string, first: T): [T, (value: T) => void] {
  const key = `jupyter-runs:${name}`;
  const [value, setValue] = React.useState<T>(() => read(key, first));
  const keep = React.useCallback(
    (next: T) => {
      setValue(next);
      try {
        localStorage.setItem(key, JSON.stringify(next));
      } catch {
        // no room, or not allowed: it holds for this page alone
      }
    },
    [key]
  );
  return [value, keep];
}

function read<T>(key: string, first: T): T {
  try {
    const text = localStorage.getItem(key);
    return text === null ? first : (JSON.parse(text) as T);
  } catch {
    return first;
  }
}
