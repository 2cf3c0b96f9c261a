// The rest of what the browser does alone: tabs, clock, copying, sorting, what is in sight.

// Whether a node is of this body, and not of one that is shown within it (a child's).
const ownedBy = (body) => (node) => node?.closest?.(".jpr-stage")?.contains(body) ?? false;

class Page {
  constructor(model, body, charts) {
    this.model = model;
    this.node = body.node;
    this.mine = ownedBy(this.node);
    this.charts = charts;
    this.open = new Map();
    this.sight = new Set();
    this.waiting = new Map();
    this.pings = 0;
    this.pointer = new Pointer(this.node, charts, () => this.ping());
    const on = (type, handler, capture) =>
      this.node.addEventListener(type, (event) => this.mine(event.target) && handler(event), capture);
    on("click", (event) => this.clicked(event));
    on("keydown", (event) => this.typed(event));
    on("input", () => this.ping());
    on("toggle", ({ target }) => this.open.set(target.dataset.keep, target.open), true);
    this.seen = new IntersectionObserver((entries) => this.looked(entries), { rootMargin: "150px" });
    this.watch = new MutationObserver((changes) => {
      if (changes.some(({ target }) => !(target instanceof SVGElement))) this.soon();
    });
    this.watch.observe(this.node, { childList: true, subtree: true });
    on("scroll", ({ target }) => this.scrolled(target), true);
    this.timer = setInterval(() => this.tick(), 1000);
    this.read = this.readClock.bind(this);
    model.on("change:clock", this.read);
    // what is known of a chart may come after its card: without it bqplot's own ticks would stay
    this.known = () => this.soon();
    model.on("change:charts", this.known);
    this.hear = this.heard.bind(this);
    model.on("msg:custom", this.hear);
    this.started = Date.now() - 1000 * Math.max(0, Date.now() / 1000 - (model.get("clock").updated ?? 0));
    this.refill();
  }

  all(selector) {
    return [...this.node.querySelectorAll(selector)].filter(this.mine);
  }

  remove() {
    clearInterval(this.timer);
    this.watch.disconnect();
    this.seen.disconnect();
    this.charts.remove();
    this.model.off("change:clock", this.read);
    this.model.off("change:charts", this.known);
    this.model.off("msg:custom", this.hear);
  }

  soon() {
    if (this.pending) return;
    this.pending = true;
    queueMicrotask(() => {
      this.pending = false;
      this.refill();
    });
  }

  // Runs after any part was drawn anew: what only the browser knows is put back.
  refill() {
    for (const card of this.all(".jpr-card:not([data-seen])")) {
      card.dataset.seen = "";
      this.seen.observe(card);
    }
    // looked at anew after each page of cards: it may still be in sight, which is no change to tell
    const [more] = this.all(".jpr-more");
    if (more && more.textContent !== this.offered) {
      this.offered = more.textContent;
      this.seen.unobserve(more);
      this.seen.observe(more);
    }
    for (const card of this.all(".jpr-card")) {
      const plot = card.querySelector(".jpr-plot:not([tabindex])");
      if (plot) {
        plot.tabIndex = 0;
        plot.setAttribute("role", "img");
        plot.setAttribute("aria-label", card.querySelector(".jpr-card-title")?.textContent ?? "chart");
      }
      const chart = this.charts.of(card);
      if (chart) this.charts.show(card, chart);
    }
    for (const part of this.all("details[data-keep]")) {
      const open = this.open.get(part.dataset.keep);
      if (open !== undefined && part.open !== open) part.open = open;
    }
    for (const table of this.all("table[data-sort]")) this.sort(table);
    this.tabs();
    this.tick();
  }

  tabs() {
    const [row] = this.all(".jpr-tabs");
    if (!row) return;
    row.setAttribute("role", "tablist");
    for (const button of row.querySelectorAll("button")) {
      button.setAttribute("role", "tab");
      const on = String(button.classList.contains("mod-active"));
      if (button.getAttribute("aria-selected") !== on) button.setAttribute("aria-selected", on);
    }
  }

  readClock() {
    this.started = Date.now();
    this.tick();
  }

  tick() {
    const clock = this.model.get("clock");
    const passed = (Date.now() - this.started) / 1000;
    const put = (name, text) => {
      for (const node of this.all(`[data-jpr=${name}]`)) {
        if (node.textContent !== text) node.textContent = text;
      }
    };
    put("ago", ago(passed));
    if (!clock.active) return;
    if (clock.elapsed !== null) put("elapsed", duration(clock.elapsed + passed));
    // an estimate that has run out says nothing any more
    const left = clock.left === null ? 0 : clock.left - passed;
    put("left", left > 0 ? `about ${about(left)} left` : "");
  }

  looked(entries) {
    for (const { target, isIntersecting } of entries) {
      if (target.classList.contains("jpr-more")) {
        if (isIntersecting && !target.disabled && target.offsetParent) target.click();
        continue;
      }
      const id = Charts.id(target);
      if (isIntersecting) this.sight.add(id);
      else this.sight.delete(id);
    }
    clearTimeout(this.tellSight);
    this.tellSight = setTimeout(() => {
      this.model.set("sight", [...this.sight]);
      this.model.save_changes();
    }, 120);
  }

