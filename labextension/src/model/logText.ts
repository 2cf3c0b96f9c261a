/** What is shown of a log: its end first, then what is new, and earlier lines when asked for. */

import { ILogPart } from '../api';
import { Terminal } from './terminal';

/** Characters that stay in the page before the oldest go. */
const MOST = 1_000_000;
const PIECES = 32;

export class LogText {
  /** `part` is the end of the log, as it was written. */
  constructor(part: ILogPart) {
    this.begin = part.start;
    this.end = part.start;
    this.take(part);
  }

  /** Bytes: where what is shown begins and ends, and how long the file is. */
  begin: number;
  end: number;
  size = 0;

  get text(): string {
    return this.pieces.map(piece => piece.text).join('') + this.terminal.live;
  }

  /** Take what was written since, as it was written. */
  take(part: ILogPart): void {
    const finished = this.terminal.feed(part.text);
    if (finished) {
      this.pieces.push({ start: part.start, text: finished });
      this.settle();
    }
    this.end = part.end;
    this.size = part.size;
  }

  /** Put the lines before it, as a terminal shows them. */
  before(part: ILogPart): void {
    if (part.start < this.begin) {
      this.pieces.unshift({ start: part.start, text: part.text });
      this.begin = part.start;
    }
  }

  private settle(): void {
    const { pieces } = this;
    if (pieces.length > PIECES) {
      const half = pieces.splice(0, pieces.length / 2);
      pieces.unshift({
        start: half[0].start,
        text: half.map(piece => piece.text).join('')
      });
    }
    let length = pieces.reduce((sum, piece) => sum + piece.text.length, 0);
    while (length > MOST && pieces.length > 1) {
      length -= (pieces.shift() as { text: string }).text.length;
      this.begin = pieces[0].start;
    }
  }

  private readonly pieces: { start: number; text: string }[] = [];
  private readonly terminal = new Terminal();
}
