/** Answers of the server that stay fresh while they are looked at. */

import * as React from 'react';

import { ApiError } from '../api';
import { INTERVAL, ISource } from '../model/pulse';
import { useSurroundings } from './context';

/** For what changes seldom, in milliseconds. */
export const SELDOM = 15_000;

export interface ILive<T> {
  /** The last good answer, null until there is one. */
  value: T | null;
  /** What went wrong with the last request. */
  error: ApiError | null;
  /** When the value was received, in milliseconds of the browser's clock. */
  received: number;
  refresh: () => Promise<void>;
}

interface IAnswer<T> {
  key: string;
  value: T | null;
  error: ApiError | null;
  received: number;
}

/**
 * Ask now, and again while the page is in sight.
 *
 * @param key What is asked for: with another key the answer before is forgotten.
 * @param fetch Asks the server.
 * @param interval Milliseconds between two asks; null asks once.
 */
export function useLive<T>(
  key: string,
  fetch: () => Promise<T>,
  interval: number | null = INTERVAL
): ILive<T> {
  const { pulse, visible } = useSurroundings();
  const nothing: IAnswer<T> = { key, value: null, error: null, received: 0 };
  const [answer, setAnswer] = React.useState<IAnswer<T>>(nothing);
  const latest = React.useRef(fetch);
  latest.current = fetch;
  const source = React.useRef<ISource | null>(null);
  const often = interval ?? Infinity;

  React.useEffect(() => {
    if (!visible) {
      return;
    }
    let here = true;
    const mine: ISource = {
      wanted: true,
      interval: often,
      ask: async () => {
        try {
          const value = await latest.current();
          if (here) {
            setAnswer(old =>
              old.key === key && old.value === value && !old.error
                ? old // "not modified": nothing to draw again
                : { key, value, error: null, received: Date.now() }
            );
          }
        } catch (reason) {
          const error = ApiError.of(reason);
          if (here) {
            setAnswer(old =>
              old.key === key ? { ...old, error } : { ...nothing, key, error }
            );
          }
          throw error;
        }
      }
    };
    source.current = mine;
    const registered = pulse.add(mine);
    return () => {
      here = false;
      source.current = null;
      registered.dispose();
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, pulse, visible, often]);

  const refresh = React.useCallback(async () => {
    if (source.current) {
      await pulse.refresh(source.current);
    }
  }, [pulse]);
  const now = answer.key === key ? answer : nothing;
  return { value: now.value, error: now.error, received: now.received, refresh };
}
