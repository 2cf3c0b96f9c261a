/** Where each page is on the web: places as data, and the addresses that name them. */

/** What a page shows. */
export type Place =
  | { kind: 'home' }
  | { kind: 'workspace'; workspace: string }
  | { kind: 'run'; workspace: string; id: string; tab?: string }
  | { kind: 'experiment'; workspace: string; experiment: string }
  | { kind: 'compare'; runs: string[] }
  | { kind: 'compute' }
  | { kind: 'trash' }
  /** An address that names nothing. */
  | { kind: 'unknown'; path: string };

/** The tab of a run that needs no word in the address. */
const FIRST_TAB = 'details';

/** The address of a place, relative to `<base URL>jupyter-runs/`. */
export function addressOf(place: Place): string {
  switch (place.kind) {
    case 'home':
      return '';
    case 'workspace':
      return path('workspaces', place.workspace);
    case 'run': {
      const { workspace, id, tab } = place;
      const query =
        tab && tab !== FIRST_TAB ? `?${new URLSearchParams({ tab }).toString()}` : '';
      return path('workspaces', workspace, 'runs', id) + query;
    }
    case 'experiment':
      return path('workspaces', place.workspace, 'experiments', place.experiment);
    case 'compare': {
      const query = new URLSearchParams(place.runs.map(run => ['run', run]));
      return `compare?${query.toString()}`;
    }
    case 'compute':
    case 'trash':
      return place.kind;
    case 'unknown':
      return place.path;
  }
}

/**
 * The place that an address names.
 *
 * @param address What follows `<base URL>jupyter-runs/`, as the browser has it.
 */
export function placeOf(address: string): Place {
  const unknown: Place = { kind: 'unknown', path: address };
  const [before, ...after] = address.split('#')[0].split('?');
  const query = new URLSearchParams(after.join('?'));
  let parts: string[];
  try {
    parts = before.replace(/\/$/, '').split('/').map(decodeURIComponent);
  } catch {
    return unknown; // "%" that is followed by no number
  }
  if (parts.length === 1) {
    switch (parts[0]) {
      case '':
        return { kind: 'home' };
      case 'compare': {
        const runs = query.getAll('run').filter(run => /^[^/]+\/[^/]+$/.test(run));
        return runs.length ? { kind: 'compare', runs: [...new Set(runs)] } : unknown;
      }
      case 'compute':
      case 'trash':
        return { kind: parts[0] };
      default:
        return unknown;
    }
  }
  const [root, workspace, what, name, ...rest] = parts;
  if (root !== 'workspaces' || rest.length || !named(workspace)) {
    return unknown;
  }
  if (what === undefined) {
    return { kind: 'workspace', workspace };
  }
  if (what === 'runs' && named(name)) {
    const tab = query.get('tab');
    return { kind: 'run', workspace, id: name, ...(tab ? { tab } : {}) };
  }
  if (what === 'experiments' && named(name)) {
    return { kind: 'experiment', workspace, experiment: name };
  }
  return unknown;
}

/** Two places with the same key show the same thing, if not the same part of it. */
export function keyOfPlace(place: Place): string {
  switch (place.kind) {
    case 'run':
      return addressOf({ ...place, tab: undefined });
    case 'compare':
      return 'compare'; // runs come and go on that page
    default:
      return addressOf(place);
  }
}

/** No segment that a browser or a server would resolve. */
function named(part: string | undefined): part is string {
  return part !== undefined && !['', '.', '..'].includes(part);
}

function path(...parts: string[]): string {
  return parts.map(encodeURIComponent).join('/');
}
