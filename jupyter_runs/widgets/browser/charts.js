// The charts that the kernel drew, and the models behind them. All that is done here needs no kernel.

class Charts {
  constructor(model) {
    this.model = model;
    this.found = new Map();
    // told of widths, never asks for them: that would lay out the page once for each chart
    this.widths = new WeakMap();
    this.sizes = new ResizeObserver((entries) => {
      for (const { target, contentRect } of entries) {
        this.widths.set(target, contentRect.width);
        const chart = contentRect.width && this.of(target);
        if (chart) this.label(chart);
      }
    });
  }

  remove() {
    this.sizes.disconnect();
    for (const chart of this.found.values()) if (chart.ready) this.forget(chart);
  }

  static card(node) {
    return node?.closest?.(".jpr-card") ?? null;
  }

  static id(card) {
    return /jpr-card-([\w-]+)/.exec(card.className)?.[1];
  }

  // What is known of a card's chart, or null while its models are still being looked up.
  of(card) {
    const id = card && Charts.id(card);
    const info = id && this.model.get("charts")[id];
    if (!info) return null;
    const chart = this.found.get(id);
    if (chart?.info === info) return chart.ready ? chart : null;
    const key = JSON.stringify(info);
    if (chart?.key === key) {
      chart.info = info;
      return chart.ready ? chart : null;
    }
    if (chart?.ready) this.forget(chart);
    const fresh = { id, info, key, card, ready: false };
    this.found.set(id, fresh);
    this.load(fresh).then(() => this.show(card, fresh));
    return null;
  }

  async load(chart) {
    const get = (id) => this.model.widget_manager.get_model(id);
    const { info } = chart;
    const known = [info.x, info.y, info.frame, ...info.axes];
    [chart.x, chart.y, chart.frame, ...chart.axes] = await Promise.all(known.map(get));
    chart.lines = await Promise.all(
      info.lines.map(async (line) => ({ ...line, models: await Promise.all(line.models.map(get)) })),
    );
    chart.ready = true;
    chart.label = () => this.label(chart);
    for (const scale of [chart.x, chart.y]) scale.on("domain_changed", chart.label);
  }

  forget(chart) {
    for (const scale of [chart.x, chart.y]) scale?.off("domain_changed", chart.label);
  }

  // Ticks are set here and not in the kernel: they follow every zoom at once, at any width.
  label(chart) {
    const width = (this.widths.get(chart.card) || 342) - 62; // the figure's margins
    const put = (axis, kind, domain, wanted) => {
      if (!domain || domain.some((v) => v === null || !Number.isFinite(v))) return;
      const ticks = axisTicks(kind, domain[0], domain[1], wanted);
      const key = JSON.stringify(ticks);
      if (axis.get("tick_key") === key) return;
      axis.set({
        tick_key: key,
        // labels first: bqplot draws new values in a transition that keeps the labels of that moment
        tick_labels: Object.fromEntries(ticks),
        tick_values: Float64Array.from(ticks.map(([value]) => value)),
      });
    };
    put(chart.axes[0], chart.info.x_kind, chart.x.domain, Math.max(2, Math.round(width / 75)));
    put(chart.axes[1], chart.info.log ? "log" : "", chart.y.domain, chart.info.ticks);
  }

  // Legend and zoom button follow the models, which may have been set before this page was loaded.
  show(card, chart) {
    chart.card = card;
    this.sizes.observe(card);
    this.label(chart);
    card.classList.toggle("jpr-zoomed", chart.x.get("min") !== null || chart.y.get("min") !== null);
    for (const key of card.querySelectorAll("[data-line]")) {
      const line = chart.lines[Number(key.dataset.line)];
      if (line) key.setAttribute("aria-pressed", String(line.models[0].get("visible")));
    }
  }

  toggle(card, index) {
    const chart = this.of(card);
    const line = chart?.lines[index];
    if (!line) return;
    const visible = !line.models[0].get("visible");
    for (const model of line.models) {
      model.set("visible", visible);
      model.save_changes();
    }
    this.show(card, chart);
  }

  zoom(card, chart, x, y) {
    const set = (scale, range) => {
      scale.set({ min: range ? range[0] : null, max: range ? range[1] : null });
      scale.save_changes();
    };
    set(chart.x, x);
    set(chart.y, y);
    // told once more beside the ping that follows: the two are answered together, or neither is
    this.model.send({ kind: "zoom", id: chart.id, x });
    this.show(card, chart);
  }

  // A part of the axis, no wider than all there is: null for that.
  static within(chart, [low, high]) {
    const [first, last] = chart.frame.get("x");
    const part = [Math.max(low, first), Math.min(high, last)];
    return part[0] <= first && part[1] >= last ? null : part;
  }

  // Where the plot is on the screen, and how data lie in it.
  static plot(card, chart) {
    const area = card.querySelector(".plotarea_events")?.getBoundingClientRect();
    if (!area || area.width < 1) return null;
    const [x0, x1] = chart.x.domain;
    const [y0, y1] = chart.y.domain;
    const log = chart.info.log;
    const height = (y) => (log ? Math.log(y / y0) / Math.log(y1 / y0) : (y - y0) / (y1 - y0));
    return {
      area,
      x: (px) => x0 + ((px - area.left) / area.width) * (x1 - x0),
      y: (py) => {
        const part = (area.bottom - py) / area.height;
        return log ? y0 * (y1 / y0) ** part : y0 + part * (y1 - y0);
      },
      left: (x) => ((x - x0) / (x1 - x0)) * area.width,
      top: (y) => (1 - height(y)) * area.height,
      span: x1 - x0,
      ends: [x0, x1],
    };
  }

  // The points nearest to x, one a visible line, all at the x of the nearest of them.
  static near(chart, plot, x) {
    const found = [];
    for (const line of chart.lines) {
      if (!line.models[0].get("visible")) continue;
      const xs = line.models[0].get("x");
      const ys = line.models[0].get("y");
      let best = -1;
      let distance = Infinity;
      for (let i = 0; i < xs.length; i += 1) {
        const gap = Math.abs(xs[i] - x);
        if (gap < distance && (Number.isFinite(ys[i]) || gap === 0)) {
          distance = gap;
          best = i;
        }
      }
      let point = best < 0 ? null : { x: xs[best], y: ys[best], text: number(ys[best]) };
      for (const [at, text] of line.marks) {
        if (Math.abs(at - x) < distance) {
          distance = Math.abs(at - x);
          point = { x: at, y: NaN, text };
        }
      }
      if (point) found.push({ ...point, line, distance });
    }
    if (!found.length) return null;
    const at = found.reduce((a, b) => (b.distance < a.distance ? b : a)).x;
    const close = Math.abs(plot.span) * 0.02 + 1e-12;
    return { x: at, points: found.filter((point) => Math.abs(point.x - at) <= close) };
  }
}
