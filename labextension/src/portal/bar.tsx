import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Emblem } from '../components/icons';
import { Place } from '../pages/address';
import { Link } from './link';
import { Choice, choose, chosen, follow } from './theme';

/** A step on the way to where one is. */
export interface ICrumb {
  label: string;
  to: Place;
}

export interface IBarProps {
  crumbs: readonly ICrumb[];
  place: Place;
  /** The list of runs: its id in the page, and whether it is there. */
  side: string;
  open: boolean;
  onOpen: (open: boolean) => void;
  /** Address of JupyterLab, where this server has it. */
  lab: string | null;
  trans: TranslationBundle;
}

/** The bar on top: the way home, where one is, what else there is, light or dark. */
export function Bar(props: IBarProps): React.ReactElement {
  const { crumbs, place, open, lab, trans } = props;
  const label = open
    ? trans.__('Hide the list of runs')
    : trans.__('Show the list of runs');
  return (
    <header className="jp-Runs jp-Portal-bar">
      <button
        className="jp-Portal-icon"
        title={label}
        aria-label={label}
        aria-expanded={open}
        aria-controls={open ? props.side : undefined}
        onClick={() => props.onOpen(!open)}
      >
        <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
          <path
            d="M2 4h12M2 8h12M2 12h12"
            stroke="currentColor"
            strokeWidth="1.6"
            strokeLinecap="round"
          />
        </svg>
      </button>
      <Link
        to={{ kind: 'home' }}
        className="jp-Portal-home"
        title={trans.__('All experiments')}
        current={place.kind === 'home'}
      >
        <Emblem size={18} />
        <span>{trans.__('Runs')}</span>
      </Link>
      <nav className="jp-Portal-crumbs" aria-label={trans.__('Where you are')}>
        <ol>
          {crumbs.map(({ label, to }, index) => (
            <li key={index}>
              <Link to={to} title={label} current={index === crumbs.length - 1}>
                {label}
              </Link>
            </li>
          ))}
        </ol>
      </nav>
      <nav className="jp-Portal-more" aria-label={trans.__('More')}>
        <Link to={{ kind: 'compute' }} current={place.kind === 'compute'}>
          {trans.__('Compute')}
        </Link>
        <Link to={{ kind: 'trash' }} current={place.kind === 'trash'}>
          {trans.__('Trash')}
        </Link>
        {lab && <a href={lab}>JupyterLab</a>}
        <ThemeChoice trans={trans} />
      </nav>
    </header>
  );
}

const NEXT: { [choice in Choice]: Choice } = {
  system: 'light',
  light: 'dark',
  dark: 'system'
};
const SHAPES: { [choice in Choice]: React.ReactElement } = {
  system: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" stroke="none" />
    </>
  ),
  light: (
    <>
      <circle cx="8" cy="8" r="3" />
      <path d="M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1" />
    </>
  ),
  dark: <path d="M13 9.6A5.6 5.6 0 0 1 6.4 3a5.6 5.6 0 1 0 6.6 6.6z" />
};

/** Goes from "as the system has it" to light to dark. */
function ThemeChoice({ trans }: { trans: TranslationBundle }): React.ReactElement {
  const [choice, setChoice] = React.useState<Choice>(chosen);
  React.useEffect(() => follow(setChoice), []);
  const words = {
    system: trans.__('Colours: as the system has them'),
    light: trans.__('Colours: light'),
    dark: trans.__('Colours: dark')
  };
  const next = () => {
    choose(NEXT[choice]);
    setChoice(NEXT[choice]);
  };
  return (
    <button
      className="jp-Portal-icon"
      title={words[choice]}
      aria-label={words[choice]}
      onClick={next}
    >
      <svg
        width="16"
        height="16"
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        aria-hidden="true"
      >
        {SHAPES[choice]}
      </svg>
    </button>
  );
}
