/** What the clients of a world do, drawn from its seed. */
import type { Client } from "../../src/sdk/client.ts";
import { type Asked, GROUP_MEMBERS, type GroupName, USERS } from "./cast.ts";
import type { SimClient } from "./client.ts";
import type { World } from "./world.ts";

const MILLION_GROUP = 5;
/** Before this nothing fails, so that the groups are there. */
export const CALM_MS = 1800;
const AGAIN_MS = 150;
const MUTED_UNTIL_MS = Date.UTC(2030, 0, 1);

export function planWorkload(world: World, untilMs: number): void {
  const { random } = world;
  makeGroup(world, "narrow", 2);
  makeGroup(world, "wide", MILLION_GROUP);
  makeGroup(world, "turning", 2);
  const sends = Math.floor(random.between(20, 80));
  for (let i = 0; i < sends; i++) {
    world.at(random.between(CALM_MS, untilMs), () => act(world));
  }
  world.at(random.between(CALM_MS, untilMs), () => change(world, "turning", "eve", "join"));
  planChanges(world, untilMs);
  planOperations(world, untilMs);
  if (random.chance(0.5)) planKick(world, "narrow", "cid", untilMs);
  if (random.chance(0.5)) planKick(world, "wide", "eve", untilMs);
  if (random.chance(0.5)) planKick(world, "turning", "dee", untilMs);
}

/** The first client makes it, as often as it takes. */
function makeGroup(world: World, name: GroupName, conversationType: number): void {
  const [ann] = world.clients as [SimClient, ...SimClient[]];
  const options = { name, memberIds: [...GROUP_MEMBERS[name]], conversationType };
  world.at(AGAIN_MS, () =>
    ann.act(async (sdk) => {
      while (world.groups[name] === 0) {
        const made = await sdk.groups.create(options);
        if (made.ok) world.groups[name] = made.data.conversationId;
        else await new Promise<void>((resolve) => ann.process.after(AGAIN_MS, resolve));
      }
    }),
  );
}

/** Somebody is sent away, and comes back, and so on. */
function planKick(world: World, name: GroupName, user: string, untilMs: number): void {
  const { random } = world;
  let time = random.between(CALM_MS, untilMs);
  const times = Math.floor(random.between(1, 5));
  for (let i = 0; i < times; i++) {
    const what = i % 2 === 0 ? "leave" : "join";
    world.at(time, () => change(world, name, user, what));
    time += random.between(50, 1500);
  }
}

function change(world: World, name: GroupName, user: string, what: "join" | "leave"): void {
  const [ann] = world.clients as [SimClient, ...SimClient[]];
  if (what === "leave") world.sentAway.add(`${name} ${user}`);
  ann.act((sdk) => sdk.groups[what](world.groups[name], [user]));
}

/** Groups are named afresh, and a member is silenced for good or heard again. */
function planChanges(world: World, untilMs: number): void {
  const { random } = world;
  // Now and then a crowd of them: a wide log's positions are theirs and the messages' alike.
  const count = Math.floor(random.chance(0.3) ? random.between(8, 24) : random.between(0, 6));
  for (let i = 0; i < count; i++) {
    const group = random.pick(["narrow", "wide", "turning"] as const);
    const mutes = random.chance(0.4);
    world.at(random.between(CALM_MS, untilMs), () => (mutes ? mute : update)(world, group, i));
  }
}

function update(world: World, group: GroupName, number: number): void {
  const name = `name ${number}`;
  const asked = { group, mark: name, muted: "", code: 0 };
  ask(world, asked, (sdk) => sdk.groups.update(world.groups[group], { name }));
}

function mute(world: World, group: GroupName, number: number): void {
  const muted = "bob";
  // Odd ones end it; each has a time of its own, far beyond any schedule's.
  const until = number % 2 === 0 ? MUTED_UNTIL_MS + number : 0;
  world.muted.add(`${group} ${muted}`);
  const asked = { group, mark: until === 0 ? "" : String(until), muted, code: 0 };
  ask(world, asked, (sdk) => sdk.groups.mute(world.groups[group], until, [muted]));
}

function ask(world: World, asked: Asked, body: (sdk: Client) => Promise<{ code: number }>): void {
  const [ann] = world.clients as [SimClient, ...SimClient[]];
  if (world.groups[asked.group] === 0) return;
  world.changes.push(asked);
  ann.act(async (sdk) => {
    asked.code = (await body(sdk)).code;
  });
}

/** Users edit what they said, or take it back; at times two devices do at once. */
function planOperations(world: World, untilMs: number): void {
  const { random } = world;
  const count = Math.floor(random.between(0, 12));
  for (let i = 0; i < count; i++) {
    const recalls = random.chance(0.35);
    world.at(random.between(CALM_MS, untilMs), () => operate(world, recalls ? "" : `edit ${i}`));
  }
}

/** `text` is "" for a recall. */
function operate(world: World, text: string): void {
  const { random } = world;
  const client = random.pick(world.clients);
  if (client.said.length === 0) return;
  // Among the newest, so that one message is met more than once.
  const { conversationId, messageId } = random.pick(client.said.slice(-4));
  const asked = { messageId, text, code: 0 };
  world.operations.push(asked);
  client.act(async (sdk) => {
    const answer =
      text === ""
        ? sdk.recall(conversationId, messageId)
        : sdk.edit(conversationId, messageId, { text });
    asked.code = (await answer).code;
  });
}

/** One client does something; now and then in a burst. */
function act(world: World): void {
  const { random } = world;
  const client = random.pick(world.clients);
  const times = random.chance(0.2) ? 4 : 1;
  for (let i = 0; i < times; i++) {
    if (random.chance(0.1)) read(world, client);
    else send(world, client);
  }
}

function send(world: World, client: SimClient): void {
  const { random, groups } = world;
  const expires = random.chance(0.06);
  const control = expires ? { control: { ttl: 1 } } : {};
  if (random.chance(0.3)) {
    const to = random.pick(USERS.filter((name) => name !== client.user));
    return client.send(`to ${to}`, { to, ...control }, expires);
  }
  const name = random.pick(["narrow", "wide", "turning"] as const);
  const conversationId = groups[name];
  if (conversationId === 0 || !GROUP_MEMBERS[name].includes(client.user)) return;
  client.send(name, { conversationId, ...control }, expires);
}

function read(world: World, client: SimClient): void {
  const seen = [...client.seen];
  if (seen.length === 0) return;
  const [conversationId, seq] = world.random.pick(seen);
  client.act((sdk) => sdk.read(conversationId, seq));
}
