import * as React from 'react';

import { IChartOptions, IRunRef } from '../../api';
import { Note } from '../../components/note';
import { ChartTools } from '../../components/chartTools';
import { Tiles } from '../../components/tiles';
import { ChartGrid, IChartSource } from '../charts';
import { useSurroundings } from '../context';
import { useLive } from '../live';

export const DEFAULT_OPTIONS: IChartOptions = { x: 'step', smoothing: 0, log_y: false };

export function MetricsTab(props: { run: IRunRef; active: boolean }): React.ReactElement {
  const { run, active } = props;
  const { client, places, trans } = useSurroundings();
  const [options, setOptions] = React.useState(DEFAULT_OPTIONS);
  const [search, setSearch] = React.useState('');
  const { value, error } = useLive(
    `metrics ${run.workspace}/${run.id}`,
    () => client.metrics(run),
    active ? undefined : null
  );
  const source = React.useMemo<IChartSource>(
    () => ({
      id: `${run.workspace}/${run.id}`,
      charts: (keys, how, known) => client.charts(run, keys, how, known),
      onRun: id => places.openRun({ workspace: run.workspace, id })
    }),
    [client, places, run]
  );
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (name: string) => words.every(word => name.toLowerCase().includes(word));
  if (!value) {
    return <Note error={error} trans={trans} />;
  }
  const tiles = value.tiles.filter(tile => fits(tile.name));
  const keys = value.charts.filter(fits);
  if (!value.tiles.length && !value.charts.length) {
    return (
      <p className="jp-Runs-note">
        {active
          ? trans.__('Nothing logged yet. What the run logs appears here.')
          : trans.__('This run has logged no metrics.')}
      </p>
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
      <Tiles tiles={tiles} trans={trans} />
      {!tiles.length && !keys.length && (
        <p className="jp-Runs-note">
          {trans.__('No metric has “%1” in its name.', search)}
        </p>
      )}
      <ChartGrid source={source} keys={keys} options={options} active={active} />
    </>
  );
}
