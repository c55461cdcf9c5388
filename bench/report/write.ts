// report: a page, docs/performance.md and PNG charts from the JSON of all runs.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHECKOUT } from "../machine/cores.ts";
import type { BenchResult } from "../run/result.ts";
import { chartsOf } from "./charts.ts";
import { documentOf } from "./document.ts";
import { pageOf } from "./page.ts";
import { cropPng } from "./png.ts";
import type { Chart } from "./svg.ts";

const RESULTS = join(CHECKOUT, "bench", "results");
/** Pixels of the picture for each of the chart. */
const SCALE = 2;
/** What the browser keeps of a window's height for itself, and some more. */
const BROWSER_PX = 120;
const BROWSERS = ["chromium", "chromium-browser", "google-chrome"];

/** `documents`: also docs/performance.md and its charts. */
export function writeReport(documents: boolean): void {
  const results = newestOfEach(readResults());
  if (results.length === 0) throw new Error(`no results in ${RESULTS}; run a scenario first`);
  const charts = chartsOf(results);
  const page = join(RESULTS, "report.html");
  writeFileSync(page, pageOf(results, charts));
  console.log(`${results.length} results, ${charts.length} charts: ${page}`);
  if (!documents) return;
  const docs = join(CHECKOUT, "docs");
  mkdirSync(join(docs, "charts"), { recursive: true });
  writeFileSync(join(docs, "performance.md"), documentOf(results, charts));
  const drawn = charts.filter((chart) => drawPng(chart, join(docs, "charts")));
  console.log(`docs/performance.md, ${drawn.length} of ${charts.length} charts as PNG`);
}

export function saveResult(name: string, result: BenchResult): void {
  mkdirSync(RESULTS, { recursive: true });
  const stamp = result.at.replace(/[:.]/g, "-");
  writeFileSync(join(RESULTS, `${name}-${stamp}.json`), `${JSON.stringify(result, null, 1)}\n`);
}

function readResults(): BenchResult[] {
  mkdirSync(RESULTS, { recursive: true });
  return readdirSync(RESULTS)
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(join(RESULTS, name), "utf8")) as BenchResult)
    .flatMap((result) => (result.parts === undefined ? [result] : Object.values(result.parts)));
}

function newestOfEach(results: readonly BenchResult[]): BenchResult[] {
  const newest = new Map<string, BenchResult>();
  for (const result of [...results].sort((a, b) => a.at.localeCompare(b.at))) {
    newest.set(`${result.scenario} ${JSON.stringify(result.parameters)}`, result);
  }
  return [...newest.values()].sort((a, b) => a.scenario.localeCompare(b.scenario));
}

/** False where no browser is there to draw it. */
function drawPng(chart: Chart, folder: string): boolean {
  const browser = BROWSERS.map((name) => Bun.which(name)).find((path) => path !== null);
  if (browser === undefined || browser === null) return false;
  const size = /width="(\d+)" height="(\d+)"/.exec(chart.svg);
  const scratch = mkdtempSync(join(tmpdir(), "linnet-chart-"));
  const page = join(scratch, "chart.html");
  const picture = join(folder, `${chart.name}.png`);
  const [width, height] = [Number(size?.[1] ?? 760), Number(size?.[2] ?? 320)];
  writeFileSync(page, `<body style="margin:0">${chart.svg}</body>`);
  const done = Bun.spawnSync([
    browser,
    ...["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"],
    ...[`--force-device-scale-factor=${SCALE}`, `--user-data-dir=${scratch}`],
    `--window-size=${width},${height + BROWSER_PX}`,
    `--screenshot=${picture}`,
    `file://${page}`,
  ]);
  rmSync(scratch, { recursive: true, force: true });
  if (done.exitCode !== 0) return false;
  writeFileSync(picture, cropPng(readFileSync(picture), height * SCALE));
  return true;
}
