import * as React from 'react';

import { address, IChart, IChartOptions, ICompare, IRunRef } from '../../api';
import { colorOf } from '../../charts/palette';
import { ChartTools } from '../../components/chartTools';
import { Note } from '../../components/note';
import { ChartGrid, IChartSource } from '../charts';
import { useSurroundings } from '../context';
import { ILive } from '../live';
import { CompareParallel } from './parallel';
import { DEFAULT_OPTIONS } from '../run/metrics';

export const legendColor = colorOf;

/** Charts with the curves of several runs, each run in its colour. */
export function CompareCharts(props: {
  runs: readonly IRunRef[];
  compared: ILive<ICompare>;
  /** Parallel coordinates too. */
  parallel?: boolean;
}): React.ReactElement {
  const { runs, parallel } = props;
  const { client, trans } = useSurroundings();
  const [options, setOptions] = React.useState<IChartOptions>(DEFAULT_OPTIONS);
  const [search, setSearch] = React.useState('');
  const key = runs.map(address).join(' ');
  const { value, error } = props.compared;
  const version = React.useRef<unknown>(null);
  version.current = value?.version;
  const source = React.useMemo<IChartSource>(() => {
    const all = key.split(' ').filter(Boolean).map(refOf);
    const places = new Map(all.map((run, index) => [run.id, index]));
    const place = (line: string) => places.get(line.split(':')[0]) ?? 0;
    let told = '';
    return {
      id: key,
      charts: async (keys, how) => {
        const asked = JSON.stringify([keys, how, version.current]);
        if (!how.window && asked === told) {
          return { charts: [], version: 0 }; // none of the runs has anything new
        }
        const answer = await client.compareCharts(all, keys, how);
        told = how.window ? told : asked;
        return answer;
      },
      colors: (chart: IChart) => chart.lines.map(line => colorOf(place(line.key)))
    };
  }, [client, key]);
  if (!value) {
    return <Note error={error} trans={trans} />;
  }
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const keys = value.charts.filter(name =>
    words.every(word => name.toLowerCase().includes(word))
  );
  if (!value.charts.length) {
    return (
      <>
        {parallel && <CompareParallel runs={runs} compared={value} />}
        <p className="jp-Runs-note">
          {trans.__('None of these runs has logged a curve.')}
        </p>
      </>
    );
  }
  return (
    <>
      <ChartTools
        options={options}
        onOptions={setOptions}
        search={search}
        onSearch={setSearch}
        trans={trans}
      />
      {parallel && <CompareParallel runs={runs} compared={value} />}
      <ChartGrid
        source={source}
        keys={keys}
        options={options}
        active={value.rows.some(row => row.head.active)}
      />
    </>
  );
}

/** The run that an address names. */
export function refOf(text: string): IRunRef {
  const at = text.lastIndexOf('/');
  return { workspace: text.slice(0, at), id: text.slice(at + 1) };
}
