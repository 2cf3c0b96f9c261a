import * as React from 'react';

import { Tone } from './status';

const SHAPES: { [tone in Tone]: React.ReactElement } = {
  live: (
    <>
      <circle cx="8" cy="8" r="4.5" fill="none" />
      <path d="M8 3.5a4.5 4.5 0 0 1 0 9z" stroke="none" fill="currentColor" />
    </>
  ),
  wait: <path d="M4 8h.01M8 8h.01M12 8h.01" strokeWidth="2.4" />,
  good: <path d="M4 8.4l2.7 2.7L12 5.4" fill="none" />,
  bad: <path d="M4.8 4.8l6.4 6.4M11.2 4.8l-6.4 6.4" />,
  off: <path d="M4.5 8h7" />,
  unsure: <path d="M6 6.2a2.1 2.1 0 1 1 3 1.9c-.8.4-1 .8-1 1.4M8 12h.01" fill="none" />
};

/** A picture of a status. It says nothing to a screen reader: the word stands beside it. */
export function StatusIcon(props: { tone: Tone }): React.ReactElement {
  return (
    <svg
      className={`jp-Runs-status jp-mod-${props.tone}`}
      viewBox="0 0 16 16"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {SHAPES[props.tone]}
    </svg>
  );
}

/** A curve over its axes: what stands for all of this. */
export function Emblem(props: { size: number }): React.ReactElement {
  return (
    <svg
      className="jp-Runs-emblem"
      width={props.size}
      height={props.size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d="M3.5 3.5v17h17" />
      <path d="M7 7c1 6 3.2 8.6 5.6 8.6S16 12 20.5 11" />
    </svg>
  );
}
