// scale: how latency goes with the number of connections, cost with that of connections and of
// conversations, throughput with the size of a group and with processes; points of curves.
import { CMD, CONVERSATION } from "../../src/wire/commands.ts";
import { makeUsers } from "../machine/population.ts";
import { APP_KEY } from "../machine/programs.ts";
import type { Context } from "../run/context.ts";
import { type BenchResult, otherResult, resultOf, withParts } from "../run/result.ts";
import { runTrial, runTrials, type Subject, type Trial } from "../run/trial.ts";
import {
  type Curve,
  measureCurve,
  named,
  pointsOf,
  ratioBetween,
  stepsTo,
  type Trials,
} from "./curve.ts";
import { GroupSubjects } from "./groups.ts";
import { Mesh } from "./mesh.ts";
import { PairSubjects } from "./pairs.ts";
import { Standing } from "./standing.ts";
import type { TargetOptions } from "./target.ts";

export const SCALE_HELP = `
The curves:
  connections    half of capacity, sent by 200 of so many connections: 200, 1,000, 10,000, …
                 up to --connections (19,000 at most: the files that one gateway may open)
  conversations  a quarter of capacity over so many conversations: 100, 1,000, 10,000, …
                 up to --conversations
  members        a closed loop in a group of so many; up to --connections
  processes      a closed loop, one process against gateways and a worker of their own
Capacity is measured first, with --pairs and --window; --rate sets both rates instead. The whole of
it: bench scale --connections 19000 --conversations 100000 --seconds 5 --warm-up 15, and again with
--curves processes --server-cores 0,1 for processes on both cores.`;

const CONNECTIONS = [1000, 10_000];
const CONNECTIONS_MOST = 19_000;
/** From here on more connections are to change little. */
const CONNECTIONS_FROM = 1000;
const CONVERSATIONS = [100, 1000, 10_000];
/** Over HTTP, where each takes two calls. */
const CONVERSATIONS_BY_CALLS = 1000;
const GROUPS = [10, 100, 1000];
const PROCESSES: Readonly<Record<string, TargetOptions>> = {
  "1 process": {},
  "1 gateway, 1 worker": { gateways: 1, worker: true },
  "2 gateways, 1 worker": { gateways: 2, worker: true },
};
const WORK = { cmd: CMD.singleChat, stored: true };

/** What a part of the scenario has found out. */
interface Found {
  readonly parts: Readonly<Record<string, BenchResult>>;
  /** By sentences. */
  readonly figures: Readonly<Record<string, number>>;
}

export async function scale(context: Context): Promise<BenchResult> {
  const { curves, connections, conversations } = context.flags;
  const wants = (curve: string) => curves?.includes(curve) !== false;
  const found: Found[] = [];
  if (wants("connections") || wants("conversations")) found.push(await onOneServer(context, wants));
  if (wants("members")) found.push(await groups(context));
  if (wants("processes") && context.services !== undefined) found.push(await processes(context));
  const parts = Object.assign({}, ...found.map((one) => one.parts)) as Found["parts"];
  const figures = Object.assign({}, ...found.map((one) => one.figures)) as Found["figures"];
  if (Object.keys(figures).length === 0) return withParts("scale", parts);
  const ratios = otherResult(context, {
    scenario: "scale",
    parameters: {
      curves: curves?.join(", ") ?? "all",
      connections,
      conversations,
      cores: coresOf(context),
    },
    trials: [],
    figures,
    notes: ["ratios round by round, then their median; the trials stand with each point"],
  });
  return { ...withParts("scale", { ...parts, ratios }), figures };
}

/** One server for all that is measured at a rate: it is warm, and stays so. */
async function onOneServer(context: Context, wants: (curve: string) => boolean): Promise<Found> {
  const subject = await new PairSubjects(context, WORK).linnet().start();
  try {
    context.tell("capacity: a closed loop");
    const trial = await runTrial(closedLoop(context), "linnet", subject.job, 0);
    const capacity = resultOf(context, {
      scenario: "scale capacity",
      parameters: { ...parametersOf(context, "capacity"), x: 0, name: "capacity" },
      trials: [trial],
      bound: undefined,
      stored: true,
    });
    const found: Found[] = [{ parts: { capacity }, figures: {} }];
    if (wants("connections")) found.push(await overConnections(context, subject.job, trial));
    if (wants("conversations")) found.push(await overConversations(context, subject.job, trial));
    return {
      parts: Object.assign({}, ...found.map((one) => one.parts)) as Found["parts"],
      figures: Object.assign({}, ...found.map((one) => one.figures)) as Found["figures"],
    };
  } finally {
    await subject.stop();
  }
}

