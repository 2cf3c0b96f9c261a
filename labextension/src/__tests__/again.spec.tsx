import * as React from 'react';
import { createRoot, Root } from 'react-dom/client';

import { IAgain, IChanges, IField } from '../api';
import { AgainForm, argumentsOf } from '../components/againForm';
import { trans } from './fixtures';

const field = (label: string, value: string, form: IField['form'] = 'pair') => ({
  label,
  value,
  form,
  secret: false
});

const AGAIN: IAgain = {
  what: 'train.py',
  refusal: null,
  fields: [
    field('', 'data.csv', 'plain'),
    field('--lr', '0.1'),
    field('--n', '3', 'joined'),
    field('--amp', '', 'flag')
  ],
  command: null,
  takes_arguments: true,
  target: 'local',
  targets: ['local', 'two'],
  notes: [],
  code: null
};

describe('AgainForm', () => {
  let host: HTMLElement;
  let root: Root;
  let asked: IChanges[];

  beforeEach(() => {
    host = document.body.appendChild(document.createElement('div'));
    root = createRoot(host);
    asked = [];
  });

  afterEach(() => {
    React.act(() => root.unmount());
    host.remove();
  });

  function show(
    again: Partial<IAgain> = {},
    answer: () => Promise<void> = async () => {}
  ) {
    React.act(() =>
      root.render(
        <AgainForm
          again={{ ...AGAIN, ...again }}
          onSubmit={changes => {
            asked.push(changes);
            return answer();
          }}
          trans={trans}
        />
      )
    );
  }

  const input = (label: string) =>
    host.querySelector(`[aria-label="${label}"]`) as HTMLInputElement;
  const button = (text: string) =>
    [...host.querySelectorAll('button')].find(one =>
      one.textContent?.includes(text)
    ) as HTMLButtonElement;

  function type(node: HTMLInputElement, value: string) {
    const { set } = Object.getOwnPropertyDescriptor(
      Object.getPrototypeOf(node),
      'value'
    ) as PropertyDescriptor;
    React.act(() => {
      set?.call(node, value);
      node.dispatchEvent(new Event('input', { bubbles: true }));
    });
  }

  const submit = () => React.act(async () => button('Submit').click());

  it('submits what there was, where nothing is changed', async () => {
    show();
    await submit();
    expect(asked).toEqual([
      { arguments: ['data.csv', '--lr', '0.1', '--n=3', '--amp'], target: 'local' }
    ]);
  });

  it('submits what was changed, left out and added', async () => {
    show();
    type(input('--lr'), '0.5');
    expect(input('--lr').className).toContain('jp-mod-changed');
    React.act(() => input('Leave --amp out').click());
    React.act(() => button('Add').click());
    type(input('argument 4'), '--note=two words');
    await submit();
    expect(asked[0].arguments).toEqual([
      'data.csv',
      '--lr',
      '0.5',
      '--n=3',
      '--note=two words'
    ]);
  });

  it('has keys go on where one was left out', () => {
    show();
    const leave = (label: string) => {
      input(`Leave ${label} out`).focus();
      React.act(() => (document.activeElement as HTMLElement).click());
      return document.activeElement?.getAttribute('aria-label');
    };
    expect(leave('--n')).toBe('Leave --amp out');
    expect(leave('--amp')).toBe('Leave --lr out');
    expect(leave('--lr')).toBe('Leave argument 1 out');
    leave('argument 1');
    expect(document.activeElement).toBe(button('Add'));
  });

  it('keeps lines, and asks for what was not kept', async () => {
    show({
      fields: [field('--text', 'a\nb'), { ...field('--token', ''), secret: true }]
    });
    expect(input('--text').tagName).toBe('TEXTAREA');
    expect(button('Submit').disabled).toBe(true);
    type(input('--token'), 'abc');
    await submit();
    expect(asked[0].arguments).toEqual(['--text', 'a\nb', '--token', 'abc']);
  });

  it('says what the server says, and may be submitted then', async () => {
    show({}, () => Promise.reject(new Error('there is no <b>target</b>')));
    await submit();
    expect(host.querySelector('[role=alert]')?.textContent).toBe(
      'there is no <b>target</b>'
    );
    expect(button('Submit').disabled).toBe(false);
  });

  it('has one text for a command, and no arguments for a function', async () => {
    show({ fields: [], command: 'echo a\necho b', takes_arguments: false });
    await submit();
    show({ fields: [], command: null, takes_arguments: false });
    expect(button('Add')).toBeUndefined();
    expect(asked[0]).toEqual({ command: 'echo a\necho b', target: 'local' });
  });

  it('makes each kind of field an argument', () => {
    expect(
      argumentsOf([
        field('-n', '1'),
        field('--x', '', 'joined'),
        field('', '', 'plain'),
        field('-v', '', 'flag')
      ])
    ).toEqual(['-n', '1', '--x=', '', '-v']);
  });
});
