// The charts of scale: latency against connections, cost against what grows, bars for processes.
import type { BenchResult } from "../run/result.ts";
import { barChart, type Chart, type Line, lineChart, type LineOptions } from "./svg.ts";

/** Of points, the newest of each; a line joins those of one run only. */
export function curveCharts(results: readonly BenchResult[]): Chart[] {
  const points = results.filter((result) => result.scenario.startsWith("scale "));
  const names = [...new Set(points.map((point) => String(point.parameters["curve"])))];
  return names
    .filter((curve) => curve !== "capacity")
    .flatMap((curve) => {
      const own = points.filter((point) => point.parameters["curve"] === curve);
      if (curve === "processes") return [processes(own)];
      const run = ofNewestRun(own);
      return curve === "connections" ? [latency(run, curve), cost(run, curve)] : [cost(run, curve)];
    });
}

function ofNewestRun(points: readonly BenchResult[]): BenchResult[] {
  const newest = [...points].sort((a, b) => a.at.localeCompare(b.at)).at(-1);
  return points.filter(
    (point) => point.command === newest?.command && point.commit === newest.commit,
  );
}

function latency(points: readonly BenchResult[], curve: string): Chart {
  const lines = [
    lineOf(points, "p50", (point) => point.deliveryMs.p50),
    lineOf(points, "p99", (point) => point.deliveryMs.p99),
    lineOf(points, "p99.9", (point) => point.deliveryMs.p999),
  ];
  const load = String(points[0]?.parameters["load"]);
  const title = `scale: delivery latency against ${curve}, at ${load}`;
  const options = { ...optionsOf(curve), title, yTitle: "ms", logY: true };
  return { name: `scale-${curve}-latency`, svg: lineChart(lines, options) };
}

function cost(points: readonly BenchResult[], curve: string): Chart {
  const parts = points[0]?.cpuMicrosPerMessage ?? {};
  const names = Object.keys(parts).filter((name) => name !== "generator");
  const lines = names.map((name) =>
    lineOf(points, name, (point) => point.cpuMicrosPerMessage[name] ?? 0),
  );
  const title = `scale: CPU a message against ${curve}`;
  const svg = lineChart(lines, { ...optionsOf(curve), title, yTitle: "µs" });
  return { name: `scale-${curve}`, svg };
}

function optionsOf(curve: string): Omit<LineOptions, "title" | "yTitle"> {
  return {
    xTitle: curve,
    xTick: (x) => x.toLocaleString("en"),
    yTick: (y) => String(+y.toPrecision(3)),
    logX: true,
  };
}

function lineOf(
  points: readonly BenchResult[],
  name: string,
  of: (point: BenchResult) => number,
): Line {
  const places = points.map((point) => [Number(point.parameters["x"]), of(point)] as const);
  return { name, points: places.sort((a, b) => a[0] - b[0]) };
}

function processes(points: readonly BenchResult[]): Chart {
  const bars = points.map(({ perSecond, parameters }) => ({
    name: String(parameters["name"]),
    value: perSecond,
    label: `${Math.round(perSecond).toLocaleString("en")}/s, ${String(parameters["cores"])}`,
    ours: true,
  }));
  return { name: "scale-processes", svg: barChart("scale: messages a second", bars) };
}
