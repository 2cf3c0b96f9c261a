import * as React from 'react';
import { createRoot, Root } from 'react-dom/client';

import { ApiError } from '../api';
import { Asking } from '../portal/asking';
import { readConfig } from '../portal/config';
import { crumbsOf } from '../portal/crumbs';
import { Deeds } from '../portal/deeds';
import { Desk } from '../portal/desk';
import { Menu } from '../portal/menu';
import { Route } from '../portal/route';
import { apply, choose, chosen } from '../portal/theme';
import { aHead, aRun, trans } from './fixtures';

const ROOT = `${window.location.origin}/user/ada/jupyter-runs/`;

describe('the route', () => {
  const at = (address: string) => window.history.replaceState(null, '', ROOT + address);

  it('is what the address bar says, forth and back', async () => {
    at('workspaces/w/runs/x?tab=files');
    const route = new Route(ROOT);
    expect(route.place).toEqual({ kind: 'run', workspace: 'w', id: 'x', tab: 'files' });
    const seen: string[] = [];
    route.changed.connect((_, place) => seen.push(place.kind));
    route.go({ kind: 'trash' });
    expect(window.location.href).toBe(`${ROOT}trash`);
    const gone = new Promise(resolve => route.changed.connect(resolve));
    window.history.back();
    await gone;
    expect(seen).toEqual(['trash', 'run']);
    expect(route.place.kind).toBe('run');
  });

  it('makes no step where one is already', () => {
    at('trash');
    const route = new Route(ROOT);
    const { length } = window.history;
    route.go({ kind: 'trash' });
    expect(window.history.length).toBe(length);
  });

  it('is home at an address without its last slash', () => {
    window.history.replaceState(null, '', ROOT.slice(0, -1));
    expect(new Route(ROOT).place).toEqual({ kind: 'home' });
  });
});

describe('the configuration', () => {
  const page = (text: string) => {
    const made = document.implementation.createHTMLDocument();
    const script = made.body.appendChild(made.createElement('script'));
    script.id = 'jupyter-runs-config';
    script.type = 'application/json';
    script.textContent = text;
    return made;
  };

  it('says how far up the base URL is, whatever a proxy has put before it', () => {
    const config = page('{"root": "../../", "lab": true}');
    expect(readConfig(config, 'https://hub/p/user/a/jupyter-runs/workspaces/w')).toEqual({
      base: 'https://hub/p/user/a/',
      lab: true
    });
    expect(readConfig(page('{"root": "./"}'), 'http://x/jupyter-runs?a=b').base).toBe(
      'http://x/'
    );
  });
});

describe('where one is', () => {
  it('is told from the outside in', () => {
    const run = { kind: 'run', workspace: 'w', id: 'r1' } as const;
    const labels = (head: ReturnType<typeof aHead> | null) =>
      crumbsOf(run, head, trans).map(crumb => crumb.label);
    expect(labels(null)).toEqual(['w', 'run r1']);
    expect(labels(aHead({ experiment: 'cifar10', number: 12 }))).toEqual([
      'w',
      'cifar10',
      'run 12'
    ]);
    expect(crumbsOf({ kind: 'home' }, null, trans)).toEqual([]);
  });
});

describe('light and dark', () => {
  it('are kept, and told as JupyterLab tells them', () => {
    const { dataset } = document.body;
    choose('dark');
    expect([chosen(), dataset.jpThemeLight, dataset.jpThemeName]).toEqual([
      'dark',
      'false',
      'JupyterLab Dark'
    ]);
    choose('system');
    expect([chosen(), dataset.jpThemeLight]).toEqual(['system', 'true']);
    localStorage.setItem('jupyter-runs:theme', 'no such');
    apply();
    expect(chosen()).toBe('system');
  });
});

