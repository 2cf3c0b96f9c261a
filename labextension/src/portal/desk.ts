/** Questions to the person, and what there is to tell. */

import { TranslationBundle } from '@jupyterlab/translation';
import { ISignal, Signal } from '@lumino/signaling';

import { faultOf } from '../model/deeds';

export interface IQuestion {
  title: string;
  body?: string;
  /** What one agrees to. */
  action: string;
  /** Whether something is lost by it. */
  grave?: boolean;
  /** A line to be typed; without it the answer is yes or no. */
  field?: { text: string; placeholder: string };
}

export interface INotice {
  text: string;
  tone: 'good' | 'bad';
  actions: readonly { label: string; run: () => void }[];
}

const STAYS = 10_000;

export class Desk {
  constructor(private readonly trans: TranslationBundle) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get question(): IQuestion | null {
    return this.asked[0]?.question ?? null;
  }

  get notices(): readonly INotice[] {
    return this._notices;
  }

  /** Ask; what was typed (or "") if the person agrees, null if not. */
  ask(question: IQuestion): Promise<string | null> {
    return new Promise(resolve => {
      this.asked.push({ question, resolve });
      this._changed.emit();
    });
  }

  answer(value: string | null): void {
    this.asked.shift()?.resolve(value);
    this._changed.emit();
  }

  async confirm(title: string, body: string, action: string): Promise<boolean> {
    return (await this.ask({ title, body, action, grave: true })) !== null;
  }

  tell(text: string, more: Partial<INotice> = {}): void {
    const notice: INotice = { tone: 'good', actions: [], ...more, text };
    this._notices = [...this._notices, notice];
    this._changed.emit();
    setTimeout(() => this.dismiss(notice), STAYS);
  }

  dismiss(notice: INotice): void {
    this._notices = this._notices.filter(one => one !== notice);
    this._changed.emit();
  }

  readonly report = (error: unknown): void => {
    this.tell(faultOf(error, this.trans), { tone: 'bad' });
  };

  private asked: { question: IQuestion; resolve: (value: string | null) => void }[] = [];
  private _notices: readonly INotice[] = [];
  private readonly _changed = new Signal<this, void>(this);
}
