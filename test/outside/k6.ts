/**
 * K6: pairs, a group, a wide group and one that turns wide, while clients come and go at random.
 */

import { Chaos } from "./chaos.ts";
import {
  caughtUp,
  clientFaults,
  compareConversation,
  compareInboxes,
  type Expectation,
  holes,
  totals,
} from "./compare.ts";
import type { Follower } from "./follower.ts";
import { framings } from "./framing.ts";
import { addMembers, befriend, makeGroup } from "./http-client.ts";
import { inParallel, pace, reasonOf, until } from "../support/pace.ts";
import { code, describe, textMessage } from "./raw-client.ts";
import { openSql, runName, scaled, type Sql, type Target } from "./target.ts";
import { makeFollower } from "./traffic.ts";

const userCount = 300;
const narrowSize = 50;
const growingSize = 200;
const inFlightMax = 8;

interface Stage {
  name: string;
  cmd: number;
  address: { to: string } | { conversationId: string };
  senders: Follower[];
  holders: Follower[];
  count: number;
  /** Messages a second of each sender. */
  perSecond: number;
  /** Called once when half of the messages are sent. */
  halfway?: () => Promise<void>;
}

interface Result extends Expectation {
  failures: string[];
}

export async function run(target: Target): Promise<string[]> {
  const name = runName("k6");
  const seed = target.seed ?? Date.now() % 1_000_000;
  const sql = openSql(target);
  const users = Array.from({ length: userCount }, (_, index) => `${name}-${index}`);
  const followers = await makeFollowers(target, users);
  const byUser = (from: number, to: number): Follower[] =>
    users.slice(from, to).flatMap((user) => ofUser(followers, user));
  const stages = await makeStages(target, users, byUser);
  await inParallel(followers, 30, (follower) => follower.start());
  const chaos = new Chaos(followers, seed, 10);
  try {
    const startMs = performance.now();
    chaos.start();
    const results = await Promise.all(stages.map((stage) => runStage(stage)));
    const sentMs = performance.now() - startMs;
    await chaos.stop();
    const failures = await caughtUp(sql, followers, 90_000);
    const settledMs = performance.now() - startMs - sentMs;
    for (const result of results) {
      failures.push(...result.failures, ...(await compareConversation(sql, result)));
    }
    failures.push(...(await compareInboxes(sql, followers)), ...clientFaults(followers));
    failures.push(...wideLogs(followers), ...(await lateComer(sql, stages[3], byUser)));
    failures.push(
      ...followers.flatMap((one) => one.losses.filter((loss) => !/ 41\d\d /.test(loss))),
    );
    console.log(
      `k6: seed ${seed}, sent in ${(sentMs / 1000).toFixed(1)} s, settled ` +
        `${(settledMs / 1000).toFixed(1)} s later, ${chaos.drops} drops; ${totals(followers)}`,
    );
    return failures;
  } finally {
    await chaos.stop();
    for (const follower of followers) follower.drop(false);
    await sql.end({ timeout: 2 });
  }
}

/** The first two users have three devices, one in each framing; all others have one. */
async function makeFollowers(target: Target, users: readonly string[]): Promise<Follower[]> {
  const devices = ["im_web", "im_app_ios", "im_pc_linux"];
  const wanted = users.flatMap((user, index) =>
    devices
      .slice(0, index < 2 ? 3 : 1)
      .map((device, place) => ({ user, device, framing: framings[(index + place) % 3] ?? "json" })),
  );
  const followers: Follower[] = [];
  await inParallel(wanted, 8, async (one, index) => {
    followers[index] = await makeFollower(target, one.user, one.device, one.framing);
  });
  return followers;
}

async function makeStages(
  target: Target,
  users: readonly string[],
  byUser: (from: number, to: number) => Follower[],
): Promise<[Stage, Stage, Stage, Stage, Stage]> {
  const [one = "", other = ""] = users;
  await befriend(target, one, other);
  const group = (from: number, to: number): Promise<string> =>
    makeGroup(target, users[from] ?? "", users.slice(from + 1, to));
  const narrow = await group(0, narrowSize);
  const wide = await group(0, userCount);
  const growing = await group(50, 50 + growingSize);
  const joining = users[50 + growingSize] ?? "";
  const half = scaled(target, 1000);
  const pair = { cmd: 1, holders: byUser(0, 2), count: half, perSecond: 12 };
  return [
    { ...pair, name: "one to other", address: { to: other }, senders: byUser(0, 1) },
    { ...pair, name: "other to one", address: { to: one }, senders: byUser(1, 2) },
    {
      name: "group of 50",
      cmd: 2,
      address: { conversationId: narrow },
      senders: byUser(2, 12),
      holders: byUser(0, narrowSize),
      count: 2 * half,
      perSecond: 7,
    },
    {
      name: "growing group",
      cmd: 2,
      address: { conversationId: growing },
      senders: byUser(60, 65),
      holders: byUser(50, 50 + growingSize),
      count: scaled(target, 300),
      perSecond: 2,
      halfway: () => addMembers(target, growing, [joining]),
    },
    {
      name: "wide group of 300",
      cmd: 2,
      address: { conversationId: wide },
      senders: byUser(12, 22),
      holders: byUser(0, userCount),
      count: 2 * half,
      perSecond: 6,
    },
  ];
}

