// The one object that a scenario answers: every trial whole, medians, and ratios to the limits,
// trial by trial and then the median.
import type { LatencyMs } from "../generator/latency.ts";
import { commit, describeMachine, type Machine } from "../machine/cores.ts";
import type { Context } from "./context.ts";
import type { Trial } from "./trial.ts";

export interface Figures {
  readonly perSecond: number;
  readonly deliveriesPerSecond: number;
  readonly cpuMicrosPerMessage: Readonly<Record<string, number>>;
  readonly deliveryMs: Percentiles;
  readonly answerMs: Percentiles;
  readonly lastMemberMs: Percentiles;
  readonly rssKib: Readonly<Record<string, number>>;
  readonly generatorBusy: number;
}

/** A trial of a scenario that sends no traffic. */
export type OtherTrial = Readonly<Record<string, unknown>> & {
  readonly subject: string;
  readonly number: number;
  /** The figure that the scenario is about. */
  readonly perSecond: number;
};

export type Percentiles = Omit<LatencyMs, "curve" | "count">;

export interface BenchResult extends Figures {
  readonly scenario: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly command: string;
  readonly commit: string;
  readonly at: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly durability: Readonly<Record<string, string>>;
  readonly pinned: boolean;
  readonly offered: number;
  readonly sent: number;
  readonly answered: number;
  readonly delivered: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly disordered: number;
  readonly refused: number;
  readonly saturated: number;
  /** Messages that were answered 200 and are not in the table; undefined where none can be. */
  readonly missingRows: number | undefined;
  readonly limits: Readonly<Record<string, Figures>>;
  readonly ratio: number | undefined;
  readonly ratios: Readonly<Record<string, number>>;
  readonly cpuRatios: Readonly<Record<string, number>>;
  readonly trials: readonly (Trial | OtherTrial)[];
  readonly notes: readonly string[];
  /** Of a scenario in parts each part, the first of which is the result itself. */
  readonly parts?: Readonly<Record<string, BenchResult>>;
  /** Figures that belong to one scenario alone. */
  readonly figures?: Readonly<Record<string, unknown>>;
}

export interface ResultOptions {
  readonly scenario: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly trials: readonly Trial[];
  /** The limit that `ratio` is over. */
  readonly bound: string | undefined;
  readonly stored: boolean;
  readonly notes?: readonly string[];
}

export function resultOf(context: Context, options: ResultOptions): BenchResult {
  const { trials } = options;
  const ours = trials.filter((trial) => trial.subject === "linnet");
  const others = [...new Set(trials.map((trial) => trial.subject))].filter((n) => n !== "linnet");
  const subject = ours.length > 0 ? ours : trials;
  const sum = (of: (trial: Trial) => number) => subject.reduce((total, t) => total + of(t), 0);
  // Of limits alone there is nothing to compare.
  const compared = ours.length > 0 ? others : [];
  const ratios = Object.fromEntries(
    compared.map((name) => [name, ratioOf(trials, name, (t) => t.perSecond)]),
  );
  const { bound } = options;
  return {
    ...headOf(context, options.scenario, options.parameters),
    ...figuresOf(subject),
    offered: sum((t) => t.offered),
    sent: sum((t) => t.sent),
    answered: sum((t) => t.answered),
    delivered: sum((t) => t.delivered),
    lost: sum((t) => t.lost + t.unanswered),
    duplicated: sum((t) => t.duplicated),
    disordered: sum((t) => t.disordered),
    refused: sum((t) => Object.values(t.refused).reduce((total, count) => total + count, 0)),
    saturated: sum((t) => (t.saturated ? 1 : 0)),
    missingRows: options.stored && context.services ? sum(missingRows) : undefined,
    limits: Object.fromEntries(
      others.map((name) => [name, figuresOf(trials.filter((t) => t.subject === name))]),
    ),
    ratio: bound === undefined ? undefined : ratios[bound],
    ratios,
    cpuRatios: Object.fromEntries(
      compared.map((name) => [name, ratioOf(trials, name, (t) => t.cpuMicrosPerMessageTotal)]),
    ),
    trials,
    notes: options.notes ?? [],
  };
}

function headOf(context: Context, scenario: string, parameters: Readonly<Record<string, unknown>>) {
  return {
    scenario,
    parameters,
    command: `bun run bench ${process.argv.slice(2).join(" ")}`,
    commit: commit(),
    at: new Date().toISOString(),
    machine: describeMachine(),
    versions: context.services?.versions ?? { bun: Bun.version },
    durability: context.services?.durability ?? {},
    pinned: context.cores !== undefined,
  };
}

const NO_LATENCY: Percentiles = { p50: 0, p90: 0, p99: 0, p999: 0, max: 0 };

