// What the project wants to reach on one core, beside what the results say.
import type { BenchResult } from "../run/result.ts";

export interface Aim {
  readonly what: string;
  /** In words, with the bound. */
  readonly aim: string;
  /** Undefined where nothing was measured. */
  readonly reached: number | undefined;
  readonly isMet: boolean;
}

type Find = (
  scenario: string,
  parameters?: Readonly<Record<string, unknown>>,
) => BenchResult | undefined;

const W8 = { framing: "proto", window: 8 };
const W1 = { framing: "proto", window: 1 };

/** Of scale, whichever run of it has the figure. */
type Figure = (name: string) => unknown;

/** `least`: reached when the figure is at least `bound`; else at most. */
type Row = readonly [
  what: string,
  bound: number,
  least: boolean,
  of: (find: Find, figure: Figure) => unknown,
];

const MORE_CONNECTIONS = "at 19,000 connections over that at";
const PROCESSES = "messages a second of 2 gateways, 1 worker over 1 process";

const ROWS: readonly Row[] = [
  ["direct, window 8: over inbox", 0.7, true, (find) => find("direct", W8)?.ratios["inbox"]],
  ["direct, window 8: over floor", 0.8, true, (find) => find("direct", W8)?.ratios["floor"]],
  ["direct, window 1: over inbox", 0.7, true, (find) => find("direct", W1)?.ratios["inbox"]],
  ["direct, window 1: over floor", 0.8, true, (find) => find("direct", W1)?.ratios["floor"]],
  [
    "direct, window 8: CPU a message over inbox's",
    1.4,
    false,
    (find) => find("direct", W8)?.cpuRatios["inbox"],
  ],
  [
    "direct, 20,000/s offered: messages a second",
    19_900,
    true,
    (find) => find("direct", { rate: 20_000 })?.perSecond,
  ],
  [
    "direct, 20,000/s offered: p99, ms",
    100,
    false,
    (find) => find("direct", { rate: 20_000 })?.deliveryMs.p99,
  ],
  ["direct, 5,000/s: p50 over inbox's", 2, false, (find) => latencyOver(find, "p50")],
  ["direct, 5,000/s: p99 over inbox's", 1.5, false, (find) => latencyOver(find, "p99")],
  ["over ejabberd with MAM", 18, true, (find) => find("compare")?.ratios["ejabberd"]],
  ["over socket.io with an INSERT each", 3, true, (find) => find("compare")?.ratios["socket.io"]],
  ["push: over relay with an answer", 0.6, true, (find) => find("push")?.ratios["relay"]],
  ["JSON over protobuf, each over inbox", 0.75, true, jsonOverProto],
  ["group of 100: over its limit", 0.7, true, (find) => find("fanout group100")?.ratios["group"]],
  ["wide group: over publish", 0.7, true, (find) => find("fanout wide1000")?.ratios["publish"]],
  ["mass group: over publish", 0.7, true, (find) => find("fanout mass100000")?.ratios["publish"]],
  ["idle connection, KiB", 4, false, (find) => find("idle")?.figures?.["kibPerConnection"]],
  ["filter check, ns", 60, false, (find) => find("micro")?.figures?.["filter: grants, ns"]],
  ["sync of 10,000: the last event, ms", 250, false, (find) => find("sync")?.deliveryMs.p50],
  ["sync of 10,000: the first page, ms", 20, false, (find) => find("sync")?.answerMs.p50],
  ...(
    [
      [`delivery p99 ${MORE_CONNECTIONS} 1,000`, 2, false],
      [`CPU a message ${MORE_CONNECTIONS} 200`, 1.15, false],
      ["CPU a message at 100,000 conversations over that at 100", 1.15, false],
      [`${PROCESSES}, core 0`, 0.8, true],
      [`${PROCESSES}, cores 0,1`, 1.2, true],
    ] as const
  ).map(([name, bound, least]): Row => [name, bound, least, (_find, figure) => figure(name)]),
];

export function aimsOf(results: readonly BenchResult[]): Aim[] {
  const find: Find = (scenario, parameters = {}) =>
    results.find(
      (result) =>
        result.scenario === scenario &&
        Object.entries(parameters).every(([name, value]) => result.parameters[name] === value),
    );
  const scales = results
    .filter((result) => result.scenario === "scale")
    .sort((a, b) => a.at.localeCompare(b.at));
  const figure: Figure = (name) =>
    scales.map(({ figures }) => figures?.[name]).findLast((value) => value !== undefined);
  return ROWS.map(([what, bound, least, of]) => {
    const value = of(find, figure);
    const reached = typeof value === "number" && Number.isFinite(value) ? value : undefined;
    const isMet = reached !== undefined && (least ? reached >= bound : reached <= bound);
    return { what, aim: `${least ? "≥" : "≤"} ${bound.toLocaleString("en")}`, reached, isMet };
  });
}

function latencyOver(find: Find, share: "p50" | "p99"): number | undefined {
  const ours = find("direct", { rate: 5000 });
  const inbox = ours?.limits["inbox"];
  return ours && inbox && ours.deliveryMs[share] / inbox.deliveryMs[share];
}

/** Not of one run: each stands over the limit of its own. */
function jsonOverProto(find: Find): number {
  const json = find("direct", { framing: "json", window: 8 })?.ratios["inbox"] ?? Number.NaN;
  return json / (find("direct", W8)?.ratios["inbox"] ?? Number.NaN);
}
