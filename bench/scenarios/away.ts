// sync: one user has missed 10,000 events. storm: all users come back and sync at the same moment.
import type { CatchUpJob, CatchUpResult, LaneSpec, TrafficJob } from "../generator/job.ts";
import type { LatencyMs } from "../generator/latency.ts";
import { CMD, CONVERSATION } from "../../src/wire/commands.ts";
import { type Account, Application } from "../machine/accounts.ts";
import { generate } from "../machine/generator.ts";
import { makeUsers } from "../machine/population.ts";
import type { Context } from "../run/context.ts";
import { type BenchResult, median, otherResult, type OtherTrial } from "../run/result.ts";
import { connectionOf } from "./pairs.ts";
import { startTarget, type Target } from "./target.ts";

const PAGE_EVENTS = 500;
const GROUP_MEMBERS = 100;

interface Absence {
  readonly scenario: string;
  /** How many come back at once. */
  readonly users: number;
  /** What each has missed at least. */
  readonly missed: number;
  /** How often it is repeated in a trial. */
  readonly rounds: number;
}

export function sync(context: Context): Promise<BenchResult> {
  const { missed } = context.flags;
  return absence(context, { scenario: "sync", users: 1, missed, rounds: 20 });
}

export function storm(context: Context): Promise<BenchResult> {
  const users = Math.min(context.flags.connections, STORM_USERS);
  return absence(context, { scenario: "storm", users, missed: 20, rounds: 1 });
}

const STORM_USERS = 1000;

async function absence(context: Context, plan: Absence): Promise<BenchResult> {
  const target = await startTarget(context);
  try {
    context.tell(`${plan.users} users miss ${plan.missed} events each`);
    const away = await missEvents(context, target, plan);
    const results: CatchUpResult[] = [];
    for (let number = 0; number < context.flags.trials; number++) {
      context.tell(`round ${number + 1} of ${context.flags.trials}: they come back`);
      const job: CatchUpJob = {
        kind: "catch-up",
        host: target.host,
        ports: target.ports,
        framing: context.flags.framing,
        connections: away.map(connectionOf),
        rounds: plan.rounds,
        pageEvents: PAGE_EVENTS,
        processes: target.processes,
      };
      results.push(await generate(job, context.cores));
    }
    return summed(context, plan, results);
  } finally {
    await target.stop();
  }
}

function summed(context: Context, plan: Absence, results: readonly CatchUpResult[]): BenchResult {
  const middle = (of: (result: CatchUpResult) => number) => median(results.map(of));
  const events = results.reduce((sum, result) => sum + result.events, 0);
  const expected = results.reduce((sum, r) => sum + r.users * r.rounds * plan.missed, 0);
  const trials: OtherTrial[] = results.map((result, number) => ({
    ...result,
    subject: "linnet",
    number,
    perSecond: result.eventsPerSecond,
  }));
  const latency = (of: (result: CatchUpResult) => LatencyMs) => ({
    p50: middle((r) => of(r).p50),
    p90: middle((r) => of(r).p90),
    p99: middle((r) => of(r).p99),
    p999: middle((r) => of(r).p999),
    max: middle((r) => of(r).max),
  });
  const [lastPageMs, firstPageMs] = [latency((r) => r.lastPageMs), latency((r) => r.firstPageMs)];
  return otherResult(context, {
    scenario: plan.scenario,
    parameters: { users: plan.users, missed: plan.missed, framing: context.flags.framing },
    trials,
    delivered: events,
    lost: Math.max(0, expected - events) + results.reduce((sum, r) => sum + r.holes, 0),
    deliveryMs: lastPageMs,
    answerMs: firstPageMs,
    cpuMicrosPerMessage: Object.fromEntries(
      Object.keys(results[0]?.cpuMicrosPerEvent ?? {}).map((name) => [
        name,
        middle((r) => r.cpuMicrosPerEvent[name] ?? 0),
      ]),
    ),
    figures: {
      eventsPerSecond: middle((r) => r.eventsPerSecond),
      allHaveAllMs: middle((r) => r.roundMs),
      greetedMs: latency((r) => r.greetedMs),
      firstPageMs,
      lastPageMs,
      events,
    },
  });
}

/** Groups of users who are offline, with one member who writes. */
async function missEvents(context: Context, target: Target, plan: Absence): Promise<Account[]> {
  const { services, flags } = context;
  const { base, appKey } = target;
  const groups = Math.ceil(plan.users / (GROUP_MEMBERS - 1));
  const away = await makeUsers({ services, base, appKey }, plan.users);
  const writers = await makeUsers({ services, base, appKey }, groups);
  const application = new Application(base, appKey);
  const lanes: LaneSpec[] = [];
  for (const [number, writer] of writers.entries()) {
    const from = number * (GROUP_MEMBERS - 1);
    const members = away.slice(from, from + GROUP_MEMBERS - 1).map((account) => account.id);
    lanes.push({
      sender: number,
      receivers: [],
      cmd: CMD.groupChat,
      stored: true,
      most: plan.missed,
      bodyBytes: flags.bodyBytes,
      conversationId: await application.group(writer.id, members, CONVERSATION.group),
      conversationType: CONVERSATION.group,
    });
  }
  const job: TrafficJob = {
    kind: "traffic",
    host: target.host,
    ports: target.ports,
    framing: flags.framing,
    connections: writers.map(connectionOf),
    lanes,
    greeting: true,
    answered: true,
    window: 64,
    rate: 0,
    messagesMost: plan.missed * groups,
    readEvery: 0,
    warmUpSeconds: 0.01,
    seconds: 0.01,
    processes: {},
  };
  const sent = await generate(job, context.cores);
  if (sent.answered < job.messagesMost) {
    throw new Error(`only ${sent.answered} of ${job.messagesMost} messages could be stored`);
  }
  return away;
}
