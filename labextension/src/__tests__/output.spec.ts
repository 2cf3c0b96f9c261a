import {
  MimeModel,
  RenderMimeRegistry,
  standardRendererFactories
} from '@jupyterlab/rendermime';
import { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Panel, Widget } from '@lumino/widgets';

import { RUN_MIME, RunOutput } from '../lab/output';

const WIDGET_MIME = 'application/vnd.jupyter.widget-view+json';

class FakeWidget extends Widget implements IRenderMime.IRenderer {
  static made: FakeWidget[] = [];

  constructor() {
    super();
    FakeWidget.made.push(this);
  }

  async renderModel(): Promise<void> {
    this.node.innerHTML = '<div class="jpr-root"></div>';
  }
}

function factory(): IRenderMime.IRendererFactory {
  return {
    safe: false,
    mimeTypes: [WIDGET_MIME],
    createRenderer: () => new FakeWidget()
  };
}

function bundle(html: string, id = 'one', trusted = true): MimeModel {
  return new MimeModel({
    trusted,
    data: {
      [WIDGET_MIME]: { model_id: id },
      [RUN_MIME]: { version: 1, workspace: 'w', run_id: 'r' },
      'text/html': html
    }
  });
}

describe('RunOutput', () => {
  let registry: RenderMimeRegistry;
  let area: Panel & { rendermime?: RenderMimeRegistry };
  let output: RunOutput;

  beforeEach(() => {
    vi.useFakeTimers();
    FakeWidget.made = [];
    registry = new RenderMimeRegistry({ initialFactories: standardRendererFactories });
    registry.addFactory(factory(), -10);
    area = new Panel();
    area.rendermime = registry.clone();
    output = new RunOutput(registry);
    area.addWidget(output);
    Widget.attach(area, document.body);
  });

  afterEach(() => {
    area.dispose();
    vi.useRealTimers();
  });

  function manager(): void {
    area.rendermime!.removeMimeType(WIDGET_MIME);
    area.rendermime!.addFactory(factory(), -10);
  }

  it('shows the picture as long as there is no kernel', async () => {
    await output.renderModel(bundle('<p>as of then</p>'));
    vi.advanceTimersByTime(10_000);
    expect(output.node.textContent).toContain('as of then');
    expect(FakeWidget.made).toHaveLength(0);
  });

  it('draws the widget when its manager comes', async () => {
    await output.renderModel(bundle('<p>as of then</p>'));
    manager();
    vi.advanceTimersByTime(2_000);
    expect(output.node.querySelectorAll('.jpr-root')).toHaveLength(1);
  });

  it('leaves the widget alone when the picture is renewed', async () => {
    manager();
    await output.renderModel(bundle('<p>old</p>'));
    const root = output.node.querySelector('.jpr-root');
    await output.renderModel(bundle('<p>new</p>'));
    expect(output.node.textContent).toContain('new');
    expect(output.node.querySelector('.jpr-root')).toBe(root);
    expect(FakeWidget.made).toHaveLength(1);
  });

  it('draws another widget that takes its place', async () => {
    manager();
    await output.renderModel(bundle('<p>x</p>'));
    await output.renderModel(bundle('<p>x</p>', 'two'));
    expect(FakeWidget.made).toHaveLength(2);
    expect(FakeWidget.made[0].isDisposed).toBe(true);
  });

  it('draws no widget in a notebook that is not trusted', async () => {
    manager();
    await output.renderModel(bundle('<p>safe</p>', 'one', false));
    vi.advanceTimersByTime(10_000);
    expect(output.node.textContent).toContain('safe');
    expect(FakeWidget.made).toHaveLength(0);
  });

  it('shows the run through the server when the kernel of its widget goes', async () => {
    const attached = new Widget();
    const attach = vi.fn(() => Promise.resolve(attached));
    output.dispose();
    output = new RunOutput(registry, attach);
    area.addWidget(output);
    manager();
    await output.renderModel(bundle('<p>x</p>'));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(attach).not.toHaveBeenCalled();
    output.node.querySelector('.jpr-root')!.classList.add('jupyter-widgets-disconnected');
    await vi.advanceTimersByTimeAsync(0);
    expect(attach).toHaveBeenCalledWith({ workspace: 'w', id: 'r' });
    expect(attached.parent).toBe(output);
  });

  it('stops waiting when it is taken away', async () => {
    await output.renderModel(bundle('<p>x</p>'));
    output.dispose();
    expect(vi.getTimerCount()).toBe(0);
  });
});