describe('what lies over the page', () => {
  let host: HTMLElement;
  let root: Root;
  const show = (element: React.ReactElement) => React.act(() => root.render(element));
  const press = (key: string) =>
    React.act(() => {
      document.activeElement?.dispatchEvent(
        new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
      );
    });

  beforeEach(() => {
    host = document.body.appendChild(document.createElement('div'));
    root = createRoot(host);
    // jsdom has dialogs, but can't show them
    HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
      this.open = true;
    };
  });

  afterEach(() => {
    React.act(() => root.unmount());
    host.remove();
  });

  it('a menu goes by the keys, and gives the focus back', () => {
    const before = host.appendChild(document.createElement('button'));
    before.focus();
    const mount = host.appendChild(document.createElement('div'));
    root = createRoot(mount);
    const run = vi.fn();
    const close = vi.fn();
    const items = [
      { label: 'Open', run },
      null,
      { label: 'Rename…', run, disabled: true },
      { label: 'Delete', run }
    ];
    show(<Menu menu={{ at: [5, 5], label: 'Runs', items }} onClose={close} />);
    const told = () => document.activeElement?.textContent;
    expect(told()).toBe('Open');
    press('ArrowDown');
    expect(told()).toBe('Delete');
    press('ArrowDown');
    expect(told()).toBe('Open');
    press('d');
    expect(told()).toBe('Delete');
    React.act(() => (document.activeElement as HTMLElement).click());
    expect([run.mock.calls.length, close.mock.calls.length]).toEqual([1, 1]);
    expect(document.activeElement).toBe(before);
  });

  it('questions are asked one after the other, with what was typed as the answer', async () => {
    const desk = new Desk(trans);
    show(<Asking desk={desk} trans={trans} />);
    const answers: unknown[] = [];
    const field = { text: 'old', placeholder: '' };
    React.act(() => {
      void desk.ask({ title: 'Name', action: 'Rename', field }).then(one => {
        answers.push(one);
      });
      void desk.confirm('Sure?', '<b>really</b>', 'Delete').then(one => {
        answers.push(one);
      });
    });
    const answer = (name: string) =>
      React.act(async () =>
        [...host.querySelectorAll('dialog button')]
          .find((button): button is HTMLButtonElement => button.textContent === name)
          ?.click()
      );
    await answer('Rename');
    expect(answers).toEqual(['old']);
    expect(host.querySelector('dialog p')?.textContent).toBe('<b>really</b>');
    await answer('Cancel');
    expect(answers).toEqual(['old', false]);
    expect(host.querySelector('dialog')).toBeNull();
  });

  it('what failed is told in words', () => {
    const desk = new Desk(trans);
    show(<Asking desk={desk} trans={trans} />);
    React.act(() => {
      desk.report(new ApiError(409, 'It is going on.'));
      desk.report(new TypeError('fetch failed'));
    });
    const told = [...host.querySelectorAll('[role=status] p')].map(p => p.textContent);
    expect(told).toEqual(['It is going on.', 'The server does not answer.']);
  });
});

describe('what can be done with runs', () => {
  const labels = (...runs: ReturnType<typeof aRun>[]) =>
    new Deeds({ trans } as ConstructorParameters<typeof Deeds>[0])
      .menu(runs)
      .flatMap(item => (item ? [item.disabled ? `(${item.label})` : item.label] : []));

  it('depends on how many there are, and on whether they go on', () => {
    expect(labels(aRun())).toEqual([
      'Open',
      'Open in a browser tab',
      'Compare…',
      'Tag…',
      'Rename…',
      'Copy id',
      'Archive',
      'Delete'
    ]);
    expect(labels(aRun({ active: true }), aRun({ id: 'r2' }))).toEqual([
      'Open',
      'Open in a browser tab',
      'Compare 2 runs',
      'Tag…',
      'Copy ids',
      'Cancel',
      'Archive',
      '(Delete)'
    ]);
    expect(labels(aRun({ archived: true }))).toContain('Unarchive');
  });

  it('is other for an experiment, and for one among the archived', async () => {
    const archiveExperiment = vi.fn(async () => undefined);
    const openTab = vi.fn();
    const openExperiment = vi.fn();
    const changed = vi.fn();
    const deeds = new Deeds({
      trans,
      changed,
      openTab,
      client: { archiveExperiment },
      places: { openExperiment }
    } as unknown as ConstructorParameters<typeof Deeds>[0]);
    const of = { workspace: 'w', experiment: '<b>cnn</b>' };
    for (const archived of [false, true]) {
      const items = deeds.headingMenu(of, archived).flatMap(item => item ?? []);
      expect(items.map(item => item.label)).toEqual([
        'Open the experiment',
        'Open in a browser tab',
        archived ? 'Unarchive the experiment' : 'Archive the experiment'
      ]);
      items.forEach(item => item.run());
      expect(archiveExperiment).toHaveBeenLastCalledWith('w', '<b>cnn</b>', !archived);
    }
    expect(openExperiment).toHaveBeenLastCalledWith('w', '<b>cnn</b>');
    expect(openTab).toHaveBeenLastCalledWith({ kind: 'experiment', ...of });
    await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(2));
  });
});