async function overConnections(
  context: Context,
  work: Subject["job"],
  capacity: Trial,
): Promise<Found> {
  const talking = work.connections.length;
  const most = Math.max(talking, Math.min(context.flags.connections, CONNECTIONS_MOST));
  const xs = stepsTo(most, [talking, ...CONNECTIONS.filter((count) => count > talking)]);
  context.tell(`making ${most - talking} users who say nothing`);
  const standing = new Standing(
    context,
    work,
    await makeUsers(placeOf(context, work), most - talking),
  );
  const reach = async (x: number) => {
    context.tell(`opening or closing connections, to ${x}`);
    await standing.reach(x - talking);
    return work;
  };
  const curve = { name: "connections", xs, ...rateOf(context, capacity, 2), reach };
  try {
    const trials = await measureCurve(context, curve);
    await standing.reach(0);
    const from = xs.find((x) => x >= CONNECTIONS_FROM && x < most) ?? xs[0] ?? most;
    const points = { of: most, over: from };
    const over = (name: string, of: (trial: Trial) => number) => ({
      [comparisonOf(name, curve, points)]: ratioBetween(trials, points, of),
    });
    return {
      parts: pointsOf(context, curve, trials),
      figures: {
        ...over("delivery p50", (trial) => trial.deliveryMs.p50),
        ...over("delivery p99", (trial) => trial.deliveryMs.p99),
        ...over("delivery p99.9", (trial) => trial.deliveryMs.p999),
        ...costOver(curve, trials),
        "connections lost meanwhile": standing.closed,
      },
    };
  } finally {
    await standing.reach(0);
  }
}

async function overConversations(
  context: Context,
  work: Subject["job"],
  capacity: Trial,
): Promise<Found> {
  const { services, flags } = context;
  const possible = services === undefined ? CONVERSATIONS_BY_CALLS : Infinity;
  const most = Math.max(1, Math.min(flags.conversations, possible));
  const mesh = await Mesh.make(context, placeOf(context, work), work, most);
  const curve = {
    name: "conversations",
    xs: stepsTo(most, CONVERSATIONS),
    ...rateOf(context, capacity, 4),
    reach: (x: number) => mesh.reach(x),
  };
  const trials = await measureCurve(context, curve);
  return { parts: pointsOf(context, curve, trials), figures: costOver(curve, trials) };
}

function costOver(curve: Curve, trials: Trials) {
  const points = { of: curve.xs.at(-1) as number, over: curve.xs[0] as number };
  const ratio = ratioBetween(trials, points, (trial) => trial.cpuMicrosPerMessageTotal);
  return { [comparisonOf("CPU a message", curve, points)]: ratio };
}

function comparisonOf(what: string, curve: Curve, { of, over }: { of: number; over: number }) {
  return `${what} at ${named(of, curve.name)} over that at ${over.toLocaleString("en")}`;
}

function rateOf(context: Context, capacity: Trial, divisor: 2 | 4) {
  const { rate } = context.flags;
  if (rate > 0) return { rate, load: `${rate} a second` };
  const load = divisor === 2 ? "half of capacity" : "a quarter of capacity";
  return { rate: Math.max(1, Math.round(capacity.perSecond / divisor)), load };
}

async function groups(context: Context): Promise<Found> {
  const { connections } = context.flags;
  const parts: Record<string, BenchResult> = {};
  for (const members of GROUPS.filter((count) => count <= connections)) {
    const one = closedLoop(context, { trials: 1, warmUp: SHORT_WARM_UP });
    const shape = { type: CONVERSATION.group, members, online: members };
    const name = `group of ${members.toLocaleString("en")}`;
    parts[name] = resultOf(context, {
      scenario: "scale members",
      parameters: { ...parametersOf(context, "members"), x: members, name },
      trials: await runTrials(one, [new GroupSubjects(one, shape).linnet()]),
      bound: undefined,
      stored: true,
    });
  }
  return { parts, figures: {} };
}

const SHORT_WARM_UP = 1;

function closedLoop(context: Context, changed: Partial<Context["flags"]> = {}): Context {
  return { ...context, flags: { ...context.flags, ...changed, rate: 0 } };
}

async function processes(context: Context): Promise<Found> {
  const subjects = new PairSubjects(context, WORK);
  const parts: Record<string, BenchResult> = {};
  const cores = coresOf(context);
  for (const [name, options] of Object.entries(PROCESSES)) {
    context.tell(name);
    parts[name] = resultOf(context, {
      scenario: "scale processes",
      parameters: {
        ...parametersOf(context, "processes"),
        x: Object.keys(parts).length,
        name,
        cores,
      },
      trials: await runTrials(closedLoop(context), [subjects.linnet(options)]),
      bound: undefined,
      stored: true,
    });
  }
  const perSecond = (name: string) => parts[name]?.perSecond ?? 0;
  const over = (name: string) => ({
    [`messages a second of ${name} over 1 process, ${cores}`]:
      perSecond(name) / perSecond("1 process"),
  });
  return { parts, figures: { ...over("1 gateway, 1 worker"), ...over("2 gateways, 1 worker") } };
}

function coresOf({ cores }: Context): string {
  if (cores === undefined) return "any core";
  return `${cores.server.includes(",") ? "cores" : "core"} ${cores.server}`;
}

function parametersOf({ flags }: Context, curve: string) {
  return { curve, window: flags.window, framing: flags.framing };
}

function placeOf({ services, flags }: Context, { host, ports }: Subject["job"]) {
  return { services, base: `http://${host}:${ports[0]}`, appKey: flags.appKey ?? APP_KEY };
}
