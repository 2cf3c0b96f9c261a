/**
 * Logs as a terminal would show them, without colours: `views/terminal.py` says the same.
 *
 * Progress bars go back to the beginning of their line, and several at once go up to the line of another. So the last
 * lines of what was written are kept until nothing can change them any more.
 */

const TOKEN = new RegExp(
  [
    '\\x1b\\[([0-?]*)[ -/]*([@-~])', // an order with numbers: colours, the cursor
    '\\x1b\\][^\\x07\\x1b]*(?:\\x07|\\x1b\\\\)?', // titles
    '\\x1b[ -/][0-~]', // character sets
    '\\x1b[@-Z\\\\-_]',
    '([\\r\\n\\b])',
    '([^\\x1b\\r\\n\\b]+)',
    '\\x1b'
  ].join('|'),
  'gu'
);
const UNFINISHED = new RegExp(
  ['\\x1b', '(?:[ -/]|\\[[0-?]*[ -/]*|\\][^\\x07\\x1b]{0,200})?$'].join(''),
  'u'
);
/** Finished lines that are kept: a first bar may be followed by others at any moment. */
const KEEP = 2;
/** And so many once something went up. */
const BARS = 24;
/** Columns that a cursor may be sent to. */
const WIDE = 10_000;

/** Takes what was written in pieces, and gives what is shown of it. */
export class Terminal {
  /** The last lines, which may still change. */
  get live(): string {
    return this.lines.join('\n');
  }

  /** Take text; gives the lines that nothing will change any more. */
  feed(written: string): string {
    const text = this.held + written;
    const cut = UNFINISHED.exec(text);
    this.held = cut ? text.slice(cut.index) : '';
    const whole = cut ? text.slice(0, cut.index) : text;
    for (const [, given, order, control, plain] of whole.matchAll(TOKEN)) {
      if (plain !== undefined) {
        this.write(plain);
      } else if (control !== undefined) {
        this.control(control);
      } else if (order !== undefined) {
        this.obey(order, given);
      }
    }
    const done = Math.min(this.lines.length - 1 - this.keep, this.row);
    if (done <= 0) {
      return '';
    }
    this.row -= done;
    return this.lines.splice(0, done).join('\n') + '\n';
  }

  private write(text: string): void {
    const line = this.lines[this.row];
    const at = this.column;
    const size = count(line);
    const after = at + count(text);
    this.lines[this.row] =
      at === size
        ? line + text
        : cutTo(line, 0, at) +
          ' '.repeat(Math.max(0, at - size)) +
          text +
          cutTo(line, after);
    this.column = after;
  }

  private control(control: string): void {
    if (control === '\n') {
      this.row += 1;
      if (this.row === this.lines.length) {
        this.lines.push('');
      }
    }
    this.column = control === '\b' ? Math.max(0, this.column - 1) : 0;
  }

  private obey(order: string, given: string): void {
    const number = /^\d{1,5}$/.test(given) ? Number(given) : 0;
    const steps = Math.min(Math.max(1, number), WIDE);
    switch (order) {
      case 'A':
        this.keep = BARS;
        this.row = Math.max(0, this.row - steps);
        break;
      case 'B':
        this.row = Math.min(this.lines.length - 1, this.row + steps);
        break;
      case 'C':
        this.column = Math.min(WIDE, this.column + steps);
        break;
      case 'D':
        this.column = Math.max(0, this.column - steps);
        break;
      case 'G':
        this.column = steps - 1;
        break;
      case 'K':
        this.erase(number);
        break;
    }
  }

  /** Erase a line from the cursor on (0), up to it (1), or all of it (2). */
  private erase(what: number): void {
    const line = this.lines[this.row];
    const at = this.column;
    this.lines[this.row] =
      what === 0
        ? cutTo(line, 0, at)
        : what === 1
          ? ' '.repeat(at) + cutTo(line, at)
          : '';
  }

  private readonly lines = [''];
  private row = 0;
  private column = 0;
  private keep = KEEP;
  private held = '';
}

const PAIRS = /[\ud800-\udfff]/;

/** How many characters a text has: an emoji is one. */
function count(text: string): number {
  return PAIRS.test(text) ? [...text].length : text.length;
}

function cutTo(text: string, from: number, to?: number): string {
  return PAIRS.test(text) ? [...text].slice(from, to).join('') : text.slice(from, to);
}
