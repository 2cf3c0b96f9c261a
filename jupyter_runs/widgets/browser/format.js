// Numbers and times in a tooltip, as jupyter_runs.views.format writes them.

const number = (value) => {
  if (value === null || value === undefined || Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e7) {
    return value.toExponential(4).replace(/\.?0+e/, "e").replace("e+", "e");
  }
  if (Number.isInteger(value)) return value.toLocaleString("en-US");
  const decimals = Math.max(0, 4 - Math.floor(Math.log10(size)));
  return Number(value.toFixed(decimals)).toLocaleString("en-US", {
    maximumFractionDigits: decimals,
  });
};

const pad = (value) => String(value).padStart(2, "0");

const duration = (seconds) => {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "";
  if (seconds < 0) return `−${duration(-seconds)}`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  if (whole < 86400) {
    return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`;
  }
  return `${Math.floor(whole / 86400)} d ${pad(Math.floor((whole % 86400) / 3600))} h`;
};

const about = (seconds) => {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} d`;
};

const ago = (seconds) =>
  seconds < 1.5 ? "just now" : `${seconds < 60 ? `${Math.round(seconds)} s` : duration(seconds)} ago`;

const place = (info, x) => {
  const edges = info.lines[0]?.edges; // of bars: where the one under the pointer begins and ends
  const bar = edges ? edges.findIndex((edge, i) => edge <= x && x <= edges[i + 1]) : -1;
  if (bar >= 0) return `${number(edges[bar])} to ${number(edges[bar + 1])}`;
  if (info.x_kind === "time") return new Date(x * 1000).toLocaleString();
  if (info.x_kind === "relative") return `after ${duration(x)}`;
  return `${info.x_label || info.x_kind} ${number(x)}`;
};
