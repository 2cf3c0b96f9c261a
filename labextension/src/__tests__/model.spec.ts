import { ApiError, IRunPage } from '../api';
import { groupByExperiment, MOST, PAGE, RunsModel } from '../model';
import { aPage, aRun } from './fixtures';

describe('RunsModel', () => {
  let answer: (limit: number) => Promise<IRunPage>;
  let asked: number[];
  let model: RunsModel;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
    asked = [];
    answer = async () => aPage([aRun()]);
    model = new RunsModel(limit => {
      asked.push(limit);
      return answer(limit);
    });
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

  it('lists more on demand, up to what one request may ask for', async () => {
    answer = async () => aPage([aRun()], 'r1');
    model.visible = true;
    await vi.advanceTimersByTimeAsync(100);
    expect(model.state.more).toBe(true);
    for (let i = 0; i < 12; i++) {
      const shown = model.showMore();
      await vi.advanceTimersByTimeAsync(10);
      await shown;
    }
    expect(asked[0]).toBe(PAGE);
    expect(Math.max(...asked)).toBe(MOST);
    expect(model.state.more).toBe(false);
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
