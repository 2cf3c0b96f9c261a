import { LogText } from '../model/logText';
import { Terminal } from '../model/terminal';

function shown(...pieces: string[]): string {
  const terminal = new Terminal();
  return pieces.map(piece => terminal.feed(piece)).join('') + terminal.live;
}

/** Two bars of tqdm, one below the other. */
function nested(epochs: number, batches: number): string {
  let text = '';
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    text += `\repochs ${epoch}/${epochs}`;
    for (let batch = 0; batch < batches; batch += 1) {
      text += `\n\rbatches ${batch}/${batches}\x1b[A`;
    }
  }
  return text;
}

describe('Terminal', () => {
  // the cases of tests/views/test_terminal.py
  it.each([
    ['', ''],
    ['a\nb\n', 'a\nb\n'],
    ['a\r\nb\r\n', 'a\nb\n'],
    ['\x1b[1;31mred\x1b[0m \x1b]0;title\x07x\x1b(B', 'red x'],
    [' 10%|#\r 50%|###\r100%|####\nend', '100%|####\nend'],
    ['abcdef\rxy', 'xycdef'],
    ['abcdef\rxy\x1b[K', 'xy'],
    ['abc\x1b[2K\rx', 'x'],
    ['abc\x1b[1Kd', '   d'],
    ['abc\b\bX', 'aXc'],
    ['abc\x1b[1GX\x1b[2CY', 'XbcY'],
    ['a\nb\x1b[99Ac', 'ac\nb'],
    ['a\x1b[99999999999A\x1b[;mb\x1b', 'ab'],
    ['progress\r', 'progress'],
    ['🚀🚀🚀\rab', 'ab🚀'],
    ['<b>\r\x1b[3C!', '<b>!']
  ])('%j is shown as %j', (written, wanted) => {
    expect(shown(written)).toBe(wanted);
  });

  it('shows the same whatever pieces it comes in', () => {
    const text = `start\n${nested(3, 20)}\n\n\x1b[32mdone\x1b[0m\n`;
    const whole = shown(text);
    expect(whole).toBe('start\nepochs 2/3\nbatches 19/20\ndone\n');
    for (const size of [1, 2, 3, 7, 50]) {
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      expect(shown(...pieces)).toBe(whole);
    }
  });

  it('gives away what can not change any more', () => {
    const terminal = new Terminal();
    const lines = Array.from({ length: 100 }, (_, index) => `${index}\n`);
    expect(terminal.feed(lines.join(''))).toBe(lines.slice(0, 98).join(''));
    expect(terminal.live).toBe('98\n99\n');
  });
});

describe('LogText', () => {
  const part = (start: number, text: string, size = start + text.length) => ({
    name: 'log',
    text,
    start,
    end: start + text.length,
    size
  });

  it('goes on with a bar in its line, and has earlier lines above', () => {
    const log = new LogText(part(100, 'a\n 10%|#'));
    log.take(part(108, '\r 50%|###'));
    log.take(part(117, '\r100%|####\nb\n'));
    expect(log.text).toBe('a\n100%|####\nb\n');
    log.before(part(90, 'earlier..\n'));
    expect([log.begin, log.end]).toEqual([90, 130]);
    expect(log.text.startsWith('earlier..\na\n')).toBe(true);
    log.before(part(90, 'twice\n'));
    expect(log.text).not.toContain('twice');
  });

  it('lets go of the oldest when it is too much', () => {
    const line = `${'x'.repeat(9_999)}\n`;
    const log = new LogText(part(0, line));
    for (let at = 1; at < 300; at += 1) {
      log.take(part(at * line.length, line));
    }
    expect(log.text.length).toBeLessThan(1_100_000);
    expect(log.begin).toBeGreaterThan(1_000_000);
    expect(log.end).toBe(300 * line.length);
  });
});
