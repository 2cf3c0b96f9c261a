/** What the server has written into the page. */

export interface IConfig {
  /** The server's base URL, whole, with a slash at its end. */
  base: string;
  /** Whether this server has JupyterLab too. */
  lab: boolean;
}

/**
 * Read it.
 *
 * The server tells only how far up its base URL is from the page's own address: a proxy may have
 * put anything before it.
 */
export function readConfig(from: Document, href: string): IConfig {
  const text = from.getElementById('jupyter-runs-config')?.textContent ?? '{}';
  const { root, lab } = JSON.parse(text) as { root?: unknown; lab?: unknown };
  return {
    base: new URL(typeof root === 'string' ? root : './', href).href,
    lab: lab === true
  };
}
