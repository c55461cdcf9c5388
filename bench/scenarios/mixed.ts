// mixed: a day of a real service in small. Most messages are short, some long; some go to groups,
// some to people who are away; those who are there say what they have read. Open loop.
import type { LaneSpec } from "../generator/job.ts";
import { CMD, CONVERSATION } from "../../src/wire/commands.ts";
import { Application } from "../machine/accounts.ts";
import { makeUsers } from "../machine/population.ts";
import type { Context } from "../run/context.ts";
import { type BenchResult, resultOf } from "../run/result.ts";
import { runTrials, type Subject } from "../run/trial.ts";
import { connectionOf } from "./pairs.ts";
import { startTarget, type Target } from "./target.ts";

const RATE = 2000;
const READ_EVERY = 5;
/** What people send: mostly a line, now and then a page; [share, bytes of text, message type]. */
const KINDS = [
  [0.6, 40, 1],
  [0.25, 200, 1],
  [0.1, 800, 2],
  [0.05, 4000, 12],
] as const;
const GROUP_MEMBERS = 20;
/** Of a hundred lanes so many go to groups, and so many to a friend who is away. */
const GROUP_LANES = 15;
const AWAY_LANES = 25;

export async function mixed(context: Context): Promise<BenchResult> {
  const rate = context.flags.rate > 0 ? context.flags.rate : RATE;
  const rated = { ...context, flags: { ...context.flags, rate } };
  let made: Made | undefined;
  const plan = {
    name: "linnet",
    async start(): Promise<Subject> {
      const target = await startTarget(rated);
      made ??= await make(rated, target);
      const { host, ports, processes } = target;
      return {
        job: {
          host,
          ports,
          processes,
          framing: rated.flags.framing,
          ...made,
          greeting: true,
          answered: true,
          readEvery: READ_EVERY,
        },
        stop: () => target.stop(),
      };
    },
  };
  return resultOf(rated, {
    scenario: "mixed",
    parameters: { framing: rated.flags.framing, rate, lanes: rated.flags.pairs },
    trials: await runTrials(rated, [plan]),
    bound: undefined,
    stored: true,
  });
}

type Made = Pick<Subject["job"], "connections" | "lanes">;

async function make(context: Context, target: Target): Promise<Made> {
  const { services, flags } = context;
  const { base, appKey } = target;
  context.tell("making friends, groups, and people who are away");
  const application = new Application(base, appKey);
  const accounts = await makeUsers({ services, base, appKey }, flags.pairs * 2);
  // Members of every group who are always away.
  const away = await makeUsers({ services, base, appKey }, GROUP_MEMBERS - 2);
  const awayIds = away.map((account) => account.id);
  const ids = accounts.map((account) => account.id);
  const couples = Array.from(
    { length: flags.pairs },
    (_, n) => [ids[n * 2] as string, ids[n * 2 + 1] as string] as const,
  );
  await application.befriend(couples);
  const conversations = await application.conversationsOf(couples);
  const connections = accounts.map(connectionOf);
  const lanes: LaneSpec[] = [];
  for (const [pair, { id, type }] of conversations.entries()) {
    const part = (pair / flags.pairs) * 100;
    const kind = kindAt((pair * 0.618) % 1);
    const sender = pair * 2;
    const single = { ...kind, sender, cmd: CMD.singleChat, stored: true };
    if (part < GROUP_LANES) {
      const names = [ids[sender + 1] as string, ...awayIds];
      const group = await application.group(ids[sender] as string, names, CONVERSATION.group);
      lanes.push({
        ...single,
        cmd: CMD.groupChat,
        receivers: [sender + 1],
        conversationId: group,
        conversationType: CONVERSATION.group,
      });
      continue;
    }
    const receivers = part < GROUP_LANES + AWAY_LANES ? [] : [sender + 1];
    lanes.push({ ...single, receivers, conversationId: id, conversationType: type });
  }
  return withoutAway(connections, lanes);
}

/** Users whom no lane names as sender or receiver stay away: they have no connection. */
function withoutAway(connections: Made["connections"], lanes: readonly LaneSpec[]): Made {
  const present = [...new Set(lanes.flatMap((lane) => [lane.sender, ...lane.receivers]))].sort(
    (a, b) => a - b,
  );
  const place = new Map(present.map((index, at) => [index, at] as const));
  const at = (index: number) => place.get(index) ?? 0;
  return {
    connections: present.map((index) => connections[index] as Made["connections"][number]),
    lanes: lanes.map((lane) => ({
      ...lane,
      sender: at(lane.sender),
      receivers: lane.receivers.map(at),
    })),
  };
}

function kindAt(share: number): { bodyBytes: number; type: number } {
  let sum = 0;
  for (const [part, bodyBytes, type] of KINDS) {
    sum += part;
    if (share < sum) return { bodyBytes, type };
  }
  return { bodyBytes: KINDS[0][1], type: KINDS[0][2] };
}
