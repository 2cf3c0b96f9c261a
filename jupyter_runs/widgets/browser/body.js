// The body: everything that is seen. It is made once for a page and moved when Lab renders the output
// anew (it does so whenever the static picture in the output is renewed), so that zoom, tab, scroll and
// focus stay as the person left them.

// Lumino's messages, sent by hand: what Widget.attach does, for a node inside ours.
const tell = (widget, type) => {
  widget?.processMessage({ type, isConflatable: false, conflate: () => false });
};

const untilAttached = (node) =>
  new Promise((resolve) => {
    const look = () => (node.isConnected ? resolve() : setTimeout(look, 10));
    look();
  });

class Body {
  constructor(view, host) {
    this.view = view;
    this.node = view.el;
    this.host = host;
    this.scrolls = new Map();
    this.focused = null;
    this.node.addEventListener(
      "scroll",
      ({ target }) => this.scrolls.set(target, [target.scrollTop, target.scrollLeft]),
      true,
    );
    this.node.addEventListener("focusin", ({ target }) => (this.focused = target));
    this.node.addEventListener("focusout", () => {
      // a node that is being moved loses its focus too: that is not the person's wish
      if (this.node.isConnected) this.focused = null;
    });
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

  move(host) {
    const { focused } = this;
    this.host = host;
    host.append(this.node);
    untilAttached(host).then(() => {
      for (const [node, [top, left]] of this.scrolls) {
        if (!this.node.contains(node)) this.scrolls.delete(node);
        else Object.assign(node, { scrollTop: top, scrollLeft: left });
      }
      if (focused?.isConnected && document.activeElement === document.body) {
        focused.focus({ preventScroll: true });
      }
    });
  }

  remove() {
    tell(this.lumino, "before-detach");
    this.node.remove();
    tell(this.lumino, "after-detach");
    this.view.remove();
  }
}