export interface OtherOptions {
  readonly scenario: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly trials: readonly OtherTrial[];
  readonly figures: Readonly<Record<string, unknown>>;
  readonly delivered?: number;
  readonly lost?: number;
  readonly duplicated?: number;
  readonly deliveryMs?: Percentiles;
  readonly answerMs?: Percentiles;
  readonly cpuMicrosPerMessage?: Readonly<Record<string, number>>;
  readonly ratios?: Readonly<Record<string, number>>;
  readonly ratio?: number;
  readonly notes?: readonly string[];
}

/** The result of a scenario that sends no traffic, under the same names. */
export function otherResult(context: Context, options: OtherOptions): BenchResult {
  const { scenario, parameters, trials, figures } = options;
  const ours = trials.filter((trial) => trial.subject === "linnet");
  return {
    ...headOf(context, scenario, parameters),
    perSecond: median((ours.length > 0 ? ours : trials).map((trial) => trial.perSecond)),
    deliveriesPerSecond: 0,
    cpuMicrosPerMessage: options.cpuMicrosPerMessage ?? {},
    deliveryMs: options.deliveryMs ?? NO_LATENCY,
    answerMs: options.answerMs ?? NO_LATENCY,
    lastMemberMs: NO_LATENCY,
    rssKib: {},
    generatorBusy: 0,
    offered: 0,
    sent: 0,
    answered: 0,
    delivered: options.delivered ?? 0,
    lost: options.lost ?? 0,
    duplicated: options.duplicated ?? 0,
    disordered: 0,
    refused: 0,
    saturated: 0,
    missingRows: undefined,
    limits: {},
    ratio: options.ratio,
    ratios: options.ratios ?? {},
    cpuRatios: {},
    trials,
    notes: options.notes ?? [],
    figures,
  };
}

/** One result of several: the figures of the first, the counts of all. */
export function withParts(
  scenario: string,
  parts: Readonly<Record<string, BenchResult>>,
): BenchResult {
  const all = Object.values(parts);
  const first = all[0];
  if (first === undefined) throw new Error(`${scenario} has no parts`);
  const sum = (of: (part: BenchResult) => number) => all.reduce((total, p) => total + of(p), 0);
  return {
    ...first,
    scenario,
    offered: sum((p) => p.offered),
    sent: sum((p) => p.sent),
    answered: sum((p) => p.answered),
    delivered: sum((p) => p.delivered),
    lost: sum((p) => p.lost),
    duplicated: sum((p) => p.duplicated),
    disordered: sum((p) => p.disordered),
    refused: sum((p) => p.refused),
    saturated: sum((p) => p.saturated),
    parts,
  };
}

/** Medians of the trials that count; of all when none does. */
function figuresOf(trials: readonly Trial[]): Figures {
  const counted = trials.filter((trial) => !trial.saturated);
  const used = counted.length > 0 ? counted : trials;
  const middle = (of: (trial: Trial) => number) => median(used.map(of));
  const processes = Object.keys(used[0]?.cpuMicrosPerMessage ?? {});
  const percentiles = (of: (trial: Trial) => LatencyMs): Percentiles => ({
    p50: middle((t) => of(t).p50),
    p90: middle((t) => of(t).p90),
    p99: middle((t) => of(t).p99),
    p999: middle((t) => of(t).p999),
    max: middle((t) => of(t).max),
  });
  return {
    perSecond: middle((t) => t.perSecond),
    deliveriesPerSecond: middle((t) => t.deliveriesPerSecond),
    cpuMicrosPerMessage: {
      total: middle((t) => t.cpuMicrosPerMessageTotal),
      ...Object.fromEntries(
        processes.map((name) => [name, middle((t) => t.cpuMicrosPerMessage[name] ?? 0)]),
      ),
    },
    deliveryMs: percentiles((t) => t.deliveryMs),
    answerMs: percentiles((t) => t.answerMs),
    lastMemberMs: percentiles((t) => t.lastMemberMs),
    rssKib: Object.fromEntries(processes.map((name) => [name, middle((t) => t.rssKib[name] ?? 0)])),
    generatorBusy: middle((t) => t.generatorBusy),
  };
}

/** Ours over theirs in the same round, then the median; rounds with a saturated run left out. */
function ratioOf(trials: readonly Trial[], name: string, of: (trial: Trial) => number): number {
  const rounds = [...new Set(trials.map((trial) => trial.number))].map((number) => {
    const find = (subject: string) =>
      trials.find((trial) => trial.subject === subject && trial.number === number);
    return { ours: find("linnet"), theirs: find(name) };
  });
  const whole = rounds.filter((round) => round.ours !== undefined && round.theirs !== undefined);
  const counted = whole.filter((round) => !round.ours?.saturated && !round.theirs?.saturated);
  const used = counted.length > 0 ? counted : whole;
  return median(used.map(({ ours, theirs }) => of(ours as Trial) / of(theirs as Trial)));
}

function missingRows(trial: Trial): number {
  const { rows, answered } = trial;
  if (rows === undefined) return 0;
  return answered - ((rows.after["messages"] ?? 0) - (rows.before["messages"] ?? 0));
}

export function median(values: readonly number[]): number {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return 0;
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}
