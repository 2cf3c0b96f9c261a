import * as React from 'react';

/** Seconds since `received` (in milliseconds), counted on while something runs. */
export function useAge(received: number, ticking: boolean): number {
  const [now, setNow] = React.useState(received);
  React.useEffect(() => {
    setNow(Date.now());
    if (!ticking) {
      return;
    }
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [received, ticking]);
  return Math.max(0, now - received) / 1000;
}
