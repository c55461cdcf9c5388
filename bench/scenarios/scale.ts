// scale: how throughput and latency go with the number of conversations, of connections, of
// processes, and with the size of a group; points of curves, one short trial each.
import { CMD, CONVERSATION } from "../../src/wire/commands.ts";
import { hold } from "../machine/generator.ts";
import { makeUsers } from "../machine/population.ts";
import type { Context } from "../run/context.ts";
import { type BenchResult, resultOf, withParts } from "../run/result.ts";
import { runTrials, type SubjectPlan } from "../run/trial.ts";
import { GroupSubjects } from "./groups.ts";
import { connectionOf, PairSubjects } from "./pairs.ts";
import type { TargetOptions } from "./target.ts";

const CONVERSATIONS = [100, 1000, 5000];
const CONNECTIONS = [0, 5000, 15_000];
const GROUPS = [10, 50, 100, 200, 1000];
const PROCESSES: Readonly<Record<string, TargetOptions>> = {
  "1 process": {},
  "1 gateway, 1 worker": { gateways: 1, worker: true },
  "2 gateways, 1 worker": { gateways: 2, worker: true },
};
const SECONDS = 1.5;
const WARM_UP = 1;
const WORK = { cmd: CMD.singleChat, stored: true };

export async function scale(context: Context): Promise<BenchResult> {
  const parts: Record<string, BenchResult> = {};
  const { connections, curves } = context.flags;
  const mostOf = (curve: string) => (curves?.includes(curve) === false ? -1 : connections);
  for (const pairs of CONVERSATIONS.filter((count) => count * 2 <= mostOf("conversations"))) {
    // The load stays the same: as many messages under way, spread over more conversations.
    const window = Math.max(1, Math.round(800 / pairs));
    const part = withFlags(context, { pairs, window });
    const plan = new PairSubjects(part, WORK).linnet();
    parts[`${pairs} conversations`] = await point(part, "conversations", pairs, plan);
  }
  for (const idle of CONNECTIONS.filter((count) => count <= mostOf("connections"))) {
    const part = withFlags(context, {});
    const plan = besideIdle(part, new PairSubjects(part, WORK).linnet(), idle);
    parts[`${idle} idle connections`] = await point(part, "connections", idle, plan);
  }
  for (const members of GROUPS.filter((count) => count <= mostOf("members"))) {
    const part = withFlags(context, {});
    const shape = { type: CONVERSATION.group, members, online: members };
    const plan = new GroupSubjects(part, shape).linnet();
    parts[`group of ${members}`] = await point(part, "members", members, plan);
  }
  if (context.services !== undefined && mostOf("processes") >= 0) {
    for (const [name, options] of Object.entries(PROCESSES)) {
      const part = withFlags(context, {});
      const plan = new PairSubjects(part, WORK, options).linnet();
      parts[name] = await point(part, "processes", Object.keys(parts).length, plan, name);
    }
  }
  return withParts("scale", parts);
}

function withFlags(context: Context, changed: { pairs?: number; window?: number }): Context {
  const { seconds, warmUp } = context.flags;
  const short = { seconds: Math.min(seconds, SECONDS), warmUp: Math.min(warmUp, WARM_UP) };
  const flags = { ...context.flags, ...changed, ...short, trials: 1 };
  return { ...context, flags };
}

async function point(
  context: Context,
  curve: string,
  x: number,
  plan: SubjectPlan,
  name = `${x} ${curve}`,
): Promise<BenchResult> {
  context.tell(name);
  return resultOf(context, {
    scenario: `scale ${curve}`,
    parameters: { curve, x, name, window: context.flags.window, framing: context.flags.framing },
    trials: await runTrials(context, [plan]),
    bound: undefined,
    stored: true,
  });
}

/** The plan with so many connections standing beside it that do nothing. */
function besideIdle(context: Context, plan: SubjectPlan, count: number): SubjectPlan {
  if (count === 0) return plan;
  return {
    name: plan.name,
    async start() {
      const subject = await plan.start();
      const { services, flags } = context;
      const { host, ports, framing } = subject.job;
      const base = flags.url ?? `http://${host}:${ports[0]}`;
      const users = await makeUsers({ services, base, appKey: flags.appKey ?? "" }, count);
      const connections = users.map(connectionOf);
      const job = { kind: "held", host, ports, framing, greeting: true, connections } as const;
      const held = await hold(job, context.cores);
      return {
        job: subject.job,
        async stop() {
          await held.release();
          await subject.stop();
        },
      };
    },
  };
}
