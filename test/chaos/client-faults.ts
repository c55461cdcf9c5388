/** Faults of clients and their networks, and changes of membership in the middle of it all. */
import { pause } from "../../src/base/backoff.ts";
import { CMD } from "../../src/wire/commands.ts";
import type { Actor } from "./actor.ts";
import { type Aim, type FaultMaker, type Scene, takeActor } from "./fault.ts";
import { FAN_OUT_MEMBERS, makeGroup, open } from "./stage.ts";

/** What fills the buffers between a server and a client that doesn't read. */
const FLOOD_SENDS = 90;
const FLOOD_BYTES = 60_000;

function onActor(scene: Scene, strike: (actor: Actor) => void, heal: (actor: Actor) => void) {
  const actor = takeActor(scene);
  if (actor === undefined) return undefined;
  const aim: Aim = {
    target: actor.name,
    strike: () => strike(actor),
    heal: () => {
      heal(actor);
      actor.busy = false;
    },
  };
  return aim;
}

export const sendsTwice: FaultMaker = (scene) =>
  onActor(
    scene,
    (actor) => {
      actor.twice = true;
    },
    (actor) => {
      actor.twice = false;
    },
  );

export const connectionCut: FaultMaker = (scene) =>
  onActor(
    scene,
    ({ proxy }) => proxy.cut(),
    ({ proxy }) => proxy.mend(),
  );

export const halfOpen: FaultMaker = (scene) =>
  onActor(
    scene,
    ({ proxy }) => proxy.stall(),
    ({ proxy }) => {
      proxy.abandon();
      proxy.mend();
    },
  );

export const slowNetwork: FaultMaker = (scene) =>
  onActor(
    scene,
    ({ proxy }) => proxy.worsen({ bytesPerSecond: 20_000 }),
    ({ proxy }) => proxy.mend(),
  );

export const delay: FaultMaker = (scene) => {
  const delayMs = scene.random.between(50, 500);
  return onActor(
    scene,
    ({ proxy }) => proxy.worsen({ delayMs }),
    ({ proxy }) => proxy.mend(),
  );
};

/** It doesn't read while a friend sends it more than the buffers on the way hold. */
export const stopsReading: FaultMaker = (scene) => {
  const actor = takeActor(scene, (one) => one.lanes.some((lane) => lane.to !== undefined));
  if (actor === undefined) return undefined;
  const to = actor.user;
  const friend = scene.stage.actors.find(
    (one) => one.user !== to && one.lanes.some((lane) => lane.to === to),
  );
  const filler = JSON.stringify("x".repeat(FLOOD_BYTES));
  return {
    target: actor.name,
    strike: () => {
      actor.proxy.stopReading();
      if (friend === undefined) return;
      for (let i = 0; i < FLOOD_SENDS; i++) void friend.send({ to }, filler);
    },
    heal: () => {
      actor.proxy.mend();
      actor.busy = false;
    },
  };
};

export const kick: FaultMaker = (scene) => {
  const { random, stage } = scene;
  const group = random.pick(stage.groups.filter(({ kicks }) => kicks));
  const { conversationId, owner } = group;
  const members = group.members.filter((member) => member !== owner.user);
  const userIds = [random.pick(members)];
  let kicking: Promise<unknown> = Promise.resolve();
  return {
    target: `${userIds[0]} from ${conversationId}`,
    strike: () => {
      kicking = owner.insist(CMD.groupLeave, conversationId, { userIds });
    },
    heal: async () => {
      await kicking;
      await owner.insist(CMD.groupJoin, conversationId, { userIds });
    },
  };
};

/** A group that is just large enough, with everyone writing, gets more members. */
export const turnsWide: FaultMaker = async (scene) => {
  const { random, stage, stageOptions } = scene;
  const users = random.shuffled([...new Set(stage.actors.map((actor) => actor.user))]);
  const members = users.slice(0, FAN_OUT_MEMBERS);
  const added = users.slice(FAN_OUT_MEMBERS, FAN_OUT_MEMBERS + 3);
  if (added.length === 0) return undefined;
  const group = await makeGroup(stageOptions, stage, members, false);
  const { conversationId, owner } = group;
  // The others wait in the writer's way when the group turns.
  await pause(200);
  let turning: Promise<unknown> = Promise.resolve();
  return {
    target: `${conversationId}`,
    strike: () => {
      turning = owner.insist(CMD.groupJoin, conversationId, { userIds: added });
      for (const actor of stage.actors.filter(({ user }) => members.includes(user))) {
        void actor.send({ conversationId });
      }
    },
    heal: async () => {
      await turning;
      for (const user of added) open(stage, user, { conversationId });
    },
  };
};
