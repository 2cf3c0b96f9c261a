import * as React from 'react';

import { IHead } from '../api';
import { BackButton, WayBack } from '../components/note';
import { RunsModel } from '../model/runsModel';
import { keyOfPlace, Place } from '../pages/address';
import { ComparePage } from '../pages/compare/page';
import { ComputePage } from '../pages/compute/page';
import { ISurroundings, Surroundings } from '../pages/context';
import { ExperimentPage } from '../pages/experiment/page';
import { useKept } from '../pages/kept';
import { RunPage } from '../pages/run/page';
import { TrashPage } from '../pages/trash/page';
import { Asking } from './asking';
import { Bar } from './bar';
import { crumbsOf } from './crumbs';
import { Deeds } from './deeds';
import { Desk } from './desk';
import { HomePage } from './home';
import { RouteContext } from './link';
import { Route } from './route';
import { Side } from './side';
import { useSignal } from './signal';

export interface IAppProps {
  given: Omit<ISurroundings, 'visible'>;
  route: Route;
  model: RunsModel;
  deeds: Deeds;
  desk: Desk;
  /** Address of JupyterLab, where this server has it. */
  lab: string | null;
}

const SIDE = 'jp-portal-runs';
const MAIN = 'jp-portal-page';
const NARROW = '(max-width: 760px)';

/** The whole web page: bar, list of runs, and the page that the address names. */
export function App(props: IAppProps): React.ReactElement {
  const { given, route, model, deeds, desk } = props;
  const { trans } = given;
  useSignal(route.changed);
  const { place } = route;
  const key = keyOfPlace(place);
  const [head, setHead] = React.useState<IHead | null>(null);
  const of = head && isOf(head, place) ? head : null;
  const narrow = useNarrow();
  const [wide, setWide] = useKept('portal-list', true);
  // over the page, where there is no room beside it: never there before it is asked for
  const [over, setOver] = React.useState(false);
  const open = narrow ? over : wide;
  const crumbs = crumbsOf(place, of, trans);

  React.useEffect(() => setOver(false), [key, narrow]);
  React.useEffect(() => {
    const labels = crumbs.map(crumb => crumb.label).reverse();
    document.title = [...labels, trans.__('Runs')].join(' · ');
  });
  const main = React.useRef<HTMLElement>(null);
  const before = React.useRef(key);
  React.useEffect(() => {
    if (before.current !== key) {
      before.current = key;
      main.current?.scrollTo(0, 0);
      if (document.activeElement === document.body) {
        main.current?.focus({ preventScroll: true }); // what had the focus is gone
      }
    }
  }, [key]);

  const home = React.useCallback(() => route.go({ kind: 'home' }), [route]);
  const surroundings = React.useMemo(() => ({ ...given, visible: true }), [given]);
  return (
    <RouteContext.Provider value={route}>
      <a
        className="jp-Runs jp-Portal-skip"
        href={`#${MAIN}`}
        onClick={event => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {trans.__('Skip to the page')}
      </a>
      <Bar
        crumbs={crumbs}
        place={place}
        side={SIDE}
        open={open}
        onOpen={narrow ? setOver : setWide}
        lab={props.lab}
        trans={trans}
      />
      <div className="jp-Portal-body" data-narrow={narrow || undefined}>
        {open && (
          <Side
            id={SIDE}
            model={model}
            places={given.places}
            deeds={deeds}
            onEnter={() => main.current?.focus({ preventScroll: true })}
            pointed={place.kind === 'run' ? place.id : null}
            trans={trans}
          />
        )}
        <main id={MAIN} ref={main} tabIndex={-1} className="jp-Runs jp-Runs-page">
          <Surroundings.Provider value={surroundings}>
            <WayBack.Provider value={home}>
              <div className="jp-Runs-body" key={key}>
                <Page place={place} route={route} alone={!open} onHead={setHead} />
              </div>
            </WayBack.Provider>
          </Surroundings.Provider>
        </main>
      </div>
      <Asking desk={desk} trans={trans} />
    </RouteContext.Provider>
  );
}

function Page(props: {
  place: Place;
  route: Route;
  alone: boolean;
  onHead: (head: IHead) => void;
}): React.ReactElement {
  const { place, route, alone, onHead } = props;
  const { workspace, id } = place.kind === 'run' ? place : { workspace: '', id: '' };
  // the same object each time: pages take another one for another run
  const run = React.useMemo(() => ({ workspace, id }), [workspace, id]);
  switch (place.kind) {
    case 'home':
      return <HomePage alone={alone} />;
    case 'workspace':
      return <HomePage workspace={place.workspace} alone={alone} />;
    case 'run':
      return (
        <RunPage
          run={run}
          tab={place.tab ?? 'details'}
          onTab={tab => route.go({ ...place, tab })}
          onHead={onHead}
        />
      );
    case 'experiment':
      return <ExperimentPage workspace={place.workspace} experiment={place.experiment} />;
    case 'compare':
      return (
        <ComparePage
          runs={place.runs}
          onRuns={runs => route.go({ kind: 'compare', runs })}
        />
      );
    case 'compute':
      return <ComputePage />;
    case 'trash':
      return <TrashPage />;
    case 'unknown':
      return <Unknown />;
  }
}

function Unknown(): React.ReactElement {
  const { trans } = React.useContext(Surroundings) as ISurroundings;
  return (
    <>
      <div className="jp-Runs-head">
        <h1>{trans.__('Not found')}</h1>
      </div>
      <p className="jp-Runs-note" role="alert">
        {trans.__('There is no page at this address.')}
      </p>
      <BackButton trans={trans} />
    </>
  );
}

function isOf(head: IHead, place: Place): boolean {
  return (
    place.kind === 'run' && place.id === head.id && place.workspace === head.workspace
  );
}

function useNarrow(): boolean {
  const query = React.useMemo(() => window.matchMedia(NARROW), []);
  const [narrow, setNarrow] = React.useState(query.matches);
  React.useEffect(() => {
    const changed = () => setNarrow(query.matches);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, [query]);
  return narrow;
}
