import { LabIcon } from '@jupyterlab/ui-components';

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
