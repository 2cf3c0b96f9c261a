import { TranslationBundle } from '@jupyterlab/translation';

import { IHead } from '../api';
import { Place } from '../pages/address';
import { ICrumb } from './bar';

/**
 * Where one is, from the outside in.
 *
 * @param head Of the run that the page shows, once that is known.
 */
export function crumbsOf(
  place: Place,
  head: IHead | null,
  trans: TranslationBundle
): ICrumb[] {
  switch (place.kind) {
    case 'home':
    case 'unknown':
      return [];
    case 'workspace':
      return [ofWorkspace(place.workspace)];
    case 'experiment':
      return [ofWorkspace(place.workspace), { label: place.experiment, to: place }];
    case 'run': {
      const { workspace, id } = place;
      const label = trans.__('run %1', head?.number ?? id);
      return [
        ofWorkspace(workspace),
        ...(head?.experiment
          ? [
              {
                label: head.experiment,
                to: {
                  kind: 'experiment' as const,
                  workspace,
                  experiment: head.experiment
                }
              }
            ]
          : []),
        { label, to: place }
      ];
    }
    case 'compare':
      return [
        { label: trans._n('Compare', 'Compare %1 runs', place.runs.length), to: place }
      ];
    case 'compute':
      return [{ label: trans.__('Compute'), to: place }];
    case 'trash':
      return [{ label: trans.__('Trash'), to: place }];
  }
}

function ofWorkspace(workspace: string): ICrumb {
  return { label: workspace, to: { kind: 'workspace', workspace } };
}
