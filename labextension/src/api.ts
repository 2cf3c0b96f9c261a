/** What the server says about runs, and how it is asked. */

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

export interface IProgress {
  /** 0 to 1, null while the total is not known. */
  fraction: number | null;
  /** For example "58 %" or "1,200 images". */
  text: string;
}

export interface IMetric {
  name: string;
  /** The last value, as a person reads it. */
  text: string;
}

export interface IRun {
  id: string;
  workspace: string;
  experiment: string;
  number: number | null;
  name: string;
  status: string;
  /** Whether it may still change by itself. */
  active: boolean;
  /** One line on why it failed, was cancelled or does not answer. */
  reason: string | null;
  /** Seconds, as of the answer. */
  elapsed: number | null;
  progress: IProgress | null;
  metrics: IMetric[];
}

export interface IRunPage {
  runs: IRun[];
  /** The id to ask for the next page with, null on the last. */
  next: string | null;
}

/** The server's answer was no; `status` is 0 when there was no answer at all. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** Ask for the newest runs. Relative to the base URL, so it works behind any proxy. */
export async function fetchRuns(
  settings: ServerConnection.ISettings,
  limit: number
): Promise<IRunPage> {
  const url =
    URLExt.join(settings.baseUrl, 'jupyter-runs', 'api', 'runs') +
    URLExt.objectToQueryString({ limit });
  let response: Response;
  try {
    response = await ServerConnection.makeRequest(url, {}, settings);
  } catch (error) {
    throw new ApiError(0, error instanceof Error ? error.message : String(error));
  }
  const body = await response.json().catch(() => null);
  if (!response.ok) {
    throw new ApiError(response.status, body?.message || response.statusText);
  }
  if (!Array.isArray(body?.runs)) {
    throw new ApiError(response.status, 'The answer is not a list of runs.');
  }
  return body;
}
