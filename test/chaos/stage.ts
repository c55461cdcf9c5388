/** Who takes part: users with one or two devices, their friendships, and groups of every kind. */
import { pause } from "../../src/base/backoff.ts";
import { FRAMINGS } from "../../src/wire/frame.ts";
import { Actor, type Lane } from "./actor.ts";
import type { Journal } from "./journal.ts";
import { Proxy } from "./proxy.ts";
import type { Random } from "./random.ts";

export const APP_KEY = "prove";
/** Members of a group before it turns wide; small, so that few clients make a wide one. */
export const FAN_OUT_MEMBERS = 12;
const NARROW_MEMBERS = 7;
const FRIENDS = 3;
/** Every so many-th user has a second device. */
const SECOND_DEVICE_EVERY = 4;

export interface Group {
  conversationId: number;
  owner: Actor;
  members: string[];
  /** Members of it are kicked and brought back. */
  kicks: boolean;
}

export interface Stage {
  actors: Actor[];
  groups: Group[];
}

export interface StageOptions {
  clients: number;
  urls: readonly string[];
  /** The gateways' ports, for the clients' proxies. */
  gatewayPorts: readonly number[];
  random: Random;
  journal: Journal;
}

export async function setStage(options: StageOptions): Promise<Stage> {
  const { clients, random } = options;
  const plan = devicesOf(clients);
  const tokens = new Map<string, string>();
  for (const { user } of plan) {
    if (tokens.has(user)) continue;
    const data = await insist(options, "user/login", { id: user });
    tokens.set(user, String(data["token"]));
  }
  const actors: Actor[] = [];
  for (const [index, { user, device }] of plan.entries()) {
    const order = random.fork();
    const proxy = await Proxy.open(() => order.shuffled(options.gatewayPorts));
    const framing = FRAMINGS[index % FRAMINGS.length] as (typeof FRAMINGS)[number];
    const token = tokens.get(user) ?? "";
    const { journal } = options;
    actors.push(new Actor({ user, device, token, framing, proxy, journal, random: random.fork() }));
  }
  const stage: Stage = { actors, groups: [] };
  await befriend(options, stage, [...tokens.keys()]);
  await makeGroups(options, stage, [...tokens.keys()]);
  return stage;
}

function devicesOf(clients: number): { user: string; device: string }[] {
  const devices: { user: string; device: string }[] = [];
  for (let user = 0; devices.length < clients; user++) {
    devices.push({ user: `u${user}`, device: "im_web" });
    if (user % SECOND_DEVICE_EVERY === 0 && devices.length < clients) {
      devices.push({ user: `u${user}`, device: "im_app_ios" });
    }
  }
  return devices;
}

/** Friends in a ring: each knows the next few. */
async function befriend(options: StageOptions, stage: Stage, users: string[]): Promise<void> {
  for (const [index, userId] of users.entries()) {
    for (let step = 1; step <= FRIENDS; step++) {
      const friendId = users[(index + step) % users.length] as string;
      if (friendId === userId) continue;
      await insist(options, "friend", { userId, friendId });
      open(stage, userId, { to: friendId });
      open(stage, friendId, { to: userId });
    }
  }
}

async function makeGroups(options: StageOptions, stage: Stage, users: string[]): Promise<void> {
  const { random } = options;
  const narrow = Math.max(3, Math.ceil(users.length / 6));
  for (let i = 0; i < narrow; i++) {
    await makeGroup(options, stage, random.shuffled(users).slice(0, NARROW_MEMBERS), i < 2);
  }
  const wide = Math.min(users.length, FAN_OUT_MEMBERS + 8);
  for (let i = 0; i < 2; i++) {
    await makeGroup(options, stage, random.shuffled(users).slice(0, wide), i === 0);
  }
}

export async function makeGroup(
  options: StageOptions,
  stage: Stage,
  members: readonly string[],
  kicks: boolean,
): Promise<Group> {
  const [ownerId, ...memberIds] = members;
  const data = await insist(options, "group", { ownerId, name: "proof", memberIds });
  const conversationId = Number(data["conversationId"]);
  const owner = stage.actors.find((actor) => actor.user === ownerId) as Actor;
  const group = { conversationId, owner, members: [...members], kicks };
  stage.groups.push(group);
  for (const member of members) open(stage, member, { conversationId });
  return group;
}

/** From now on all devices of the user write there. */
export function open(stage: Stage, user: string, lane: Lane): void {
  for (const actor of stage.actors) if (actor.user === user) actor.lanes.push(lane);
}

/** An HTTP call until its outcome is known, always under one localId. */
export async function insist(
  options: { urls: readonly string[] },
  path: string,
  body: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const localId = crypto.randomUUID();
  const keyed = path.startsWith("user/") ? body : { ...body, localId };
  for (let attempt = 0; ; attempt++) {
    const url = options.urls[attempt % options.urls.length] as string;
    const answer = await call(`${url}/openapi/v1/${path}`, keyed);
    if (answer?.code === 200) return answer.data;
    if (answer !== undefined && answer.code < 500 && answer.code !== 429) {
      throw new Error(`${path} ${JSON.stringify(body)}: ${answer.code} ${answer.msg}`);
    }
    await pause(200);
  }
}

async function call(url: string, body: object) {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", "x-app-key": APP_KEY },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(12_000),
    });
    return (await response.json()) as { code: number; msg: string; data: Record<string, unknown> };
  } catch {
    return undefined;
  }
}
