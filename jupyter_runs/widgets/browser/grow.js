// Lines that grew: the kernel tells their new ends, which are put behind the points that are here.

const joined = (old, start, view) => {
  const more = new Float64Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
  const whole = new Float64Array(start + more.length);
  whole.set(old.subarray(0, start));
  whole.set(more, start);
  whole.type = old.type; // bqplot's own mark
  return whole;
};

const growLines = (home) => {
  const grow = async ({ id, start, had, end }, x, y) => {
    const model = await home.widget_manager.get_model(id);
    const old = model.get("x");
    if (old?.length !== had || old[had - 1] !== end) {
      home.send({ kind: "resend", id });
      return;
    }
    // as a message of the kernel would: `set` would have it sent back
    model.set_state({ x: joined(old, start, x), y: joined(model.get("y"), start, y) });
  };
  let done = Promise.resolve();
  home.on("msg:custom", ({ kind, lines }, buffers) => {
    if (kind !== "grow") return;
    const all = () => Promise.all(lines.map((line, i) => grow(line, buffers[2 * i], buffers[2 * i + 1])));
    done = done.then(all).catch((error) => console.warn("jupyter-runs: a chart may be behind", error));
  });
};
