import * as React from 'react';

import { IHead, IRunAnswer, IRunRef } from '../../api';
import { useAge } from '../../components/age';
import { adviceFor, Note } from '../../components/note';
import { IAction, IRunHeaderProps, RunHeader } from '../../components/runHeader';
import { ITabInfo, Tabs } from '../../components/tabs';
import { elsewhereOf } from '../elsewhere';
import { useSurroundings } from '../context';
import { SELDOM, useLive } from '../live';
import { RunAgain } from './again';
import { ChildrenTable } from './children';
import { DetailsTab } from './details';
import { FilesTab } from './files';
import { ImagesTab } from './images';
import { MetricsTab } from './metrics';
import { SnapshotTab } from './snapshot';
import { StepsTable } from './steps';

export interface IRunPageProps {
  run: IRunRef;
  tab: string;
  onTab: (tab: string) => void;
  /** Told each time, so that the page's title and icon can follow. */
  onHead: (head: IHead) => void;
}

/** A run: its header, and one of its tabs. */
export function RunPage(props: IRunPageProps): React.ReactElement {
  const { run, onHead } = props;
  const { client, trans } = useSurroundings();
  const [active, setActive] = React.useState(true);
  const { value, error, received, refresh } = useLive(
    `run ${run.workspace}/${run.id}`,
    () => client.run(run),
    active ? undefined : SELDOM
  );
  React.useEffect(() => {
    if (value) {
      setActive(value.head.active);
      onHead(value.head);
    }
  }, [value, onHead]);
  const age = useAge(received, Boolean(value?.head.active));
  const [again, setAgain] = React.useState(false);
  const actions = useActions(value?.head ?? null, refresh, {
    id: 'again',
    label: trans.__('↺ Run again…'),
    title: trans.__('Its code to copy, or submit it anew with other arguments'),
    expanded: again,
    run: () => setAgain(!again)
  });
  if (!value) {
    return <Note error={error} trans={trans} />;
  }
  const { head } = value;
  const infos = tabsOf(value, trans);
  const tab = infos.some(info => info.id === props.tab) ? props.tab : 'details';
  return (
    <>
      <RunHeader head={head} age={age} trans={trans} {...actions} />
      {error && (
        <p className="jp-Runs-stale" role="alert">
          {adviceFor(error, trans)} {trans.__('Below is what was known before.')}
        </p>
      )}
      {again && <RunAgain run={run} onClose={() => setAgain(false)} />}
      <Tabs
        tabs={infos}
        chosen={tab}
        onChoose={props.onTab}
        label={trans.__('Parts of the run')}
      >
        {tab === 'details' && <DetailsTab answer={value} onTab={props.onTab} />}
        {tab === 'metrics' && <MetricsTab run={run} active={head.active} />}
        {tab === 'images' && <ImagesTab run={run} active={head.active} />}
        {tab === 'children' &&
          (value.steps.length ? (
            <StepsTable run={run} steps={value.steps} active={head.active} />
          ) : (
            <ChildrenTable run={run} active={head.active} sweep={value.sweep} compare />
          ))}
        {tab === 'files' && <FilesTab run={run} active={head.active} />}
        {tab === 'snapshot' && <SnapshotTab run={run} experiment={head.experiment} />}
      </Tabs>
    </>
  );
}

/** Studio's tabs, those with something in them. */
function tabsOf(
  { tabs: told, steps }: IRunAnswer,
  trans: { __: (text: string) => string }
): ITabInfo[] {
  const count = (id: string) => told.find(tab => tab.id === id)?.count ?? null;
  const files = (count('logs') ?? 0) + (count('outputs') ?? 0);
  return [
    { id: 'details', label: trans.__('Details'), count: null },
    { id: 'metrics', label: trans.__('Metrics'), count: count('metrics') },
    { id: 'images', label: trans.__('Images'), count: count('images') ?? 0 },
    steps.length
      ? { id: 'children', label: trans.__('Steps'), count: steps.length }
      : { id: 'children', label: trans.__('Child runs'), count: count('children') ?? 0 },
    { id: 'files', label: trans.__('Outputs + logs'), count: files },
    ...(told.some(tab => tab.id === 'snapshot')
      ? [{ id: 'snapshot', label: trans.__('Snapshot'), count: null }]
      : [])
  ].filter(tab => tab.count !== 0 || tab.id === 'metrics');
}

function useActions(
  head: IHead | null,
  refresh: () => Promise<void>,
  again: IAction
): Pick<IRunHeaderProps, 'actions' | 'onExperiment' | 'onRename'> {
  const { client, places, trans } = useSurroundings();
  const [canceling, setCanceling] = React.useState(false);
  const [copied, setCopied] = React.useState(false);
  if (!head) {
    return { actions: [] };
  }
  const cancel = async () => {
    setCanceling(true);
    try {
      await client.cancel(head);
      await refresh();
    } catch (error) {
      setCanceling(false);
      places.report(error);
    }
  };
  const tell = async (asking: Promise<unknown>) => {
    try {
      await asking;
    } catch (error) {
      places.report(error);
    }
    await refresh();
  };
  const copy = async () => {
    await navigator.clipboard.writeText(head.id);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  const stopping = canceling || head.status === 'CancelRequested';
  const actions: IAction[] = [
    ...(head.active
      ? [
          {
            id: 'cancel',
            label: stopping ? trans.__('canceling…') : trans.__('■ Cancel'),
            title: trans.__('Ask the run to stop'),
            tone: 'bad' as const,
            disabled: stopping,
            run: () => void cancel()
          }
        ]
      : []),
    again,
    {
      id: 'compare',
      label: trans.__('⇄ Compare…'),
      title: trans.__('Put other runs beside this one'),
      run: () => places.openCompare([head])
    },
    {
      id: 'archive',
      label: head.archived ? trans.__('Unarchive') : trans.__('Archive'),
      title: head.archived
        ? trans.__('Put it back on the lists')
        : trans.__('Take it off the lists; nothing is deleted'),
      run: () => void tell(client.archive(head, !head.archived))
    },
    {
      id: 'copy',
      label: copied ? trans.__('Copied') : trans.__('Copy id'),
      title: head.id,
      run: () => void copy().catch(places.report)
    },
    ...elsewhereOf(places, { kind: 'run', workspace: head.workspace, id: head.id })
  ];
  return {
    actions,
    onExperiment: () => places.openExperiment(head.workspace, head.experiment),
    onRename: name => void tell(client.rename(head, name))
  };
}
