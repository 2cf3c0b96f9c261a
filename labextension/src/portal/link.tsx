import * as React from 'react';

import { Place } from '../pages/address';
import { Route } from './route';

export const RouteContext = React.createContext<Route | null>(null);

export interface ILinkProps {
  to: Place;
  className?: string;
  title?: string;
  current?: boolean;
  children: React.ReactNode;
}

/** A link within the portal: a true one, so that it can be copied, or opened in another tab. */
export function Link(props: ILinkProps): React.ReactElement {
  const route = React.useContext(RouteContext);
  const clicked = (event: React.MouseEvent) => {
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey;
    if (route && plain && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      route.go(props.to);
    }
  };
  return (
    <a
      className={props.className}
      href={route?.href(props.to)}
      title={props.title}
      aria-current={props.current ? 'page' : undefined}
      onClick={clicked}
    >
      {props.children}
    </a>
  );
}
