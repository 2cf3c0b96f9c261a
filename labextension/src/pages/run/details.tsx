import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IHead, IRunAnswer, ISection } from '../../api';
import { moment, span } from '../../charts/format';
import { Note } from '../../components/note';
import { Box, Facts, SectionBox } from '../../components/section';
import { wordFor } from '../../components/status';
import { Tags } from '../../components/tags';
import { ChartGrid, IChartSource } from '../charts';
import { useSurroundings } from '../context';
import { SELDOM, useLive } from '../live';
import { ChildrenTable } from './children';
import { LogView } from './log';
import { DEFAULT_OPTIONS } from './metrics';
import { StepsTable } from './steps';

const CHARTS = 2;
const TRACKED = 12;
/** Rows that name another run. */
const RUNS = ['Parent', 'Repeats'];
/** Shown in the column beside the charts; what else there is stands below. */
const ASIDE = ['Run', 'Source', 'Submitted', 'Parameters'];

/** What one wants to know of a run at first: facts, tags, its first curves, the end of its log. */
export function DetailsTab(props: {
  answer: IRunAnswer;
  onTab: (tab: string) => void;
}): React.ReactElement {
  const { head, tabs, steps } = props.answer;
  const run = React.useMemo(
    () => ({ workspace: head.workspace, id: head.id }),
    [head.workspace, head.id]
  );
  const { client, places, trans } = useSurroundings();
  const sections = useLive(
    `details ${run.workspace}/${run.id} ${head.active}`,
    () => client.details(run),
    SELDOM
  );
  const has = (id: string) => tabs.some(tab => tab.id === id && tab.count !== 0);
  if (!sections.value) {
    return <Note error={sections.error} trans={trans} />;
  }
  const all = sections.value;
  const aside = ASIDE.flatMap(title => all.filter(section => section.title === title));
  const rest = all.filter(
    section => section.title !== 'Tags' && !ASIDE.includes(section.title)
  );
  return (
    <>
      <div className="jp-Runs-columns">
        <div className="jp-Runs-aside">
          {aside.map(section => (
            <SectionBox
              key={section.title}
              section={
                section.title === 'Run' ? attributes(section, head, trans) : section
              }
              link={(label, id) =>
                section.title === 'Run' && RUNS.includes(label)
                  ? () => places.openRun({ workspace: head.workspace, id })
                  : null
              }
            />
          ))}
          <TagsBox answer={props.answer} sections={all} refresh={sections.refresh} />
        </div>
        <div className="jp-Runs-main">
          <FirstMetrics answer={props.answer} />
          {has('logs') && (
            <Box
              title={trans.__('Log')}
              tools={
                <button className="jp-Runs-link" onClick={() => props.onTab('files')}>
                  {trans.__('Outputs + logs')}
                </button>
              }
            >
              <LogView run={run} active={head.active} compact />
            </Box>
          )}
          {steps.length > 0 && (
            <Box title={trans.__('Steps')}>
              <StepsTable run={run} steps={steps} active={head.active} />
            </Box>
          )}
          {has('children') && !steps.length && (
            <Box title={trans.__('Child runs')}>
              <ChildrenTable run={run} active={head.active} sweep={props.answer.sweep} />
            </Box>
          )}
        </div>
      </div>
      <div className="jp-Runs-rest">
        {rest.map(section => (
          <details key={section.title} className="jp-Runs-box" open={rest.length < 3}>
            <summary>
              {section.title} <span className="jp-Runs-count">{section.rows.length}</span>
            </summary>
            <Facts rows={section.rows} />
          </details>
        ))}
      </div>
    </>
  );
}

/** What the head knows is newer; times are of the page's own clock and zone, not of the server's. */
export function attributes(
  section: ISection,
  head: IHead,
  trans: TranslationBundle
): ISection {
  const own: { [label: string]: string } = {
    Name: head.name,
    Status: wordFor(head.status, trans),
    Started: moment(head.started),
    Ended: moment(head.ended),
    Duration: head.active ? '' : span(head.elapsed)
  };
  return {
    ...section,
    rows: section.rows.map(([label, text]) => [label, own[label] || text])
  };
}

function FirstMetrics({ answer }: { answer: IRunAnswer }): React.ReactElement | null {
  const { client, places, trans } = useSurroundings();
  const { workspace, id, active } = answer.head;
  const run = React.useMemo(() => ({ workspace, id }), [workspace, id]);
  const { value } = useLive(
    `metrics ${workspace}/${id}`,
    () => client.metrics(run),
    active ? undefined : null
  );
  const source = React.useMemo<IChartSource>(
    () => ({
      id: `${workspace}/${id}`,
      charts: (keys, how, known) => client.charts(run, keys, how, known),
      onRun: child => places.openRun({ workspace, id: child })
    }),
    [client, places, run, workspace, id]
  );
  if (!value) {
    return null;
  }
  // what the machine does is on the Metrics tab
  const own = value.charts.filter(key => !key.startsWith('system/'));
  const first = own.slice(0, CHARTS);
  return (
    <>
      {first.length > 0 && (
        <ChartGrid
          source={source}
          keys={first}
          options={DEFAULT_OPTIONS}
          active={active}
        />
      )}
      {value.tiles.length > 0 && (
        <Box title={trans.__('Tracked metrics')}>
          <Facts
            rows={value.tiles
              .slice(0, TRACKED)
              .map(tile => [tile.name, tile.text] as const)}
          />
        </Box>
      )}
      {!value.tiles.length && !first.length && (
        <p className="jp-Runs-note">
          {active
            ? trans.__('Nothing logged yet. What the run logs appears here.')
            : trans.__('This run has logged no metrics.')}
        </p>
      )}
    </>
  );
}

function TagsBox(props: {
  answer: IRunAnswer;
  sections: ISection[];
  refresh: () => Promise<void>;
}): React.ReactElement {
  const { client, places, trans } = useSurroundings();
  const { head } = props.answer;
  const told = props.sections.find(section => section.title === 'Tags');
  const tags: { [name: string]: string | null } = {};
  told?.rows.forEach(([name, value]) => (tags[name] = value || null));
  const change = async (set: { [name: string]: string | null }, remove: string[]) => {
    try {
      await client.tag(head, set, remove);
      await props.refresh();
    } catch (error) {
      places.report(error);
    }
  };
  return (
    <Box title={trans.__('Tags')}>
      <Tags
        tags={tags}
        onSet={(name, value) => void change({ [name]: value }, [])}
        onRemove={name => void change({}, [name])}
        trans={trans}
      />
    </Box>
  );
}
