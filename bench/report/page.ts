// The report's page: every result with its charts and all its trials, in one file.
import type { BenchResult } from "../run/result.ts";
import type { Trial } from "../run/trial.ts";
import { settingOf, subjectsOf } from "./charts.ts";
import { type Chart, escaped } from "./svg.ts";

export function pageOf(results: readonly BenchResult[], charts: readonly Chart[]): string {
  const newest = [...results].sort((a, b) => a.at.localeCompare(b.at)).at(-1);
  const { machine, commit, versions, durability } = newest ?? {};
  const facts = {
    machine: machine && `${machine.cores} × ${machine.cpu}, ${machine.memoryGib} GiB`,
    system: machine && `${machine.system}, Linux ${machine.kernel}`,
    commit,
    ...versions,
    ...durability,
  };
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>Linnet: performance</title>
<style>
body{font:15px/1.5 system-ui,sans-serif;color:#1f2937;max-width:1000px;margin:2rem auto}
table{border-collapse:collapse;margin:.5rem 0 1.5rem;font-variant-numeric:tabular-nums}
td,th{padding:.25rem .7rem;border-bottom:1px solid #e5e7eb;text-align:right}
td:first-child,th:first-child{text-align:left}
.flag{color:#b91c1c}figure{margin:1rem 0}svg{max-width:100%;height:auto}
</style></head><body><h1>Linnet: performance</h1>
${tableOf(
  ["", ""],
  Object.entries(facts).map(([name, value]) => [name, value ?? ""]),
)}
${charts.map((chart) => `<figure id="${chart.name}">${chart.svg}</figure>`).join("\n")}
<h2>Every trial</h2>
${results.map(sectionOf).join("\n")}
</body></html>
`;
}

function sectionOf(result: BenchResult): string {
  const counts =
    `sent ${result.sent}, answered ${result.answered}, delivered ${result.delivered}, lost ` +
    `${result.lost}, duplicated ${result.duplicated}, out of order ${result.disordered}`;
  const title = `<h3>${escaped(result.scenario)} · ${escaped(settingOf(result))}</h3>`;
  const command = `<code>${escaped(result.command)}</code>`;
  const about = `<p>${command}, commit ${result.commit}, ${result.at}. `;
  if (result.figures !== undefined) {
    const rows = Object.entries(result.figures).map(([name, value]) => [name, plain(value)]);
    return `${title}${about}</p>${tableOf(["figure", "median"], rows)}`;
  }
  return `${title}${about}${counts}</p>${tableOf(HEADINGS, trialRows(result))}`;
}

const HEADINGS = [
  "trial",
  "messages/s",
  "deliveries/s",
  "CPU µs",
  "delivery p50",
  "p90",
  "p99",
  "p99.9",
  "max ms",
  "answer p50",
  "p99 ms",
  "generator busy",
];

function trialRows(result: BenchResult): string[][] {
  return subjectsOf(result).flatMap(({ name }) =>
    result.trials
      .filter((trial): trial is Trial => trial.subject === name && "deliveryMs" in trial)
      .map((trial) => [
        `${name} ${trial.number + 1}${trial.saturated ? " (generator saturated)" : ""}`,
        whole(trial.perSecond),
        whole(trial.deliveriesPerSecond),
        trial.cpuMicrosPerMessageTotal.toFixed(1),
        ...[trial.deliveryMs.p50, trial.deliveryMs.p90, trial.deliveryMs.p99].map(ms),
        ...[trial.deliveryMs.p999, trial.deliveryMs.max].map(ms),
        ...[trial.answerMs.p50, trial.answerMs.p99].map(ms),
        `${Math.round(trial.generatorBusy * 100)} %`,
      ]),
  );
}

function tableOf(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = headings.map((heading) => `<th>${escaped(heading)}</th>`).join("");
  const body = rows.map((row) => `<tr>${row.map((c) => `<td>${escaped(c)}</td>`).join("")}</tr>`);
  return `<table><tr>${head}</tr>${body.join("")}</table>`;
}

function ms(value: number): string {
  return value.toFixed(2);
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}

function plain(value: unknown): string {
  if (typeof value === "number") return String(+value.toPrecision(4));
  return typeof value === "string" ? value : JSON.stringify(value);
}
