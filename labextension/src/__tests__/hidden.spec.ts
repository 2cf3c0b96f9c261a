import { Signal } from '@lumino/signaling';

import { IRun, IRunPage } from '../api';
import { NotifySettings } from '../lab/settings';
import { ActiveModel } from '../model/activeModel';
import { HIDDEN_INTERVAL, HiddenWatch } from '../model/hiddenWatch';
import { Pulse } from '../model/pulse';
import { aPage, aRun } from './fixtures';

function hide(hidden: boolean): void {
  Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
  Object.defineProperty(document, 'visibilityState', {
    value: hidden ? 'hidden' : 'visible',
    configurable: true
  });
  document.dispatchEvent(new Event('visibilitychange'));
}

describe('HiddenWatch', () => {
  const going = aRun({ status: 'Running', active: true });
  let runs: IRun[];
  let asked: number;
  let on: boolean;
  let model: ActiveModel;
  let watch: HiddenWatch;
  let ended: IRun[];

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
    runs = [going];
    asked = 0;
    on = true;
    ended = [];
    const server = {
      runs: async (): Promise<IRunPage> => {
        asked += 1;
        return aPage(runs);
      },
      experiments: async () => []
    };
    model = new ActiveModel(server, new Pulse());
    model.ended.connect((_, run) => ended.push(run));
    watch = new HiddenWatch(model, () => on);
    await vi.advanceTimersByTimeAsync(100);
  });

  afterEach(() => {
    watch.dispose();
    model.dispose();
    hide(false);
    vi.useRealTimers();
  });

  it('looks slowly while hidden, tells of an end, and then no more', async () => {
    hide(true);
    const before = asked;
    await vi.advanceTimersByTimeAsync(HIDDEN_INTERVAL * 4 + 1_000);
    expect(asked - before).toBeGreaterThan(1);
    expect(asked - before).toBeLessThan(6);
    runs = [aRun()];
    await vi.advanceTimersByTimeAsync(HIDDEN_INTERVAL + 1_000);
    expect(ended.map(run => run.id)).toEqual(['r1']);
    const after = asked;
    await vi.advanceTimersByTimeAsync(HIDDEN_INTERVAL * 10);
    expect(asked).toBe(after);
  });

  it.each([
    ['it is not wanted', () => (on = false)],
    ['no run goes on', () => (runs = [])]
  ])('asks for nothing where %s', async (_, change) => {
    change();
    await vi.advanceTimersByTimeAsync(10_000);
    hide(true);
    await vi.advanceTimersByTimeAsync(5_000); // the poll of what is seen was about to ask
    const before = asked;
    await vi.advanceTimersByTimeAsync(HIDDEN_INTERVAL * 5);
    expect(asked).toBe(before);
  });

  it('leaves it to others once somebody looks again', async () => {
    hide(true);
    await vi.advanceTimersByTimeAsync(HIDDEN_INTERVAL + 1_000);
    hide(false);
    watch.dispose();
    expect(watch.isDisposed).toBe(true);
  });
});

describe('NotifySettings', () => {
  it('asks the browser when it is switched on, and not at the start', async () => {
    const settings = {
      composite: { browserNotifications: true } as { [key: string]: unknown },
      changed: new Signal<unknown, unknown>({})
    };
    let asked = 0;
    const registry = {
      load: async () => settings,
      set: async (_: string, key: string, value: unknown) => {
        settings.composite = { [key]: value };
        settings.changed.emit(settings);
      }
    };
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    const made = new NotifySettings(registry as any, () => (asked += 1));
    settings.changed = new Signal<unknown, unknown>(settings);
    await Promise.resolve();
    await Promise.resolve();
    expect([made.value.browser, asked]).toEqual([true, 0]);
    await made.setBrowser(false);
    await made.setBrowser(true);
    expect([made.value.browser, asked]).toEqual([true, 0]); // who sets it has asked
    settings.composite = {};
    settings.changed.emit(settings);
    settings.composite = { browserNotifications: true };
    settings.changed.emit(settings);
    expect([made.value.browser, asked]).toEqual([true, 1]);
  });
});
