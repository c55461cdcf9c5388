// Charts as SVG, made by hand: bars beside one another, and lines over a logarithmic or plain axis.

export interface Chart {
  /** File name without ending. */
  readonly name: string;
  readonly svg: string;
}

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** What is written at its end. */
  readonly label: string;
  readonly ours: boolean;
}

export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface LineOptions {
  readonly title: string;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly xTick: (x: number) => string;
  readonly yTick: (y: number) => string;
  readonly logX?: boolean;
  readonly logY?: boolean;
}

const WIDTH = 760;
const NAME_WIDTH = 150;
const LABEL_WIDTH = 150;
const BAR_HEIGHT = 26;
const TITLE_HEIGHT = 34;
const OURS = "#2563eb";
const OTHER = "#a8b3c5";
const INK = "#1f2937";
const FAINT = "#e5e7eb";
const COLOURS = ["#2563eb", "#ea580c", "#059669", "#7c3aed", "#db2777", "#64748b"];

export function barChart(title: string, bars: readonly Bar[]): string {
  const height = TITLE_HEIGHT + bars.length * BAR_HEIGHT + 12;
  const most = Math.max(...bars.map((bar) => bar.value), 1e-9);
  const widest = WIDTH - NAME_WIDTH - LABEL_WIDTH;
  const drawn = bars.map((bar, at) => {
    const y = TITLE_HEIGHT + at * BAR_HEIGHT;
    const width = Math.max(1, (bar.value / most) * widest);
    return (
      text(NAME_WIDTH - 8, y + 15, bar.name, { anchor: "end", bold: bar.ours }) +
      `<rect x="${NAME_WIDTH}" y="${y + 2}" width="${width.toFixed(1)}" height="18" rx="3" ` +
      `fill="${bar.ours ? OURS : OTHER}"/>` +
      text(NAME_WIDTH + width + 8, y + 15, bar.label, {})
    );
  });
  return frame(height, title, drawn.join(""));
}

const PLOT = { left: 70, right: 150, top: 44, bottom: 46, height: 320 } as const;
const Y_TICKS = 5;

export function lineChart(lines: readonly Line[], options: LineOptions): string {
  const points = lines.flatMap((line) => line.points);
  const xs = [...new Set(points.map(([x]) => x))].sort((a, b) => a - b);
  const yMost = Math.max(...points.map(([, y]) => y), 1e-9);
  const yLeast = options.logY ? Math.min(...points.map(([, y]) => y).filter((y) => y > 0)) : 0;
  const inner = { w: WIDTH - PLOT.left - PLOT.right, h: PLOT.height - PLOT.top - PLOT.bottom };
  const along = (x: number) => (options.logX ? Math.log(Math.max(x, 1)) : x);
  const [low, high] = [along(xs[0] ?? 0), along(xs.at(-1) ?? 1)];
  const xOf = (x: number) => PLOT.left + ((along(x) - low) / (high - low || 1)) * inner.w;
  const share = (y: number) =>
    options.logY
      ? Math.log(Math.max(y, yLeast) / yLeast) / (Math.log(yMost / yLeast) || 1)
      : y / yMost;
  const yOf = (y: number) => PLOT.top + (1 - share(y)) * inner.h;
  const ticks = Array.from({ length: Y_TICKS + 1 }, (_, n) =>
    options.logY ? yLeast * (yMost / yLeast) ** (n / Y_TICKS) : (yMost * n) / Y_TICKS,
  );
  const grid = ticks.map(
    (y) =>
      `<line x1="${PLOT.left}" x2="${PLOT.left + inner.w}" y1="${yOf(y)}" y2="${yOf(y)}" ` +
      `stroke="${FAINT}"/>${text(PLOT.left - 8, yOf(y) + 4, options.yTick(y), { anchor: "end" })}`,
  );
  let lastAt = -Infinity;
  const marks = xs.map((x) => {
    if (xOf(x) - lastAt < 46) return "";
    lastAt = xOf(x);
    const y = PLOT.height - PLOT.bottom + 18;
    return text(xOf(x), y, options.xTick(x), { anchor: "middle" });
  });
  const drawn = lines.map((line, n) => {
    const colour = COLOURS[n % COLOURS.length] ?? INK;
    const path = line.points.map(([x, y]) => `${xOf(x).toFixed(1)},${yOf(y).toFixed(1)}`);
    const dots = line.points.map(
      ([x, y]) =>
        `<circle cx="${xOf(x).toFixed(1)}" cy="${yOf(y).toFixed(1)}" r="2.5" ` +
        `fill="${colour}"/>`,
    );
    const y = PLOT.top + n * 20;
    const legend =
      `<rect x="${WIDTH - PLOT.right + 14}" y="${y - 9}" width="12" height="12" rx="2" ` +
      `fill="${colour}"/>${text(WIDTH - PLOT.right + 32, y + 1, line.name, {})}`;
    return (
      `<polyline points="${path.join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/>` +
      dots.join("") +
      legend
    );
  });
  const titles =
    text(PLOT.left + inner.w / 2, PLOT.height - 8, options.xTitle, { anchor: "middle" }) +
    text(12, PLOT.top - 12, options.yTitle, {});
  return frame(PLOT.height, options.title, [...grid, ...marks, ...drawn, titles].join(""));
}

function frame(height: number, title: string, inner: string): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" ` +
    `width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" font-size="13">` +
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>` +
    text(12, 20, title, { bold: true }) +
    `${inner}</svg>`
  );
}

function text(
  x: number,
  y: number,
  content: string,
  options: { anchor?: string; bold?: boolean },
): string {
  const anchor = options.anchor === undefined ? "" : ` text-anchor="${options.anchor}"`;
  const weight = options.bold ? ' font-weight="600"' : "";
  return (
    `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" fill="${INK}"${anchor}${weight}>` +
    `${escaped(content)}</text>`
  );
}

export function escaped(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
