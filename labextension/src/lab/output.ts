import { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { PartialJSONObject } from '@lumino/coreutils';
import { Message } from '@lumino/messaging';
import { Panel, Widget } from '@lumino/widgets';

import { IRunRef } from '../api';

/** What `show()` puts beside the widget: where the run lies. */
export const RUN_MIME = 'application/vnd.jupyter-runs+json';
const WIDGET_MIME = 'application/vnd.jupyter.widget-view+json';
const HTML_MIME = 'text/html';

/** Before the widget's own renderer (-10), which can only show the widget. */
export const RANK = -20;
const LONGEST_WAIT_MS = 1000;
/** So long the widget may take to come before the server is asked for the run. */
export const GRACE_MS = 1500;
/** What ipywidgets marks a widget with when its kernel was restarted or has ended. */
const CUT_OFF = 'jupyter-widgets-disconnected';

/** Gives what shows a run through the server, null where the server has no such run. */
export type Attach = (run: IRunRef) => Promise<Widget | null>;

/**
 * A run in a cell's output: the live widget where there is one, else the static picture.
 *
 * Lab alone would show "Loading widget…" while a kernel is busy or missing, and "model not found" when
 * it is gone. Here the picture stands until the widget is there (the style sheet switches), and a
 * renewed picture leaves the widget as it is. Where no widget comes, or its kernel goes, the run is shown
 * through the server.
 */
export class RunOutput extends Panel implements IRenderMime.IRenderer {
  constructor(
    private readonly registry: IRenderMimeRegistry,
    private readonly attach: Attach | null = null
  ) {
    super();
    this.addClass('jp-Runs-output');
    this.picture = registry.createRenderer(HTML_MIME);
    this.picture.addClass('jp-Runs-picture');
    this.addWidget(this.picture);
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.model = model;
    const html = String(model.data[HTML_MIME] ?? '');
    if (html !== this.drawn) {
      this.drawn = html;
      await this.picture.renderModel(model);
    }
    this.look();
  }

  dispose(): void {
    clearTimeout(this.timer);
    clearTimeout(this.grace);
    this.watcher.disconnect();
    super.dispose();
  }

  protected onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.look();
    this.watch();
    clearTimeout(this.grace);
    this.grace = setTimeout(() => void this.askServer(), GRACE_MS);
  }

  /** No widget yet: perhaps its kernel is busy or gone. The server knows the run all the same. */
  private async askServer(): Promise<void> {
    const run = runOf(this.model?.data[RUN_MIME]);
    const live = this.node.querySelector(`.jpr-root:not(.${CUT_OFF})`);
    if (!run || !this.attach || this.attached || live || this.isDisposed) {
      return;
    }
    this.attached = true;
    const widget = await this.attach(run).catch(() => null);
    if (widget && !this.isDisposed) {
      this.addWidget(widget);
      this.addClass('jp-mod-attached');
    }
  }

  /** Wait for the widget, then for the mark that its kernel is gone; a widget's own changes cost nothing. */
  private watch(): void {
    this.watcher.disconnect();
    const root = this.live?.node.querySelector('.jpr-root');
    if (!root) {
      this.watcher.observe(this.node, { childList: true, subtree: true });
    } else if (root.classList.contains(CUT_OFF)) {
      void this.askServer();
    } else {
      this.watcher.observe(root, { attributeFilter: ['class'] });
    }
  }

  /** Draw the widget once its manager is there, which knows the kernel that has the model. */
  private look(): void {
    clearTimeout(this.timer);
    const { model } = this;
    const view = model?.data[WIDGET_MIME] as PartialJSONObject | undefined;
    const id = view?.model_id;
    if (this.isDisposed || !model?.trusted || !id || id === this.shown) {
      return;
    }
    const registry = this.isAttached ? registryAbove(this) : null;
    if (
      registry &&
      registry.getFactory(WIDGET_MIME) &&
      registry.getFactory(WIDGET_MIME) !== this.registry.getFactory(WIDGET_MIME)
    ) {
      this.shown = id;
      this.live?.dispose();
      this.live = registry.createRenderer(WIDGET_MIME);
      this.live.addClass('jp-Runs-live');
      this.insertWidget(0, this.live);
      this.watch();
      void this.live.renderModel(model);
      return;
    }
    this.wait = Math.min(this.wait * 1.5, LONGEST_WAIT_MS);
    this.timer = setTimeout(() => this.look(), this.wait);
  }

  private readonly picture: IRenderMime.IRenderer;
  private live: IRenderMime.IRenderer | null = null;
  private model: IRenderMime.IMimeModel | null = null;
  private drawn: string | null = null;
  private shown: unknown = null;
  private attached = false;
  private readonly watcher = new MutationObserver(() => this.watch());
  private grace: ReturnType<typeof setTimeout> | undefined = undefined;
  private wait = 20;
  private timer: ReturnType<typeof setTimeout> | undefined = undefined;
}

/** Where a saved output says that its run lies; it comes from a file, so it may say anything. */
function runOf(told: unknown): IRunRef | null {
  const { workspace, run_id: id } = (told ?? {}) as { [name: string]: unknown };
  return typeof workspace === 'string' && typeof id === 'string'
    ? { workspace, id }
    : null;
}

/** The renderers of the output area that a widget is in: those of its notebook. */
function registryAbove(widget: Widget): IRenderMimeRegistry | null {
  for (let at: Widget | null = widget.parent; at; at = at.parent) {
    const { rendermime } = at as Widget & { rendermime?: IRenderMimeRegistry };
    if (rendermime) {
      return rendermime;
    }
  }
  return null;
}
