/** What the clients of a world do, drawn from its seed. */
import type { SimClient } from "./client.ts";
import { USERS, type World } from "./world.ts";

const MILLION_GROUP = 5;
/** Before this nothing fails, so that the groups are there. */
export const CALM_MS = 900;

export function planWorkload(world: World, untilMs: number): void {
  const [ann] = world.clients as [SimClient, ...SimClient[]];
  const make = (
    at: number,
    name: keyof World["groups"],
    members: readonly string[],
    type: number,
  ) =>
    world.at(at, () =>
      ann.act(async (sdk) => {
        const options = { name, memberIds: [...members], conversationType: type };
        const made = await sdk.groups.create(options);
        world.groups[name] = made.data.conversationId;
      }),
    );
  make(300, "narrow", USERS.slice(0, 3), 2);
  make(320, "wide", USERS, MILLION_GROUP);
  make(340, "turning", USERS.slice(0, 4), 2);
  const { random } = world;
  const sends = Math.floor(random.between(20, 70));
  for (let i = 0; i < sends; i++) {
    world.at(random.between(CALM_MS, untilMs), () => act(world));
  }
  const turnsAt = random.between(CALM_MS, untilMs);
  world.at(turnsAt, () => ann.act((sdk) => sdk.groups.join(world.groups.turning, [USERS[4]])));
  if (random.chance(0.4)) planKick(world, ann, untilMs);
}

function planKick(world: World, ann: SimClient, untilMs: number): void {
  const at = world.random.between(CALM_MS, untilMs);
  world.at(at, () => {
    world.sentAway.add(USERS[2]);
    ann.act((sdk) => sdk.groups.leave(world.groups.narrow, [USERS[2]]));
  });
  if (world.random.chance(0.5)) return;
  world.at(at + world.random.between(200, 2000), () =>
    ann.act((sdk) => sdk.groups.join(world.groups.narrow, [USERS[2]])),
  );
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
  const where = random.next();
  if (where < 0.3) {
    const to = random.pick(USERS.filter((name) => name !== client.user));
    return client.send(`to ${to}`, { to, ...control }, expires);
  }
  const name = where < 0.55 ? "narrow" : where < 0.8 ? "wide" : "turning";
  const conversationId = groups[name];
  const members = { narrow: 3, wide: 5, turning: 4 };
  if (conversationId === 0 || client.userId > members[name]) return;
  client.send(name, { conversationId, ...control }, expires);
}

function read(world: World, client: SimClient): void {
  const seen = [...client.seen];
  if (seen.length === 0) return;
  const [conversationId, seq] = world.random.pick(seen);
  client.act((sdk) => sdk.read(conversationId, seq));
}
