/** A grid of charts that asks for what is in sight, and for exact points where one zooms. */

import * as React from 'react';

import { IChart, IChartOptions, IChartsAnswer } from '../api';
import { colorOf } from '../charts/palette';
import { IZoom } from '../charts/plot';
import { ChartCard } from '../components/chartCard';
import { marked } from '../model/marks';
import { useSurroundings } from './context';
import { useLive } from './live';
import { useSight } from './sight';

export interface IChartSource {
  /** Names where the charts come from; with another one all are asked for anew. */
  id: string;
  charts(
    keys: string[],
    options: IChartOptions,
    known: { [key: string]: number }
  ): Promise<IChartsAnswer>;
  /** Colours of a chart's lines; by default they go through the palette. */
  colors?: (chart: IChart) => string[];
  /** Of charts whose lines are runs: what one is called, and how it is opened. */
  titleOf?: (run: string) => string;
  onRun?: (run: string) => void;
}

export interface IChartGridProps {
  source: IChartSource;
  /** Charts by key, in order. */
  keys: readonly string[];
  options: IChartOptions;
  /** Whether charts may still change. */
  active: boolean;
}

const BATCH = 24;

export function ChartGrid(props: IChartGridProps): React.ReactElement {
  const { source, keys, options, active } = props;
  const { inSight, watch } = useSight();
  const wanted = keys.filter(key => inSight.has(key)).slice(0, BATCH * 2);
  const { charts, failed } = useCharts(source, wanted, options, active);
  const groups = groupsOf(keys);
  return (
    <div className="jp-Runs-grid">
      {groups.map(({ group, keys: members }) => (
        <React.Fragment key={group}>
          {group && groups.length > 1 && <h2 className="jp-Runs-grid-group">{group}</h2>}
          {members.map(key => (
            <div key={key} className="jp-Runs-slot" ref={watch(key)}>
              {charts.has(key) ? (
                <ChartSlot
                  chart={charts.get(key) as IChart}
                  source={source}
                  options={options}
                />
              ) : (
                <div className="jp-Runs-card jp-Runs-card-waiting" aria-busy="true">
                  <span className="jp-Runs-card-title">{key}</span>
                  {failed && <p className="jp-Runs-dim">{failed}</p>}
                </div>
              )}
            </div>
          ))}
        </React.Fragment>
      ))}
    </div>
  );
}

/** One chart with what a person set on it: zoom and hidden lines stay while it grows. */
function ChartSlot(props: {
  chart: IChart;
  source: IChartSource;
  options: IChartOptions;
}): React.ReactElement {
  const { chart, source, options } = props;
  const { trans } = useSurroundings();
  const [zoom, setZoom] = React.useState<IZoom | null>(null);
  const [hidden, setHidden] = React.useState<ReadonlySet<string>>(new Set<string>());
  const [exact, setExact] = React.useState<{ of: IZoom; chart: IChart } | null>(null);

  React.useEffect(() => setZoom(null), [options.x]);
  React.useEffect(() => {
    if (!zoom) {
      setExact(null);
      return;
    }
    let here = true;
    source
      .charts([chart.key], { ...options, window: zoom.x }, {})
      .then(({ charts }) => {
        if (here && charts.length) {
          setExact({ of: zoom, chart: charts[0] });
        }
      })
      .catch(() => undefined); // the thinned points stay, and the badge says so
    return () => {
      here = false;
    };
    // a chart that grows is asked for again, in the same part
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [zoom, chart.version, source.id, options]);

  const colors = React.useMemo(
    () => source.colors?.(chart) ?? chart.lines.map((_, index) => colorOf(index)),
    [chart, source]
  );
  return (
    <ChartCard
      chart={chart}
      exact={exact?.chart}
      colors={colors}
      log={options.log_y}
      zoom={zoom}
      hidden={hidden}
      onZoom={setZoom}
      titleOf={source.titleOf}
      onRun={source.onRun}
      onHide={key => setHidden(before => marked(before, key, !before.has(key)))}
      trans={trans}
    />
  );
}

/** The charts asked for; those of other options stay until the new ones are there. */
function useCharts(
  source: IChartSource,
  keys: string[],
  options: IChartOptions,
  active: boolean
): { charts: ReadonlyMap<string, IChart>; failed: string | null } {
  const [charts, setCharts] = React.useState<ReadonlyMap<string, IChart>>(new Map());
  const known = React.useRef({ of: '', versions: {} as { [key: string]: number } });
  const drawn = JSON.stringify([source.id, options]);
  const { error } = useLive(
    JSON.stringify([drawn, keys]),
    async () => {
      if (!keys.length) {
        return null;
      }
      if (known.current.of !== drawn) {
        known.current = { of: drawn, versions: {} };
      }
      const { versions } = known.current;
      const asked: { [key: string]: number } = {};
      for (const key of keys) {
        if (versions[key] !== undefined) {
          asked[key] = versions[key];
        }
      }
      const answer = await source.charts(keys, options, asked);
      if (known.current.versions === versions && answer.charts.length) {
        setCharts(before => {
          const after = new Map(before);
          for (const chart of answer.charts) {
            after.set(chart.key, chart);
          }
          return after;
        });
        for (const chart of answer.charts) {
          versions[chart.key] = chart.version;
        }
      }
      return null;
    },
    active ? undefined : null
  );
  return { charts, failed: error?.message ?? null };
}

function groupsOf(keys: readonly string[]): { group: string; keys: string[] }[] {
  const groups = new Map<string, string[]>();
  for (const key of keys) {
    const group = key.replace(/^\/+|\/+$/g, '').includes('/') ? key.split('/')[0] : '';
    const members = groups.get(group);
    if (members) {
      members.push(key);
    } else {
      groups.set(group, [key]);
    }
  }
  return [...groups].map(([group, members]) => ({ group, keys: members }));
}
