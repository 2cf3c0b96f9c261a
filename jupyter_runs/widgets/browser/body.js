// The body: everything that is seen. It is made once for a page and moved when Lab renders the output
// anew (it does so whenever the static picture in the output is renewed), so that zoom, tab, scroll and
// focus stay as the person left them.

// Lumino's messages, sent by hand: what Widget.attach does, for a node inside ours.
const tell = (widget, type) => {
  widget?.processMessage({ type, isConflatable: false, conflate: () => false });
};

const untilAttached = async (node) => {
  // nearly always a few promises away: before the next frame, so that nothing is seen to jump
  for (let turn = 0; turn < 50 && !node.isConnected; turn += 1) await null;
  while (!node.isConnected) await new Promise((resolve) => setTimeout(resolve, 10));
};

class Body {
  constructor(view, host) {
    this.view = view;
    this.node = view.el;
    this.host = host;
    this.scrolls = new Map();
    this.focused = null;
    this.node.addEventListener(
      "scroll",
      ({ target }) => {
        // what is moved jumps to its top, and says so
        if (!this.moving) this.scrolls.set(target, [target.scrollTop, target.scrollLeft]);
      },
      true,
    );
    this.node.addEventListener("focusin", ({ target }) => (this.focused = target));
    this.node.addEventListener("focusout", () => {
      // a node that is being moved loses its focus too: that is not the person's wish
      if (this.node.isConnected && !this.moving) this.focused = null;
    });
    this.moving = false;
  }

  static async make(manager, reference, host) {
    await untilAttached(host);
    const model = await manager.get_model(reference.replace("IPY_MODEL_", ""));
    const view = await manager.create_view(model);
    const body = new Body(view, host);
    tell(body.lumino, "before-attach");
    host.append(body.node);
    tell(body.lumino, "after-attach");
    return body;
  }

  get lumino() {
    return this.view.luminoWidget ?? this.view.pWidget;
  }

  async move(host) {
    this.host = host;
    this.moving = true;
    host.append(this.node);
    await untilAttached(host);
    if (this.host !== host) return; // moved again meanwhile
    this.restore();
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    if (this.host !== host) return;
    this.restore(); // a box whose content was laid out only now
    this.moving = false;
  }

  restore() {
    for (const [node, [top, left]] of this.scrolls) {
      if (!this.node.contains(node)) this.scrolls.delete(node);
      else if (node.scrollTop !== top || node.scrollLeft !== left) {
        Object.assign(node, { scrollTop: top, scrollLeft: left });
      }
    }
    if (this.focused?.isConnected && document.activeElement === document.body) {
      this.focused.focus({ preventScroll: true });
    }
  }

  remove() {
    tell(this.lumino, "before-detach");
    this.node.remove();
    tell(this.lumino, "after-detach");
    this.view.remove();
  }
}
