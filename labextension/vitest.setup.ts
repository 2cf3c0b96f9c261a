// jsdom lacks what @lumino/dragdrop and @jupyter/web-components touch at import time.
const lacking = globalThis as unknown as Record<string, unknown>;
lacking.DragEvent ??= class extends MouseEvent {};
lacking.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
lacking.requestIdleCallback ??= (run: () => void) => setTimeout(run, 0);
lacking.IS_REACT_ACT_ENVIRONMENT = true;
const sheet = CSSStyleSheet.prototype as unknown as Record<string, unknown>;
sheet.replaceSync ??= () => undefined;
window.matchMedia ??= ((query: string) => ({
  matches: false,
  media: query,
  addEventListener() {},
  removeEventListener() {},
  addListener() {},
  removeListener() {}
})) as unknown as typeof window.matchMedia;
