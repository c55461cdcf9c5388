// A result as a table for people.
import type { BenchResult, Figures } from "./result.ts";

export function printResult(result: BenchResult): void {
  if (result.parts === undefined) return printPart(result);
  for (const part of Object.values(result.parts)) printPart(part);
}

function printPart(result: BenchResult): void {
  const { machine } = result;
  console.log(
    `\n${result.scenario} · ${describe(result.parameters)}\n` +
      `${machine.cores} × ${machine.cpu}, ${machine.memoryGib} GiB, ${machine.system}; ` +
      `commit ${result.commit}; ${describe(result.versions)}; ${describe(result.durability)}` +
      (result.pinned ? "; pinned apart" : "; not pinned"),
  );
  if (result.figures !== undefined) {
    printFigures(result.figures);
    printTrials(result.trials);
    for (const note of result.notes) console.log(`note: ${note}`);
    return;
  }
  const names = Object.keys(result.limits);
  const rows = [["linnet", result as Figures] as const];
  const all = result.trials.some((trial) => trial.subject === "linnet") ? rows : [];
  printRows([
    HEADINGS,
    ...[...all, ...names.map((name) => [name, result.limits[name] as Figures] as const)].map(
      ([name, figures]) => rowOf(name, figures, result),
    ),
  ]);
  console.log(
    `sent ${result.sent}, answered ${result.answered}, delivered ${result.delivered}, ` +
      `lost ${result.lost}, duplicated ${result.duplicated}, out of order ${result.disordered}, ` +
      `refused ${result.refused}, missing rows ${result.missingRows ?? "not counted"}`,
  );
  printTrials(result.trials);
  for (const note of result.notes) console.log(`note: ${note}`);
}

const HEADINGS = [
  "",
  "messages/s",
  "deliveries/s",
  "ratio",
  "CPU µs each",
  "by process",
  "delivery p50",
  "p99",
  "p99.9 ms",
  "answer p50",
  "p99 ms",
];

function rowOf(name: string, figures: Figures, result: BenchResult): string[] {
  const { total = 0, generator: _, ...parts } = figures.cpuMicrosPerMessage;
  const ratio = result.ratios[name];
  return [
    name,
    whole(figures.perSecond),
    whole(figures.deliveriesPerSecond),
    ratio === undefined ? "" : ratio.toFixed(2),
    total.toFixed(1),
    Object.entries(parts)
      .map(([part, micros]) => `${part} ${micros.toFixed(1)}`)
      .join(", "),
    figures.deliveryMs.p50.toFixed(2),
    figures.deliveryMs.p99.toFixed(2),
    figures.deliveryMs.p999.toFixed(2),
    figures.answerMs.p50.toFixed(2),
    figures.answerMs.p99.toFixed(2),
  ];
}

function printFigures(figures: Readonly<Record<string, unknown>>): void {
  printRows(Object.entries(figures).map(([name, value]) => [name, shown(value)]));
}

function shown(value: unknown): string {
  if (typeof value === "number")
    return value >= 1000 ? whole(value) : String(+value.toPrecision(4));
  if (Array.isArray(value)) return value.map(shown).join("; ");
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .filter(([name]) => name !== "curve")
    .map(([name, inner]) => `${name} ${shown(inner)}`)
    .join(", ");
}

function printTrials(trials: BenchResult["trials"]): void {
  for (const name of new Set(trials.map((trial) => trial.subject))) {
    const each = trials
      .filter((trial) => trial.subject === name)
      .map((trial) => whole(trial.perSecond) + (trial.saturated ? " (generator saturated)" : ""));
    console.log(`trials of ${name}: ${each.join(" · ")}`);
  }
}

export function printRows(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((r) => r[at]?.length ?? 0)));
  for (const row of rows) {
    console.log(
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    );
  }
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}

function describe(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(", ");
}
