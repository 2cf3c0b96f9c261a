import * as React from 'react';
import { createRoot, Root } from 'react-dom/client';

import { EditableName } from '../components/editableName';
import { RunHeader } from '../components/runHeader';
import { aHead, trans } from './fixtures';

describe('the time left', () => {
  it('is counted down, and gone once it has run out', () => {
    const host = document.createElement('div');
    const root = createRoot(host);
    const head = aHead({ active: true, status: 'Running', eta: 20 });
    const told = (age: number, eta: number | null = 20) => {
      React.act(() =>
        root.render(
          <RunHeader head={{ ...head, eta }} age={age} actions={[]} trans={trans} />
        )
      );
      return /about (.*) left/.exec(host.textContent ?? '')?.[1];
    };
    expect([told(0), told(12.4), told(19.9)]).toEqual(['20 s', '8 s', '1 s']);
    expect([told(20), told(500), told(0, null), told(0, 0)]).toEqual(
      Array(4).fill(undefined)
    );
    React.act(() => root.unmount());
  });
});

describe('EditableName', () => {
  let host: HTMLElement;
  let root: Root;
  let names: string[];

  beforeEach(() => {
    host = document.body.appendChild(document.createElement('div'));
    root = createRoot(host);
    names = [];
    React.act(() =>
      root.render(
        <EditableName
          name="brave-otter"
          onRename={name => names.push(name)}
          trans={trans}
        />
      )
    );
  });

  afterEach(() => {
    React.act(() => root.unmount());
    host.remove();
  });

  const input = () => host.querySelector('input') as HTMLInputElement;
  const open = () => React.act(() => host.querySelector('button')?.click());

  function type(value: string, key: string): void {
    const { set } = Object.getOwnPropertyDescriptor(
      HTMLInputElement.prototype,
      'value'
    ) as PropertyDescriptor;
    React.act(() => {
      set?.call(input(), value);
      input().dispatchEvent(new Event('input', { bubbles: true }));
    });
    React.act(() => {
      input().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    });
  }

  it('tells a new name, and leaves the focus where it was', () => {
    open();
    expect(input().value).toBe('brave-otter');
    type('  best so far ', 'Enter');
    expect(names).toEqual(['best so far']);
    expect(document.activeElement).toBe(host.querySelector('button'));
  });

  it('tells nothing of what is no other name', () => {
    open();
    type('other', 'Escape');
    open();
    type('   ', 'Enter');
    open();
    type('brave-otter', 'Enter');
    expect(names).toEqual([]);
    expect(host.textContent).toContain('brave-otter');
  });
});
