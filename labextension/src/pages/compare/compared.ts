/** What the server says of runs beside each other: asked for once, for all parts of a page. */

import { address, ICompare, IRunRef } from '../../api';
import { useSurroundings } from '../context';
import { ILive, useLive } from '../live';

export function useCompared(runs: readonly IRunRef[]): ILive<ICompare> {
  const { client } = useSurroundings();
  return useLive(`compare ${runs.map(address).join(' ')}`, () => client.compare(runs));
}
