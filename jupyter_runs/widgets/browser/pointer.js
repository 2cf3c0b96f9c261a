// Pointer and keys over a chart: values under the pointer, a box to zoom, and the way back.

const make = (tag, className, parent) => {
  const node = document.createElement(tag);
  node.className = className;
  parent?.append(node);
  return node;
};

class Pointer {
  constructor(node, charts, acted) {
    this.node = node;
    this.mine = ownedBy(node);
    this.charts = charts;
    this.acted = acted;
    this.drag = null;
    this.overlay = null;
    const on = (type, handler) => node.addEventListener(type, handler.bind(this));
    on("pointermove", this.moved);
    on("pointerdown", this.pressed);
    on("pointerup", this.released);
    on("pointercancel", this.dropped);
    on("dblclick", this.doubled);
    on("keydown", this.typed);
    on("focusout", this.hide);
    node.addEventListener("pointerleave", () => this.drag || this.hide());
  }

  // The chart under an event, when it is over the plot and not over its title or legend.
  under(event) {
    const figure = this.mine(event.target) && event.target.closest(".jpr-plot");
    const card = figure && Charts.card(figure);
    const chart = card && this.charts.of(card);
    const plot = chart && Charts.plot(card, chart);
    return plot ? { figure, card, chart, plot } : null;
  }

  moved(event) {
    if (this.drag) {
      this.stretch(event);
      return;
    }
    const over = this.under(event);
    if (!over) {
      this.hide();
      return;
    }
    const { left, right } = over.plot.area;
    if (event.clientX < left - 6 || event.clientX > right + 6) this.hide();
    else this.point(over, over.plot.x(event.clientX));
  }

  point({ figure, card, chart, plot }, x) {
    const near = Charts.near(chart, plot, x);
    if (!near) {
      this.hide();
      return;
    }
    this.at = near.x;
    const { layer, line, tip } = this.layer(figure, plot);
    const left = plot.left(near.x);
    line.style.left = `${left}px`;
    tip.replaceChildren();
    make("div", "jpr-tip-x", tip).textContent = place(chart.info, near.x);
    for (const dot of layer.querySelectorAll(".jpr-dot")) dot.remove();
    for (const point of near.points) {
      const row = make("div", "jpr-tip-row", tip);
      make("i", "jpr-swatch", row).style.background = point.line.color;
      make("span", "", row).textContent = point.line.label;
      make("b", "", row).textContent = point.text;
      const top = plot.top(point.y);
      if (!(top >= -1 && top <= plot.area.height + 1)) continue;
      const dot = make("i", "jpr-dot", layer);
      Object.assign(dot.style, {
        left: `${plot.left(point.x)}px`,
        top: `${top}px`,
        background: point.line.color,
      });
    }
    const after = left < plot.area.width / 2;
    tip.style.left = after ? `${left + 10}px` : "auto";
    tip.style.right = after ? "auto" : `${plot.area.width - left + 10}px`;
    card.dataset.tip = tip.textContent;
  }

  layer(figure, plot) {
    if (this.overlay?.figure !== figure) {
      this.hide();
      const layer = make("div", "jpr-over", figure);
      this.overlay = {
        figure,
        layer,
        line: make("i", "jpr-cross", layer),
        tip: make("div", "jpr-tip", layer),
      };
      this.overlay.tip.setAttribute("role", "status");
    }
    const from = figure.getBoundingClientRect();
    Object.assign(this.overlay.layer.style, {
      left: `${plot.area.left - from.left}px`,
      top: `${plot.area.top - from.top}px`,
      width: `${plot.area.width}px`,
      height: `${plot.area.height}px`,
    });
    return this.overlay;
  }

  hide() {
    this.overlay?.layer.remove();
    this.overlay = null;
  }

  pressed(event) {
    const over = event.button === 0 && this.under(event);
    if (!over) return;
    event.preventDefault();
    over.figure.dataset.pointed = ""; // no ring around what was not reached by key
    over.figure.focus({ preventScroll: true });
    this.hide();
    this.drag = { ...over, from: [event.clientX, event.clientY], box: null };
    try {
      over.figure.setPointerCapture(event.pointerId);
    } catch {
      // a pointer that is gone already
    }
  }

  stretch(event) {
    const { plot, from, figure } = this.drag;
    const { area } = plot;
    const clamp = (v, a, b) => Math.min(Math.max(v, a), b);
    const [x0, x1] = [from[0], event.clientX].map((v) => clamp(v, area.left, area.right)).sort((a, b) => a - b);
    let [y0, y1] = [from[1], event.clientY].map((v) => clamp(v, area.top, area.bottom)).sort((a, b) => a - b);
    this.drag.tall = y1 - y0 >= 12;
    if (!this.drag.tall) [y0, y1] = [area.top, area.bottom];
    this.drag.range = [x0, x1, y0, y1];
    if (x1 - x0 < 4) return;
    const base = figure.getBoundingClientRect();
    this.drag.box ??= make("div", "jpr-box", figure);
    Object.assign(this.drag.box.style, {
      left: `${x0 - base.left}px`,
      top: `${y0 - base.top}px`,
      width: `${x1 - x0}px`,
      height: `${y1 - y0}px`,
    });
  }

  released(event) {
    if (!this.drag) return;
    this.stretch(event);
    const { card, chart, plot, range, tall } = this.drag;
    this.dropped();
    const [x0, x1, y0, y1] = range;
    if (x1 - x0 < 6) return;
    const y = tall ? [plot.y(y1), plot.y(y0)] : null;
    this.charts.zoom(card, chart, [plot.x(x0), plot.x(x1)], y);
    this.acted();
  }

  dropped() {
    this.drag?.box?.remove();
    this.drag = null;
  }

  doubled(event) {
    const over = this.under(event);
    if (over) this.reset(over.card);
  }

  reset(card) {
    const chart = this.charts.of(card);
    if (!chart) return;
    this.hide();
    this.charts.zoom(card, chart, null, null);
    this.acted();
  }

  typed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      this.dropped();
      this.hide();
      return;
    }
    const over = event.target.classList?.contains("jpr-plot") && this.under(event);
    if (!over) return;
    delete over.figure.dataset.pointed;
    const { card, chart, plot } = over;
    const [x0, x1] = plot.ends;
    const middle = this.at > x0 && this.at < x1 ? this.at : (x0 + x1) / 2;
    const scaled = (factor) => [middle - (middle - x0) * factor, middle + (x1 - middle) * factor];
    const slide = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (slide) this.point(over, this.step(chart, plot, middle, slide));
    else if (event.key === "+" || event.key === "=") this.charts.zoom(card, chart, scaled(0.5), null);
    else if (event.key === "-") this.charts.zoom(card, chart, Charts.within(chart, scaled(2)), null);
    else if (event.key === "0") this.reset(card);
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (slide) return;
    this.hide(); // what it pointed at has moved
    this.acted();
  }

  // The next point to the left or right, at least a pixel and a half away.
  step(chart, plot, x, sign) {
    const gap = (plot.span / plot.area.width) * 1.5;
    let best = null;
    for (const { models } of chart.lines) {
      if (!models[0].get("visible")) continue;
      for (const at of models[0].get("x")) {
        if ((at - x) * sign > gap && (best === null || (at - best) * sign < 0)) best = at;
      }
    }
    return best ?? x;
  }
}