  clicked(event) {
    const button = event.target.closest("[data-jpr]");
    const act = button?.dataset.jpr;
    if (act === "line") this.charts.toggle(Charts.card(button), Number(button.dataset.line));
    else if (act === "reset") this.pointer.reset(Charts.card(button));
    else if (act === "copy") this.copy(button);
    else if (act === "sort") this.sorted(button);
    else if (act === "follow") button.closest(".jpr-log-frame").querySelector(".jpr-log").scrollTop = 0;
    else if (act === "open") this.model.send({ kind: "open", run: button.dataset.run });
    else if (act === "untag") this.model.send({ kind: "untag", key: button.dataset.key });
    else if (act === "download") this.model.send({ kind: "download", name: button.dataset.name });
    const cancel = event.target.closest(".jpr-cancel");
    if (cancel && !cancel.disabled) {
      this.cancel(cancel, "■ Canceling…");
      // told over our own channel too: that may be heard while a cell runs, and the button's is not
      this.model.send({ kind: "cancel" });
    }
    if (event.target.closest("button, a, [data-jpr]")) {
      if (event.target.closest(".jpr-tabs")) setTimeout(() => this.tabs());
      if (!["line", "copy", "sort", "follow"].includes(act)) this.ping();
    }
  }

  // A log begins at its end (the box is turned around), and follows it until somebody scrolls up.
  scrolled(box) {
    if (box.classList?.contains("jpr-log")) {
      box.parentElement.classList.toggle("jpr-up", box.scrollTop < -24);
    }
  }

  typed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const tab = event.target.closest(".jpr-tabs button");
    const way = { ArrowLeft: -1, ArrowRight: 1, Home: -99, End: 99 }[event.key];
    if (tab && way) {
      const all = [...tab.parentElement.querySelectorAll("button")].filter((b) => b.offsetParent);
      const next = all[Math.min(Math.max(all.indexOf(tab) + way, 0), all.length - 1)];
      next.focus();
      next.click();
      event.preventDefault();
    }
    // a key meant for a control here is no shortcut of the notebook's
    if (event.target.closest("button, input, select, summary, a, [role=slider], .jpr-plot")) {
      event.stopPropagation();
    }
  }

  async copy(button) {
    const was = button.textContent;
    try {
      await navigator.clipboard.writeText(button.dataset.text);
    } catch {
      const area = make("textarea", "", document.body);
      area.value = button.dataset.text;
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = was), 1500);
  }

  sorted(button) {
    const table = button.closest("table");
    const state = { ...this.model.get("ui").sort };
    const { column } = button.dataset;
    const [old, down] = state[table.dataset.sort] ?? [];
    state[table.dataset.sort] = [column, old === column ? !down : false];
    this.model.set("ui", { ...this.model.get("ui"), sort: state });
    this.model.save_changes();
    this.sort(table);
  }

  // By the name of a column: its place may change when other runs come.
  sort(table) {
    const [column, down] = this.model.get("ui").sort?.[table.dataset.sort] ?? [];
    const heads = [...table.tHead.rows[0].cells];
    const place = heads.findIndex((head) => head.querySelector("button")?.dataset.column === column);
    const key = `${place} ${down}`;
    if (place < 0 || table.dataset.sorted === key) return;
    table.dataset.sorted = key;
    const value = (row) => {
      const text = row.cells[place]?.dataset.v ?? "";
      return text === "" || Number.isNaN(Number(text)) ? text : Number(text);
    };
    const compare = (a, b) => {
      const [x, y] = [value(a), value(b)];
      if (x === "" || y === "") return (x === "") - (y === ""); // nothing goes last, either way
      if (typeof x !== typeof y) return typeof x === "number" ? -1 : 1;
      return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1);
    };
    table.tBodies[0].append(...[...table.tBodies[0].rows].sort(compare));
    for (const head of heads) {
      const way = head.cellIndex === place ? (down ? "descending" : "ascending") : "none";
      head.setAttribute("aria-sort", way);
    }
  }

  // After an act that needs the kernel: if it does not answer, say that it is busy.
  ping() {
    this.pings += 1;
    const id = this.pings;
    this.model.send({ kind: "ping", id });
    const late = () => {
      this.node.classList.add("jpr-waiting");
      for (const asked of this.all(".jpr-asked")) this.cancel(asked, "■ Heard when the cell is done");
    };
    this.waiting.set(id, setTimeout(late, 1200));
  }

  // What the Cancel button says until the kernel has heard it (null: it has); then the kernel has the word.
  cancel(button, said) {
    button.classList.toggle("jpr-asked", said !== null);
    if (said === null) button.removeAttribute("aria-label");
    else button.setAttribute("aria-label", said);
  }

  heard(message, buffers) {
    if (message.kind === "pong") {
      for (const [id, timer] of this.waiting) {
        if (id > message.id) continue;
        clearTimeout(timer);
        this.waiting.delete(id);
      }
      if (this.waiting.size) return;
      this.node.classList.remove("jpr-waiting");
      for (const asked of this.all(".jpr-asked")) this.cancel(asked, null);
    } else if (message.kind === "file") {
      const url = URL.createObjectURL(new Blob([buffers[0]], { type: "application/octet-stream" }));
      const link = make("a", "", document.body);
      Object.assign(link, { href: url, download: message.name });
      link.click();
      link.remove();
      setTimeout(() => URL.revokeObjectURL(url), 10000);
    }
  }
}
