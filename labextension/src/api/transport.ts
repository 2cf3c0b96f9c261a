/** Requests to the server's extension: relative to the base URL, so they work behind any proxy. */

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { ApiError } from './errors';

export type Query = {
  [name: string]: string | number | boolean | readonly string[] | null | undefined;
};

/** Answers that are kept so that "not modified" can be said of them. */
const KEPT = 64;

export class Transport {
  constructor(private readonly settings: ServerConnection.ISettings) {}

  /** The address of an endpoint; each part is escaped as one segment of the path. */
  url(path: readonly string[], query: Query = {}): string {
    if (path.some(part => part === '' || part === '.' || part === '..')) {
      throw new ApiError(404, `There is no ${path.join('/')}.`); // a browser would resolve it
    }
    const told = Object.entries(query)
      .filter(([, value]) => value !== null && value !== undefined && value !== '')
      .flatMap(([name, value]) =>
        (Array.isArray(value) ? value : [value]).map(
          one => `${name}=${encodeURIComponent(String(one))}`
        )
      );
    const parts = path.map(encodeURIComponent).join('/');
    const base = URLExt.join(this.settings.baseUrl, 'jupyter-runs', 'api');
    return `${base}/${parts}${told.length ? `?${told.join('&')}` : ''}`;
  }

  /** Ask for JSON; the same object as before while the server says that nothing changed. */
  async get<T>(path: readonly string[], query: Query = {}): Promise<T> {
    const url = this.url(path, query);
    const known = this.kept.get(url);
    const headers: Record<string, string> = known ? { 'If-None-Match': known.etag } : {};
    const response = await this.send(url, { method: 'GET', headers, cache: 'default' });
    if (response.status === 304 && known) {
      return known.body as T;
    }
    const body = await read(response);
    this.keep(url, response.headers.get('ETag'), body);
    return body as T;
  }

  /** The beginning of a text, at most so many bytes. */
  async text(url: string, most: number): Promise<string> {
    const headers = { Range: `bytes=0-${most - 1}` };
    const response = await this.send(url, { method: 'GET', headers, cache: 'default' });
    if (response.status === 416) {
      return ''; // an empty file has no first byte
    }
    const text = await response.text();
    if (!response.ok) {
      throw new ApiError(response.status, response.statusText);
    }
    return text.slice(0, most);
  }

  async post<T>(path: readonly string[], body: unknown = {}): Promise<T> {
    const init: RequestInit = {
      method: 'POST',
      body: JSON.stringify(body),
      cache: 'default' // otherwise the time is put behind the address
    };
    return (await read(await this.send(this.url(path), init))) as T;
  }

  private async send(url: string, init: RequestInit): Promise<Response> {
    try {
      return await ServerConnection.makeRequest(url, init, this.settings);
    } catch (error) {
      throw new ApiError(0, error instanceof Error ? error.message : String(error));
    }
  }

  private keep(url: string, etag: string | null, body: unknown): void {
    this.kept.delete(url);
    if (etag) {
      this.kept.set(url, { etag, body });
      if (this.kept.size > KEPT) {
        this.kept.delete(this.kept.keys().next().value as string);
      }
    }
  }

  private readonly kept = new Map<string, { etag: string; body: unknown }>();
}

async function read(response: Response): Promise<unknown> {
  const text = await response.text();
  let body: unknown = null;
  try {
    body = text ? JSON.parse(text) : null;
  } catch {
    if (response.ok) {
      throw new ApiError(response.status, 'The answer is not JSON.');
    }
  }
  if (!response.ok) {
    const told = (body as { message?: unknown } | null)?.message;
    throw new ApiError(
      response.status,
      typeof told === 'string' && told ? told : response.statusText
    );
  }
  return body;
}