async function runStage(stage: Stage): Promise<Result> {
  const answered = new Map<string, string>();
  const failures: string[] = [];
  let conversationId = "";
  let started = 0;
  let growth: Promise<void> | undefined;
  const sendOne = async (sender: Follower, index: number): Promise<void> => {
    const localId = `${stage.name}-${index}`;
    const text = `${stage.name}: text ${index}`;
    const answer = await sender.send(textMessage(stage.cmd, stage.address, localId, text));
    if (code(answer) !== 200) failures.push(`${localId}: ${describe(answer)}`);
    else answered.set(localId, text);
    if (answer?.route?.conversationId) conversationId = String(answer.route.conversationId);
  };
  const lanes = stage.senders.map(async (sender) => {
    const turn = pace(stage.perSecond);
    const underWay = new Set<Promise<void>>();
    while (started < stage.count) {
      await turn();
      await until(() => underWay.size < inFlightMax, 120_000, 10);
      if (started >= stage.count) break;
      const work = sendOne(sender, started).catch((error: unknown) => {
        failures.push(`${stage.name}: ${reasonOf(error)}`);
      });
      started += 1;
      underWay.add(work);
      void work.finally(() => underWay.delete(work));
      if (started === Math.ceil(stage.count / 2)) growth = stage.halfway?.();
    }
    await Promise.all(underWay);
  });
  await Promise.all(lanes);
  await growth;
  return { conversationId, holders: stage.holders, answered, failures };
}

/** Every client that follows a wide log must have the same message under the same number. */
function wideLogs(followers: readonly Follower[]): string[] {
  const failures: string[] = [];
  const known = new Map<string, string>();
  for (const follower of followers) {
    for (const [conversationId, log] of follower.wide) {
      const numbers = log.events.map((event) => event.n);
      failures.push(...holes(numbers, log.from + 1, `${follower.options.user}'s log, wide`));
      for (const event of log.events) {
        const key = `${conversationId} ${event.n}`;
        const value = `${event.cmd} ${event.messageId}`;
        const first = known.get(key) ?? value;
        known.set(key, first);
        if (first !== value) failures.push(`wide ${key}: ${first} for one, ${value} for another`);
      }
    }
  }
  return failures;
}

/** The 201st sees the conversation from its joining on, without a hole, to the end. */
async function lateComer(
  sql: Sql,
  stage: Stage | undefined,
  byUser: (from: number, to: number) => Follower[],
): Promise<string[]> {
  const address = stage?.address;
  if (!address || !("conversationId" in address)) return ["no growing group"];
  const { conversationId } = address;
  const [joined] = byUser(50 + growingSize, 51 + growingSize);
  const notWide = (stage?.holders ?? []).filter((one) => !one.wide.has(conversationId));
  const failures = notWide.map((one) => `${one.options.user}: told of no turning wide`);
  const logs = [joined?.own, joined?.wide.get(conversationId)];
  const seqs = logs
    .flatMap((log) => log?.events ?? [])
    .filter((event) => event.conversationId === conversationId && event.seq !== undefined)
    .map((event) => event.seq ?? -1)
    .sort((a, b) => a - b);
  const rows = await sql`
    SELECT max(seq) AS newest FROM messages WHERE conversation_id = ${conversationId}`;
  const newest = Number(rows[0]?.["newest"]);
  const first = seqs[0] ?? 0;
  if (seqs.length === 0) failures.push("the 201st saw no message");
  if (seqs.at(-1) !== newest) failures.push(`the 201st ends at ${seqs.at(-1)} of ${newest}`);
  return [...failures, ...holes(seqs, first, "the 201st's seqs")];
}

function ofUser(followers: readonly Follower[], user: string): Follower[] {
  return followers.filter((follower) => follower.options.user === user);
}
