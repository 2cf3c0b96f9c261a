import * as React from 'react';
import { createRoot, Root } from 'react-dom/client';

import { ApiError, IRun } from '../api';
import { IListProps, RunsList } from '../components/sidebar/list';
import { EXAMPLE } from '../components/sidebar/nothing';
import { IState } from '../model/runsModel';
import { aRun, trans } from './fixtures';

describe('RunsList', () => {
  let host: HTMLElement;
  let root: Root;

  beforeEach(() => {
    host = document.body.appendChild(document.createElement('div'));
    root = createRoot(host);
  });

  afterEach(() => {
    React.act(() => root.unmount());
    host.remove();
    vi.useRealTimers();
  });

  function show(
    runs: IRun[] | null,
    more: Partial<IState> = {},
    props: Partial<IListProps> = {}
  ): void {
    const state: IState = {
      runs,
      more: false,
      total: runs?.length ?? null,
      behind: false,
      counts: new Map(),
      error: null,
      fault: null,
      received: Date.now(),
      ...more
    };
    const nothing = () => undefined;
    React.act(() =>
      root.render(
        <RunsList
          state={state}
          shown={{ filter: '', sort: '-created', grouped: true, archived: false }}
          onShow={nothing}
          onMore={nothing}
          onLook={nothing}
          onOpen={nothing}
          onExperiment={nothing}
          onCompare={nothing}
          onUndo={vi.fn()}
          onRename={vi.fn()}
          onDelete={nothing}
          onDrag={nothing}
          onSelect={nothing}
          trans={trans}
          {...props}
        />
      )
    );
  }

  const row = (id = 'r1') => host.querySelector(`[data-run="${id}"]`)!;

  it('asks for what is typed at once, and tells its faults once no more is typed', () => {
    vi.useFakeTimers();
    const onShow = vi.fn();
    const fault = 'column 5: expected a value';
    const told = () => host.querySelector('[role=alert]')?.textContent;
    show([aRun()], { fault }, { onShow });
    expect(told()).toBe(fault);
    const input = host.querySelector<HTMLInputElement>('input[type=search]')!;
    const set = Object.getOwnPropertyDescriptor(
      HTMLInputElement.prototype,
      'value'
    )!.set!;
    for (const text of ['a', 'a <']) {
      React.act(() => {
        set.call(input, text);
        input.dispatchEvent(new Event('input', { bubbles: true }));
      });
      expect(onShow).toHaveBeenLastCalledWith({ filter: text });
      React.act(() => void vi.advanceTimersByTime(300));
      expect(told()).toBeUndefined();
      expect(input.getAttribute('aria-invalid')).toBe('false');
    }
    React.act(() => void vi.advanceTimersByTime(200));
    expect(told()).toBe(fault);
    expect(input.getAttribute('aria-invalid')).toBe('true');
  });

  it('says what a run is and how it went, in words', () => {
    show([
      aRun({
        metrics: [
          { name: 'loss', text: '1.31' },
          { name: 'accuracy', text: '0.60' }
        ]
      })
    ]);
    expect(row().querySelector('.jp-Runs-name')!.textContent).toBe(
      'run 12 · brave-otter'
    );
    const facts = [...row().querySelectorAll('.jp-Runs-facts > span')];
    expect(facts.map(fact => fact.textContent)).toEqual([
      'Completed',
      'loss 1.31',
      'accuracy 0.60'
    ]);
    expect(row().querySelector('.jp-Runs-elapsed')!.textContent).toBe('1 min');
    expect(host.querySelector('h3')!.textContent).toBe('cifar10');
  });

  it.each([
    ['Queued', 'wait', 'Queued'],
    ['Running', 'live', 'Running'],
    ['CancelRequested', 'live', 'Cancelling'],
    ['Failed', 'bad', 'Failed'],
    ['Canceled', 'off', 'Canceled'],
    ['NotResponding', 'unsure', 'Not responding'],
    ['SomethingNew', 'unsure', 'SomethingNew'],
    ['constructor', 'unsure', 'constructor']
  ])('tells the status %s by icon and word', (status, tone, word) => {
    show([aRun({ status })]);
    expect(row().querySelector('svg')!.classList).toContain(`jp-mod-${tone}`);
    expect(row().querySelector('.jp-Runs-word')!.textContent).toBe(word);
  });

  it('shows names as text, whatever they are', () => {
    const evil = '<img src=x onerror="window.hit=1"><b>x</b>';
    show([aRun({ name: evil, experiment: evil, metrics: [{ name: evil, text: evil }] })]);
    expect(host.querySelector('img, b')).toBeNull();
    expect(row().querySelector('.jp-Runs-name')!.textContent).toContain(evil);
  });

  it('falls back to the id of a run without number and name', () => {
    show([aRun({ number: null, name: '' })]);
    expect(row().querySelector('.jp-Runs-name')!.textContent).toBe('r1');
  });

  it('counts the time of a running run on, and no other', () => {
    vi.useFakeTimers();
    show([
      aRun({ id: 'on', status: 'Running', active: true, elapsed: 5 }),
      aRun({ id: 'off', elapsed: 5 })
    ]);
    React.act(() => void vi.advanceTimersByTime(3_000));
    expect(row('on').querySelector('.jp-Runs-elapsed')!.textContent).toBe('8 s');
    expect(row('off').querySelector('.jp-Runs-elapsed')!.textContent).toBe('5 s');
    expect(host.querySelector('.jp-Runs-summary')!.textContent).toBe('1 running');
  });

  it('sums up what is not over yet', () => {
    const ids = ['a', 'b', 'c', 'd'];
    const statuses = ['Running', 'CancelRequested', 'Queued', 'Completed'];
    show(statuses.map((status, i) => aRun({ id: ids[i], status })));
    expect(host.querySelector('.jp-Runs-summary')!.textContent).toBe(
      '2 running · 1 queued'
    );
    show([aRun()]);
    expect(host.querySelector('.jp-Runs-summary')!.textContent).toBe('');
  });

  it('draws progress where the total is known', () => {
    const progress = { fraction: 0.58, text: '58 %' };
    show([
      aRun({ id: 'a', status: 'Running', active: true, progress }),
      aRun({
        id: 'b',
        status: 'Running',
        active: true,
        progress: { fraction: null, text: '9' }
      }),
      aRun({ id: 'c', progress })
    ]);
    expect(row('a').querySelector('progress')!.value).toBeCloseTo(0.58);
    expect(row('a').textContent).toContain('58 %');
    expect(row('b').querySelector('progress')).toBeNull();
    expect(row('c').querySelector('progress')).toBeNull();
  });

  it('puts the reason of a failure first', () => {
    const metrics = [{ name: 'loss', text: '1' }];
    show([aRun({ status: 'Failed', reason: 'CUDA out of memory', metrics })]);
    const facts = [...row().querySelectorAll('.jp-Runs-fact')].map(
      fact => fact.textContent
    );
    expect(facts).toEqual(['CUDA out of memory', 'loss 1']);
  });

  it('names the workspace only where there are several', () => {
    show([aRun()]);
    expect(host.querySelector('.jp-Runs-workspace')).toBeNull();
    show([aRun(), aRun({ id: 'r2', workspace: 'lab' })]);
    expect(host.querySelectorAll('.jp-Runs-workspace')).toHaveLength(2);
  });

  it('tells a newcomer what to type', () => {
    show([]);
    expect(host.textContent).toContain('No runs yet');
    expect(host.querySelector('pre')!.textContent).toBe(EXAMPLE);
  });

  it('does not say that there are none while it does not know', () => {
    show(null);
    expect(host.textContent).toContain('Loading');
    show(null, { error: new ApiError(0, 'refused') });
    expect(host.textContent).not.toContain('Loading');
    expect(host.textContent).not.toContain('No runs yet');
  });

  it.each([
    [0, 'does not answer'],
    [403, 'logged in'],
    [404, 'Install jupyter-runs'],
    [500, 'out of order']
  ])('says what to do about an error %i', (status, advice) => {
    show([aRun()], { error: new ApiError(status, 'out of order') });
    expect(host.querySelector('[role=alert]')!.textContent).toContain(advice);
    expect(row()).not.toBeNull();
  });

  it('marks the run that a link led to', () => {
    show([aRun(), aRun({ id: 'r2' })], {}, { pointed: 'r2' });
    expect(row('r2').getAttribute('aria-current')).toBe('true');
    expect(row('r1').hasAttribute('aria-current')).toBe(false);
  });

  it('asks for older runs when their place comes into sight', () => {
    const onMore = vi.fn();
    show([aRun()], { more: true }, { onMore });
    expect(onMore).toHaveBeenCalledOnce();
  });

  it('holds only what is in sight in the page', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => aRun({ id: `r${i}` }));
    show(many);
    expect(host.querySelectorAll('.jp-Runs-row').length).toBeLessThan(60);
    const inner = host.querySelector<HTMLElement>('.jp-Runs-tree > div')!;
    expect(parseFloat(inner.style.height)).toBeGreaterThan(400_000);
  });

  const press = (key: string, more: KeyboardEventInit = {}) =>
    React.act(
      () =>
        void host
          .querySelector('.jp-Runs-tree')!
          .dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...more }))
    );

  it('is gone through, marked and opened by keys alone', () => {
    const onOpen = vi.fn();
    const onCompare = vi.fn();
    const onDelete = vi.fn();
    show([aRun(), aRun({ id: 'r2' })], {}, { onOpen, onCompare, onDelete });
    press('ArrowDown'); // the heading
    press('ArrowDown');
    press('Enter');
    expect(onOpen.mock.calls[0][0].id).toBe('r1');
    press('ArrowDown', { shiftKey: true });
    React.act(() => host.querySelector<HTMLElement>('.jp-mod-accept')!.click());
    expect(onCompare.mock.calls[0][0].map((run: IRun) => run.id)).toEqual(['r1', 'r2']);
    press('Delete');
    expect(onDelete.mock.calls[0][0]).toHaveLength(2);
    press('Home');
    press('ArrowLeft');
    expect(host.querySelectorAll('.jp-Runs-row')).toHaveLength(0);
    expect(host.querySelector('[aria-expanded]')!.getAttribute('aria-expanded')).toBe(
      'false'
    );
  });

  it('opens by a click, and marks several with a key held', () => {
    const onOpen = vi.fn();
    const onSelect = vi.fn();
    show([aRun(), aRun({ id: 'r2' }), aRun({ id: 'r3' })], {}, { onOpen, onSelect });
    const click = (id: string, more: MouseEventInit = {}) =>
      React.act(
        () =>
          void row(id).dispatchEvent(new MouseEvent('click', { bubbles: true, ...more }))
      );
    click('r1');
    click('r3', { shiftKey: true });
    click('r2', { ctrlKey: true });
    expect(onOpen).toHaveBeenCalledOnce();
    const last = onSelect.mock.calls[onSelect.mock.calls.length - 1][0];
    expect(last.map((run: IRun) => run.id)).toEqual(['r1', 'r3']);
  });
});
