import { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Tone } from './status';

/** A curve over its axes, for the sidebar's tab. */
export const runsIcon = new LabIcon({
  name: 'jupyter-runs:runs',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="none" stroke="#616161" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">
    <path class="jp-icon3" fill="none" stroke="#616161" d="M3.5 3.5v17h17" style="fill:none"/>
    <path class="jp-icon3" fill="none" stroke="#616161" d="M7 7c1 6 3.2 8.6 5.6 8.6S16 12 20.5 11" style="fill:none"/>
  </g>
</svg>`
});

/** Machines over each other, for the compute page. */
export const computeIcon = new LabIcon({
  name: 'jupyter-runs:compute',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="none" stroke="#616161" stroke-width="2" stroke-linejoin="round">
    <path class="jp-icon3" stroke="#616161" d="M4 4h16v6H4zM4 14h16v6H4zM7.5 7h.01M7.5 17h.01" style="fill:none" stroke-linecap="round"/>
  </g>
</svg>`
});

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
