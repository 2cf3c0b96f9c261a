import { beforeEach, describe, expect, it, vi } from 'vitest';

import { ApiError, Client } from '../api';
import {
  archiveRuns,
  cancelRuns,
  copyIds,
  faultOf,
  headingAt,
  IAsked,
  labelsOf,
  renameRun,
  tagOf,
  tagRuns
} from '../model/deeds';
import { aRun, trans } from './fixtures';

const runs = [aRun(), aRun({ id: 'r2', active: true, archived: true })];

function around(answer: string | null = null) {
  const acted = vi.fn(async () => undefined);
  return {
    acted,
    client: {
      tag: acted,
      rename: acted,
      cancel: acted,
      archive: acted
    } as unknown as Client,
    trans,
    ask: vi.fn<(question: IAsked) => Promise<string | null>>(async () => answer),
    report: vi.fn(),
    done: vi.fn<(text: string, undo: () => void) => void>(),
    changed: vi.fn()
  };
}

describe('a tag', () => {
  it.each([
    ['model: cnn', { model: 'cnn' }],
    ['model=cnn', { model: 'cnn' }],
    [' best ', { best: null }],
    ['note:', { note: '' }],
    ['url: http://a/?b=c:d', { url: 'http://a/?b=c:d' }],
    ['two\nlines: a\nb', { 'two\nlines': 'a\nb' }],
    ['__proto__: x', { ['__proto__']: 'x' }],
    ['', null],
    [' : x', null]
  ])('%j is %j', (typed, tag) => {
    expect(tagOf(typed)).toEqual(tag);
  });

  it('is given to all of them, and to none where the person does not agree', async () => {
    const to = around('model: cnn');
    await tagRuns(to, runs);
    expect(to.ask.mock.calls[0][0].title).toBe('Tag 2 runs');
    expect(to.acted.mock.calls).toEqual(runs.map(run => [run, { model: 'cnn' }]));
    expect(to.changed).toHaveBeenCalledTimes(1);
    for (const answer of [null, '', ':']) {
      const not = around(answer);
      await tagRuns(not, runs);
      expect(not.acted).not.toHaveBeenCalled();
      expect(not.changed).not.toHaveBeenCalled();
    }
  });
});

describe('a name', () => {
  it('is asked for beginning with the one it has', async () => {
    const to = around('  <b>calm</b> ');
    await renameRun(to, runs[0]);
    expect(to.ask.mock.calls[0][0].field.text).toBe(runs[0].name);
    expect(to.acted).toHaveBeenCalledWith(runs[0], '<b>calm</b>');
  });

  it.each([null, '  ', runs[0].name])('stays where the answer is %j', async answer => {
    const to = around(answer);
    await renameRun(to, runs[0]);
    expect(to.acted).not.toHaveBeenCalled();
  });
});

describe('what is acted with several runs', () => {
  it('is acted with those that it is for', async () => {
    const to = around();
    await cancelRuns(to, runs);
    expect(to.acted.mock.calls).toEqual([[runs[1]]]);
  });

  it('archives all unless all are', async () => {
    const to = around();
    await archiveRuns(to, runs);
    expect(to.acted.mock.calls).toEqual(runs.map(run => [run, true]));
    expect(to.done.mock.calls[0][0]).toBe('2 runs are archived.');
    expect(labelsOf(runs, trans).archive).toBe('Archive');
    const back = around();
    await archiveRuns(back, runs.slice(1));
    expect(back.acted).toHaveBeenCalledWith(runs[1], false);
    back.done.mock.calls[0][1]();
    expect(back.acted).toHaveBeenLastCalledWith(runs[1], true);
    await vi.waitFor(() => expect(back.changed).toHaveBeenCalledTimes(2));
    expect(labelsOf(runs.slice(1), trans).archive).toBe('Unarchive');
  });

  it('tells what fails, and has lists ask again all the same', async () => {
    const fault = new ApiError(409, 'It is going on.');
    const to = around('x');
    to.acted.mockRejectedValue(fault);
    await tagRuns(to, runs);
    expect(to.report).toHaveBeenCalledWith(fault);
    expect(to.changed).toHaveBeenCalledTimes(1);
    await archiveRuns(to, runs);
    expect(to.done).not.toHaveBeenCalled();
    expect(faultOf(fault, trans)).toBe('It is going on.');
    expect(faultOf(new TypeError('fetch failed'), trans)).toMatch('does not answer');
  });

  it('tells where ids can not be copied', async () => {
    const write = vi.fn<(text: string) => Promise<void>>(async () => {
      throw new Error('not allowed');
    });
    vi.stubGlobal('navigator', { clipboard: { writeText: write } });
    const to = around();
    await copyIds(to, runs);
    vi.unstubAllGlobals();
    expect(write).toHaveBeenCalledWith('r1\nr2');
    expect(to.report).toHaveBeenCalledTimes(1);
  });
});

describe('a heading', () => {
  beforeEach(() => {
    document.body.innerHTML =
      '<div class="jp-Runs-heading" data-workspace="w" data-experiment=""><b></b></div><i></i>';
  });

  it('is found from within it, whatever its experiment is called', () => {
    const at = (query: string) => headingAt(document.querySelector(query));
    expect(at('b')).toEqual({ workspace: 'w', experiment: '' });
    expect(at('i')).toBe(null);
    expect(at('u')).toBe(null);
  });
});
