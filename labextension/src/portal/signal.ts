import { ISignal } from '@lumino/signaling';
import * as React from 'react';

/** Draw again when a signal is emitted. */
export function useSignal<T, U>(signal: ISignal<T, U>): void {
  const [, again] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    const slot = () => again();
    signal.connect(slot);
    return () => {
      signal.disconnect(slot);
    };
  }, [signal]);
}
