import { IAction } from '../components/runHeader';
import { Place } from './address';
import { IPlaces } from './context';

/** The button that opens a page elsewhere, or none. */
export function elsewhereOf(places: IPlaces, place: Place): IAction[] {
  const found = places.elsewhere(place);
  return found
    ? [
        {
          id: 'elsewhere',
          label: found.label,
          title: found.title,
          run: () => void window.open(found.href, '_blank', 'noopener')
        }
      ]
    : [];
}
