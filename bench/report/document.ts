// docs/performance.md: the table of all results with command, commit and every trial.
import type { Machine } from "../machine/cores.ts";
import type { BenchResult, Figures } from "../run/result.ts";
import { aimsOf } from "./aims.ts";
import { settingOf, subjectsOf } from "./charts.ts";
import type { Chart } from "./svg.ts";

export function documentOf(results: readonly BenchResult[], charts: readonly Chart[]): string {
  const newest = [...results].sort((a, b) => a.at.localeCompare(b.at)).at(-1);
  const machine = newest?.machine;
  const lines = [
    "# Performance",
    "",
    "Made by `bun run bench report` from the results of the commands below; don't edit it by hand.",
    "",
    machine === undefined ? "" : factsOf(machine, newest),
    "",
    "All server processes on one core, the generator on another. A ratio is measured in one run,",
    "trial by trial, and its median is shown: other programs on the machine change every figure of",
    "a run, the ratios much less. CPU is what all server-side processes use for one message.",
    "",
    "## Aims",
    "",
    "| what | aim | reached | |",
    "|---|---|---|---|",
    ...aimsOf(results).map(
      ({ what, aim, reached, isMet }) =>
        `| ${what} | ${aim} | ${reached === undefined ? "not measured" : shown(reached)} | ` +
        `${isMet ? "yes" : "no"} |`,
    ),
    "",
    "## Results",
    "",
    `| ${HEADINGS.join(" | ")} |`,
    `|${"---|".repeat(HEADINGS.length)}`,
    ...results.filter((result) => result.figures === undefined).flatMap(rowsOf),
    "",
    ...results.filter((result) => result.figures !== undefined).flatMap(figuresOf),
    "## Commands",
    "",
    ...[...new Set(results.map((r) => `- \`${r.command}\`, commit ${r.commit}, ${r.at}`))],
    "",
    "## Charts",
    "",
    ...charts.map((chart) => `![${chart.name}](charts/${chart.name}.png)`),
    "",
  ];
  return lines.join("\n");
}

const HEADINGS = [
  "scenario",
  "subject",
  "messages/s",
  "deliveries/s",
  "linnet over it",
  "CPU µs",
  "delivery p50, p99, p99.9 ms",
  "answer p50, p99 ms",
  "trials, messages/s",
];

function factsOf(machine: Machine, newest: BenchResult | undefined): string {
  const { cores, cpu, memoryGib, system, kernel } = machine;
  const parts = `${pairs(newest?.versions ?? {})}; ${pairs(newest?.durability ?? {})}`;
  return `Machine: ${cores} × ${cpu}, ${memoryGib} GiB, ${system}, Linux ${kernel}. ${parts}.`;
}

function rowsOf(result: BenchResult): string[] {
  const title = `${result.scenario}, ${settingOf(result)}`;
  return subjectsOf(result).map(({ name, figures }) =>
    [
      "",
      title,
      name,
      whole(figures.perSecond),
      whole(figures.deliveriesPerSecond),
      result.ratios[name] === undefined ? "" : (result.ratios[name] ?? 0).toFixed(2),
      cpuOf(figures),
      [figures.deliveryMs.p50, figures.deliveryMs.p99, figures.deliveryMs.p999].map(ms).join(", "),
      [figures.answerMs.p50, figures.answerMs.p99].map(ms).join(", "),
      result.trials
        .filter((trial) => trial.subject === name)
        .map((trial) => whole(trial.perSecond))
        .join(" · "),
      "",
    ]
      .join(" | ")
      .trim(),
  );
}

function cpuOf(figures: Figures): string {
  const { total = 0, generator: _, ...parts } = figures.cpuMicrosPerMessage;
  const each = Object.entries(parts).map(([name, micros]) => `${name} ${micros.toFixed(1)}`);
  return `${total.toFixed(1)} (${each.join(", ")})`;
}

function figuresOf(result: BenchResult): string[] {
  const rows = Object.entries(result.figures ?? {}).map(
    ([name, value]) => `| ${name} | ${shown(value)} |`,
  );
  return [`## ${result.scenario}`, "", "| figure | median |", "|---|---|", ...rows, ""];
}

function shown(value: unknown): string {
  if (typeof value === "number") {
    return value >= 1000 ? whole(value) : String(+value.toPrecision(4));
  }
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([name, inner]) => `${name} ${shown(inner)}`)
    .join(", ");
}

function pairs(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

function ms(value: number): string {
  return value.toFixed(2);
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}
