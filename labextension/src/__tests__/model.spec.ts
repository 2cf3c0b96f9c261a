import { ApiError, IRunPage, IRunQuery } from '../api';
import { Pulse } from '../model/pulse';
import { PAGE } from '../model/runList';
import { groupByExperiment, RunsModel } from '../model/runsModel';
import { aPage, aRun } from './fixtures';

describe('RunsModel', () => {
  let answer: (query: IRunQuery) => Promise<IRunPage>;
  let asked: IRunQuery[];
  let model: RunsModel;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
    asked = [];
    answer = async () => aPage([aRun()]);
    model = new RunsModel(
      {
        runs: query => {
          asked.push(query);
          return answer(query);
        },
        experiments: async () => []
      },
      new Pulse()
    );
  });

  afterEach(() => {
    model.dispose();
    vi.useRealTimers();
  });

  it('asks nothing until it is seen, at once when it is, and nothing more when hidden', async () => {
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toEqual([]);
    model.visible = true;
    await vi.advanceTimersByTimeAsync(100);
    expect(asked.length).toBe(1);
    expect(model.state.runs).toEqual([aRun()]);
    await vi.advanceTimersByTimeAsync(10_000);
    const seen = asked.length;
    expect(seen).toBeGreaterThan(3);
    model.visible = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked.length).toBe(seen);
  });

  it('tells of each answer', async () => {
    const told: number[] = [];
    model.changed.connect(sender => told.push(sender.state.runs?.length ?? -1));
    model.visible = true;
    await vi.advanceTimersByTimeAsync(100);
    answer = async () => aPage([aRun(), aRun({ id: 'r2' })]);
    const refreshed = model.refresh();
    await vi.advanceTimersByTimeAsync(100);
    await refreshed;
    expect(told.slice(0, 2)).toEqual([1, 2]);
  });

  it('keeps the runs when the server falls silent, says why, asks less often, and recovers', async () => {
    model.visible = true;
    await vi.advanceTimersByTimeAsync(100);
    answer = async () => {
      throw new ApiError(500, 'out of order');
    };
    await vi.advanceTimersByTimeAsync(5_000);
    expect(model.state.error).toMatchObject({ status: 500, message: 'out of order' });
    expect(model.state.runs).toHaveLength(1);
    const before = asked.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked.length - before).toBeLessThan(20);
    answer = async () => aPage([]);
    await vi.advanceTimersByTimeAsync(61_000);
    expect(model.state).toMatchObject({ runs: [], error: null });
  });

  it('asks a slow server less often, and a quick one again as before', async () => {
    const later = (ms: number) => () =>
      new Promise<IRunPage>(resolve => setTimeout(() => resolve(aPage([])), ms));
    answer = later(1_000);
    model.visible = true;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked.length).toBeLessThanOrEqual(4);
    answer = later(1);
    await vi.advanceTimersByTimeAsync(40_000);
    const before = asked.length;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked.length - before).toBeGreaterThanOrEqual(4);
  });

  it('makes an ApiError of anything thrown', async () => {
    answer = async () => {
      throw 'gone';
    };
    model.visible = true;
    await vi.advanceTimersByTimeAsync(100);
    expect(model.state.error).toBeInstanceOf(ApiError);
    expect(model.state.error?.status).toBe(0);
  });

  it('lists more on demand, page by page', async () => {
    answer = async query =>
      query.after
        ? aPage([aRun({ id: 'r2' })], null, 2)
        : aPage([aRun({ id: 'r1' })], 'behind r1', 2);
    model.visible = true;
    await vi.advanceTimersByTimeAsync(100);
    expect(model.state).toMatchObject({ more: true, total: 2 });
    const shown = model.showMore();
    await vi.advanceTimersByTimeAsync(10);
    await shown;
    expect(asked[0]).toMatchObject({ limit: PAGE, after: null });
    expect(asked[asked.length - 1]).toMatchObject({ after: 'behind r1' });
    expect(model.state.runs?.map(run => run.id)).toEqual(['r1', 'r2']);
    expect(model.state.more).toBe(false);
  });

  it.each([
    ['brave otter', { text: 'brave otter' }],
    ['metrics.loss.min < 0.2', { filter: 'metrics.loss.min < 0.2' }],
    ['status in (Failed)', { filter: 'status in (Failed)' }],
    ['', {}]
  ])('takes %j as words or as a condition', async (filter, expected) => {
    model.visible = true;
    model.show({ filter });
    await vi.advanceTimersByTimeAsync(100);
    const { text, filter: condition } = asked[asked.length - 1];
    expect({ text, filter: condition }).toEqual({
      text: undefined,
      filter: undefined,
      ...expected
    });
  });

  it('tells what is wrong with a filter, and keeps what was listed', async () => {
    model.visible = true;
    await vi.advanceTimersByTimeAsync(100);
    answer = async () => {
      throw new ApiError(400, 'column 5: expected a value');
    };
    model.show({ filter: 'a <' });
    await vi.advanceTimersByTimeAsync(100);
    expect(model.state).toMatchObject({
      error: null,
      fault: 'column 5: expected a value'
    });
    expect(model.state.runs).toHaveLength(1);
  });

  it('forgets an answer to what was asked for before', async () => {
    let release: (page: IRunPage) => void = () => undefined;
    answer = () => new Promise(resolve => (release = resolve));
    model.visible = true;
    await vi.advanceTimersByTimeAsync(100);
    const late = release;
    answer = async () => aPage([aRun({ id: 'new' })]);
    model.show({ filter: 'other' });
    await vi.advanceTimersByTimeAsync(100);
    expect(model.state.runs?.map(run => run.id)).toEqual(['new']); // without waiting for it
    late(aPage([aRun({ id: 'old' })]));
    await vi.advanceTimersByTimeAsync(100);
    expect(model.state.runs?.map(run => run.id)).toEqual(['new']);
  });

  it('asks for what is typed at once, then as fast as answers come, and last for what was typed last', async () => {
    model.visible = true;
    await vi.advanceTimersByTimeAsync(100);
    asked.length = 0;
    answer = query =>
      new Promise(resolve =>
        setTimeout(() => resolve(aPage([aRun({ id: String(query.text) })])), 30)
      );
    for (const filter of ['o', 'ot', 'ott', 'otte', 'otter']) {
      model.show({ filter });
      expect(asked[0]).toMatchObject({ text: 'o' }); // with no pause before
      await vi.advanceTimersByTimeAsync(10);
    }
    await vi.advanceTimersByTimeAsync(60);
    expect(asked.map(query => query.text)).toEqual(['o', 'ott', 'otter']);
    expect(model.state.runs?.map(run => run.id)).toEqual(['otter']);
  });

  it('does not wait long for the answer to what was typed before', async () => {
    model.visible = true;
    await vi.advanceTimersByTimeAsync(100);
    answer = async query =>
      query.text === 'o' ? new Promise(() => undefined) : aPage([aRun({ id: 'new' })]);
    model.show({ filter: 'o' });
    model.show({ filter: 'other' });
    await vi.advanceTimersByTimeAsync(150);
    expect(model.state.runs?.map(run => run.id)).toEqual(['new']);
  });

  it('is silent once disposed', async () => {
    model.visible = true;
    await vi.advanceTimersByTimeAsync(100);
    const told = vi.fn();
    model.changed.connect(told);
    let release: (page: IRunPage) => void = () => undefined;
    answer = () => new Promise(resolve => (release = resolve));
    await vi.advanceTimersByTimeAsync(3_000);
    model.dispose();
    release(aPage([]));
    model.visible = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).not.toHaveBeenCalled();
    expect(model.isDisposed).toBe(true);
  });
});

describe('groupByExperiment', () => {
  it('keeps the order of experiments and of runs, and workspaces apart', () => {
    const runs = [
      aRun({ id: '4', experiment: 'b' }),
      aRun({ id: '3', experiment: 'a' }),
      aRun({ id: '2', experiment: 'b' }),
      aRun({ id: '1', experiment: 'b', workspace: 'other' })
    ];
    const groups = groupByExperiment(runs);
    expect(groups.map(group => group.runs.map(run => run.id))).toEqual([
      ['4', '2'],
      ['3'],
      ['1']
    ]);
    expect(new Set(groups.map(group => group.key)).size).toBe(3);
  });
});
