// Which charts are made of the results: throughput, CPU, latency distributions, memory, curves.
import type { LatencyMs } from "../generator/latency.ts";
import type { BenchResult } from "../run/result.ts";
import type { Trial } from "../run/trial.ts";
import { curveCharts } from "./curve-charts.ts";
import { type Bar, barChart, type Chart, type Line, lineChart } from "./svg.ts";

/** `results`: the newest of each scenario with each set of parameters, parts taken apart. */
export function chartsOf(results: readonly BenchResult[]): Chart[] {
  const charts: Chart[] = [];
  for (const result of results) {
    if (result.figures !== undefined || result.scenario.startsWith("scale ")) continue;
    const name = slug(`${result.scenario} ${settingOf(result)}`);
    charts.push({ name: `${name}-throughput`, svg: throughput(result) });
    const latency = distribution(result);
    if (latency !== undefined) charts.push({ name: `${name}-latency`, svg: latency });
  }
  for (const result of results.filter((one) => one.scenario === "idle")) {
    charts.push({ name: slug(`idle ${result.parameters["connections"]}`), svg: memory(result) });
  }
  return [...charts, ...curveCharts(results)];
}

interface Setting {
  /** Of a point of a curve what it is, and where its rate comes from. */
  readonly name?: string;
  readonly load?: string;
  readonly cores?: string;
  readonly framing?: string;
  readonly window?: number;
  readonly rate?: number;
  readonly members?: number;
}

export function settingOf(result: BenchResult): string {
  const { name, framing, window, rate, members, ...rest } = result.parameters as Setting;
  const load = rest.load ?? (rate === undefined ? `window ${window ?? 0}` : `${rate} a second`);
  const whom = members === undefined ? "" : `${members} members`;
  return [name ?? "", rest.cores ?? "", framing ?? "", load, whom]
    .filter((part) => part !== "")
    .join(", ");
}

function throughput(result: BenchResult): string {
  const isFanOut = result.deliveriesPerSecond > result.perSecond * 1.5;
  const bars: Bar[] = subjectsOf(result).map(({ name, figures }) => {
    const value = isFanOut ? figures.deliveriesPerSecond : figures.perSecond;
    const cpu = figures.cpuMicrosPerMessage["total"] ?? 0;
    return {
      name,
      value,
      label: `${Math.round(value).toLocaleString("en")}/s · ${cpu.toFixed(1)} µs`,
      ours: name === "linnet",
    };
  });
  const what = isFanOut ? "deliveries" : "messages";
  return barChart(`${result.scenario}, ${settingOf(result)}: ${what} a second, CPU each`, bars);
}

export function subjectsOf(result: BenchResult) {
  const ours = result.trials.some((trial) => trial.subject === "linnet");
  const others = Object.entries(result.limits).map(([name, figures]) => ({ name, figures }));
  return [...(ours ? [{ name: "linnet", figures: result }] : []), ...others];
}

/** By subject the trial in the middle; shares on an axis that opens up towards the slowest. */
function distribution(result: BenchResult): string | undefined {
  const lines: Line[] = [];
  for (const { name } of subjectsOf(result)) {
    const trials = result.trials.filter((trial): trial is Trial => trial.subject === name);
    const latency = middleOf(trials.map((trial) => trial.deliveryMs));
    if (latency === undefined || latency.curve.length === 0) continue;
    const points = latency.curve.map(([share, ms]) => [-Math.log10(1 - share), ms] as const);
    lines.push({ name, points });
  }
  if (lines.length === 0) return undefined;
  return lineChart(lines, {
    title: `${result.scenario}, ${settingOf(result)}: delivery latency`,
    xTitle: "share of deliveries that were faster",
    yTitle: "ms",
    xTick: (x) => `${+((1 - 10 ** -x) * 100).toFixed(3)} %`,
    yTick: (y) => String(+y.toPrecision(2)),
    logY: true,
  });
}

function middleOf(latencies: readonly LatencyMs[]): LatencyMs | undefined {
  return [...latencies].sort((a, b) => a.p50 - b.p50)[latencies.length >> 1];
}

function memory(result: BenchResult): string {
  const { kibPerConnection = 0, bareKibPerConnection = 0 } = result.figures ?? {};
  const bar = (name: string, value: unknown, ours: boolean): Bar => ({
    name,
    value: Number(value),
    label: `${Number(value).toFixed(2)} KiB`,
    ours,
  });
  return barChart(`idle, ${result.parameters["connections"]} connections: memory of each`, [
    bar("linnet", kibPerConnection, true),
    bar("bare server", bareKibPerConnection, false),
  ]);
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}
