/** Runs before anything is drawn, so that a dark page never flashes white. */

import { apply } from './theme';

apply();
