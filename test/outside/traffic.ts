/** Steady traffic between pairs and in one group, whose every answered send is remembered. */

import type { Expectation } from "./compare.ts";
import { Follower } from "./follower.ts";
import { type Framing, framings } from "./framing.ts";
import { befriend, login, makeGroup } from "./http-client.ts";
import { inParallel, pace, reasonOf, until } from "../support/pace.ts";
import { code, describe, textMessage } from "./raw-client.ts";
import type { Target } from "./target.ts";

export interface TrafficOptions {
  pairs: number;
  groupSize: number;
  groupSenders: number;
  /** Messages a second of each sender. */
  perSecond: number;
}

export interface Traffic {
  followers: Follower[];
  /** Refusals that no overload explains. */
  refusals: string[];
  /** Codes that came instead of 200 and were tried again. */
  retriedCodes(): Map<number, number>;
  answeredCount(): number;
  expectations(): Expectation[];
  /** Sends no more, and waits until every send under way has its outcome. */
  stop(): Promise<void>;
}

interface Sender {
  follower: Follower;
  cmd: number;
  address: { to: string } | { conversationId: string };
  holders: Follower[];
}

interface Ledger {
  conversationId: string;
  holders: Follower[];
  answered: Map<string, string>;
}

export async function startTraffic(
  target: Target,
  name: string,
  options: TrafficOptions,
): Promise<Traffic> {
  const senders: Sender[] = [];
  const followers: Follower[] = [];
  for (let pair = 0; pair < options.pairs; pair += 1) {
    const [one, other] = [`${name}-a${pair}`, `${name}-b${pair}`];
    const both = [
      await makeFollower(target, one, "im_web", framings[pair % 3] ?? "json"),
      await makeFollower(target, other, "im_app_ios", framings[(pair + 1) % 3] ?? "json"),
    ] as const;
    await befriend(target, one, other);
    followers.push(...both);
    senders.push(
      { follower: both[0], cmd: 1, address: { to: other }, holders: [...both] },
      { follower: both[1], cmd: 1, address: { to: one }, holders: [...both] },
    );
  }
  senders.push(...(await groupSenders(target, name, options, followers)));
  await inParallel(followers, 20, (follower) => follower.start());
  return pump(name, senders, followers, options.perSecond);
}

export async function makeFollower(
  target: Target,
  user: string,
  device: string,
  framing: Framing,
): Promise<Follower> {
  const token = await login(target, user, device);
  return new Follower({ user, device, token, framing, urls: target.urls });
}

async function groupSenders(
  target: Target,
  name: string,
  options: TrafficOptions,
  followers: Follower[],
): Promise<Sender[]> {
  if (options.groupSize === 0) return [];
  const members: Follower[] = [];
  for (let index = 0; index < options.groupSize; index += 1) {
    const framing = framings[index % 3] ?? "json";
    members.push(await makeFollower(target, `${name}-g${index}`, "im_pc_linux", framing));
  }
  const [owner = "", ...others] = members.map((member) => member.options.user);
  const conversationId = await makeGroup(target, owner, others);
  followers.push(...members);
  return members.slice(0, options.groupSenders).map((follower) => ({
    follower,
    cmd: 2,
    address: { conversationId },
    holders: members,
  }));
}

function pump(
  name: string,
  senders: readonly Sender[],
  followers: Follower[],
  perSecond: number,
): Traffic {
  const ledgers = new Map<string, Ledger>();
  const refusals: string[] = [];
  const underWay = new Set<Promise<void>>();
  let going = true;
  let count = 0;
  const sendOne = async (sender: Sender, localId: string): Promise<void> => {
    const text = `text of ${localId}`;
    const answer = await sender.follower.send(
      textMessage(sender.cmd, sender.address, localId, text),
    );
    if (code(answer) !== 200) {
      refusals.push(`${localId}: ${describe(answer)}`);
      return;
    }
    const conversationId = String(answer?.route?.conversationId);
    const { holders } = sender;
    const ledger = ledgers.get(conversationId) ?? { conversationId, holders, answered: new Map() };
    ledgers.set(conversationId, ledger);
    ledger.answered.set(localId, text);
  };
  const lanes = senders.map(async (sender) => {
    const turn = pace(perSecond);
    while (going) {
      await turn();
      if (!going) return;
      count += 1;
      const localId = `${name}-${count}`;
      const work = sendOne(sender, localId).catch((error: unknown) => {
        refusals.push(`${localId}: ${reasonOf(error)}`);
      });
      underWay.add(work);
      void work.finally(() => underWay.delete(work));
    }
  });
  return {
    followers,
    refusals,
    retriedCodes: () => sumCodes(followers),
    answeredCount: () => [...ledgers.values()].reduce((sum, one) => sum + one.answered.size, 0),
    expectations: () => [...ledgers.values()],
    stop: async () => {
      going = false;
      await Promise.all(lanes);
      await until(() => underWay.size === 0, 130_000);
    },
  };
}

function sumCodes(followers: readonly Follower[]): Map<number, number> {
  const codes = new Map<number, number>();
  for (const follower of followers) {
    for (const [number, times] of follower.badCodes) {
      codes.set(number, (codes.get(number) ?? 0) + times);
    }
  }
  return codes;
}
