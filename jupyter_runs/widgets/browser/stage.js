// The door: what anywidget calls, once for a model and once for each place that shows it.

export default () => {
  const shown = [];
  let home = null; // the model, with listeners that outlive any one place it is shown in

  const remove = (entry) => {
    shown.splice(shown.indexOf(entry), 1);
    entry.page?.remove();
    entry.body?.remove();
  };

  return {
    initialize({ model }) {
      home = model;
      growLines(model);
    },
    render({ model, el }) {
      el.classList.add("jpr-stage");
      let entry = shown.find((other) => !other.el.isConnected && other.body);
      if (entry) {
        entry.el = el;
        entry.body.move(el);
      } else {
        entry = { el };
        shown.push(entry);
        if (shown.length === 1) model.send({ kind: "shown" });
        Body.make(model.widget_manager, model.get("body"), el).then((body) => {
          if (!shown.includes(entry)) {
            body.remove();
            return;
          }
          entry.body = body;
          entry.page = new Page(home, body, new Charts(home));
        });
      }
      return () => {
        if (entry.el !== el || !shown.includes(entry)) return;
        remove(entry);
        if (!shown.length) model.send({ kind: "gone" });
      };
    },
  };
};
