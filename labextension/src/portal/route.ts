/** The page that is shown is the one that the address bar names. */

import { ISignal, Signal } from '@lumino/signaling';

import { addressOf, Place, placeOf } from '../pages/address';

export class Route {
  /** @param root Address of the home page, with a slash at its end. */
  constructor(
    private readonly root: string,
    private readonly view: Window = window
  ) {
    this._place = this.read();
    view.addEventListener('popstate', () => this.show(this.read()));
  }

  get place(): Place {
    return this._place;
  }

  get changed(): ISignal<this, Place> {
    return this._changed;
  }

  href(place: Place): string {
    return this.root + addressOf(place);
  }

  go(place: Place): void {
    const href = this.href(place);
    if (href !== this.view.location.href) {
      this.view.history.pushState(null, '', href);
    }
    this.show(place);
  }

  private show(place: Place): void {
    this._place = place;
    this._changed.emit(place);
  }

  private read(): Place {
    const { href } = this.view.location;
    // the home page's address may lack its last slash
    return placeOf(href.startsWith(this.root) ? href.slice(this.root.length) : '');
  }

  private _place: Place;
  private readonly _changed = new Signal<this, Place>(this);
}
