// Round ticks for what is in sight, so that zooming needs no kernel to label the axes.

const UNITS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200];
const DAYS = [1, 2, 7, 14, 30, 90, 365];

const roundTicks = (low, high, wanted, least = 0) => {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return Number.isFinite(low) ? [low] : [];
  const raw = Math.max(least, span / Math.max(1, wanted));
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= raw * 0.999) ?? 10 * power;
  if (least && step % 1) return roundTicks(low, high, Math.floor(wanted / 2), least);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  if (last - first > 50) return [low, high];
  const digits = Math.min(100, Math.max(0, 12 - Math.floor(Math.log10(step))));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toFixed(digits)));
};

const logTicks = (low, high, wanted) => {
  const [a, b] = [Math.log10(low), Math.log10(high)];
  if (b - a < 1.2) return roundTicks(low, high, wanted);
  const step = Math.max(1, Math.round((b - a) / wanted));
  const ticks = [];
  for (let e = Math.ceil(a - 1e-9); e <= b + 1e-9; e += step) ticks.push(10 ** e);
  return ticks;
};

const timeTicks = (low, high, wanted, shift) => {
  const raw = (high - low) / Math.max(1, wanted);
  if (raw < 1) return roundTicks(low, high, wanted);
  const step = UNITS.find((u) => u >= raw) ?? DAYS.map((d) => d * 86400).find((u) => u >= raw) ?? raw;
  const ticks = [];
  for (let t = Math.ceil((low - shift) / step) * step; t <= high - shift; t += step) ticks.push(t + shift);
  return ticks;
};

const short = (value) => {
  const size = Math.abs(value);
  const trim = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  for (const [limit, scale, unit] of [[1e12, 1e12, "T"], [1e9, 1e9, "G"], [1e6, 1e6, "M"], [1e4, 1e3, "k"]]) {
    if (size >= limit * 1e4) return trim(value.toExponential(2).replace("e+", "e"));
    if (size >= limit) return `${trim((value / scale).toFixed(3))}${unit}`;
  }
  if (size === 0) return "0";
  if (size < 1e-4) return value.toExponential(2).replace(/\.?0+e/, "e");
  return trim(value.toFixed(Math.max(0, 4 - Math.floor(Math.log10(size)))));
};

const clockLabel = (seconds, span) => {
  const at = new Date(seconds * 1000);
  if (span > 2 * 86400) return at.toLocaleDateString(undefined, { month: "short", day: "numeric" });
  if (span < 10) return `${pad(at.getMinutes())}:${(at.getSeconds() + (seconds % 1)).toFixed(span < 0.2 ? 3 : 1).padStart(4, "0")}`;
  const time = `${pad(at.getHours())}:${pad(at.getMinutes())}`;
  return span < 300 ? `${time}:${pad(at.getSeconds())}` : time;
};

const spanLabel = (seconds) => {
  if (seconds === 0) return "0";
  const size = Math.abs(seconds);
  for (const [unit, name] of [[86400, "d"], [3600, "h"], [60, "min"]]) {
    if (size >= unit) return `${short(seconds / unit)} ${name}`;
  }
  return `${short(seconds)} s`;
};

const axisTicks = (kind, low, high, wanted) => {
  if (kind === "log") return logTicks(low, high, wanted).map((v) => [v, short(v)]);
  if (kind === "time") {
    const shift = new Date(low * 1000).getTimezoneOffset() * 60;
    return timeTicks(low, high, wanted, shift).map((v) => [v, clockLabel(v, high - low)]);
  }
  if (kind === "relative") return timeTicks(low, high, wanted, 0).map((v) => [v, spanLabel(v)]);
  const whole = kind === "step" || kind === "index" ? 1 : 0; // there is no step 2.5
  return roundTicks(low, high, wanted, whole).map((v) => [v, short(v)]);
};
