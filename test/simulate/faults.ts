/** What befalls a world, drawn from its seed; each fault ends by itself, or by `heal`. */
import type { World } from "./world.ts";

type Fault = (world: World, ms: number) => void;

/** By name; `ms` is how long it lasts where it lasts. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  gatewayKill: (world, ms) => killed(world, world.random.pick(world.gateways()), ms),
  workerKill: (world, ms) => killed(world, world.random.pick(world.workers()), ms),
  writerKill: (world, ms) => killed(world, world.writer(), ms),
  gatewayPause: (world, ms) => paused(world, world.random.pick(world.gateways()), 1.5 * ms),
  // Longer than a standby waits for a silent writer, as often as not.
  writerPause: (world, ms) => paused(world, world.writer(), 2 * ms),
  redisTail: (world, ms) => {
    const before = world.redis.snapshot();
    world.at(world.scheduler.now + Math.min(ms, 300), () => {
      redisStops(world);
      world.redis.restore(before);
      world.at(world.scheduler.now + ms / 4, () => redisStarts(world));
    });
  },
  redisEmpty: (world, ms) => {
    redisStops(world);
    world.redis.clear();
    world.at(world.scheduler.now + ms / 2, () => redisStarts(world));
  },
  flushAll: (world) => world.redis.clear(),
  redisFreeze: (world, ms) => {
    world.redis.frozenUntil = world.scheduler.now + ms;
  },
  redisRefuses: (world, ms) => {
    world.redis.refusesWrites = true;
    world.at(world.scheduler.now + ms, () => {
      world.redis.refusesWrites = false;
    });
  },
  redisCut: (world) => {
    for (const link of world.random.pick(world.machines).links) link.cut();
  },
  redisUnknown: (world) => {
    for (const link of world.random.pick(world.machines).links) {
      link.trap = world.random.pick(["before", "after"]);
    }
  },
  storeRestart: (world, ms) => {
    world.store.stop();
    world.at(world.scheduler.now + ms / 2, () => {
      world.store.up = true;
    });
  },
  storeFreeze: (world, ms) => {
    world.store.frozenUntil = world.scheduler.now + ms;
  },
  commitUnknown: (world) => {
    const { holder } = world.store;
    if (holder !== undefined) holder.trap = world.random.pick(["before", "after"]);
  },
  sessionCut: (world) => {
    for (const session of [...world.store.sessions]) {
      const isWriters = session === world.store.holder;
      if (isWriters || world.random.chance(0.3)) world.store.end(session, "57P01");
    }
  },
  // Most often while it waits for Redis: then nothing of its tells it, and the driver reconnects.
  writerCut: (world) => {
    const { holder } = world.store;
    if (holder !== undefined) world.store.end(holder, "57P01");
  },
  cutFromStore: (world, ms) => {
    const machine = world.random.pick([world.writer(), ...world.machines]);
    world.store.cutUntil.set(machine.process, world.scheduler.now + 1.5 * ms);
  },
  cutFromRedis: (world, ms) => {
    const machine = world.random.pick([world.writer(), ...world.machines]);
    world.redis.cutUntil.set(machine.process, world.scheduler.now + ms);
  },
  clientCut: (world) => world.random.pick(world.clients).socket?.cut(),
  clientDark: (world) => world.random.pick(world.clients).socket?.darken(),
  clientSlow: (world, ms) => {
    world.random.pick(world.clients).slowUntil = world.scheduler.now + ms;
  },
  sendsTwice: (world, ms) => {
    for (const client of world.clients) client.doubleUntil = world.scheduler.now + ms;
  },
  clientRestart: (world) => world.random.pick(world.clients).restart(),
  clockJump: (world) => {
    world.random.pick(world.machines).process.skewMs += world.random.between(-90_000, 90_000);
  },
};

/** The writer's fence is what most depends on, and the hardest to catch without. */
const NAMES = [...Object.keys(FAULTS), "writerCut"];

export function planFaults(world: World, fromMs: number, untilMs: number): void {
  const { random } = world;
  const count = Math.floor(random.between(0, 7));
  // A few kinds a schedule: what goes wrong together is seen more often so.
  const kinds = random.shuffled(NAMES).slice(0, 1 + Math.floor(random.between(0, 4)));
  for (let i = 0; i < count; i++) {
    const name = random.pick(kinds);
    const ms = random.chance(0.5) ? random.between(20, 400) : random.between(400, 3000);
    world.at(random.between(fromMs, untilMs), () => {
      world.counts.faults += 1;
      world.note(`fault ${name} ${ms.toFixed(0)} ms`);
      FAULTS[name]?.(world, ms);
    });
  }
}

/** Everything works again from here on. */
export function heal(world: World): void {
  const { store, redis, scheduler } = world;
  world.note("heal");
  store.up = true;
  store.frozenUntil = 0;
  store.cutUntil.clear();
  redis.frozenUntil = 0;
  redis.cutUntil.clear();
  redis.refusesWrites = false;
  if (!redis.up) redisStarts(world);
  for (const machine of world.machines) {
    machine.process.pausedUntil = Math.min(machine.process.pausedUntil, scheduler.now);
    machine.start();
  }
  for (const client of world.clients) {
    client.slowUntil = 0;
    client.doubleUntil = 0;
    if (client.socket?.isDark) client.socket.cut();
  }
}

function killed(world: World, machine: World["machines"][number], ms: number): void {
  machine.kill();
  world.at(world.scheduler.now + ms / 2, () => machine.start());
}

function paused(world: World, machine: World["machines"][number], ms: number): void {
  machine.process.pausedUntil = world.scheduler.now + ms;
}

function redisStops(world: World): void {
  world.redis.up = false;
  for (const machine of world.machines) {
    if (machine.running) for (const link of machine.links) link.cut();
  }
}

function redisStarts(world: World): void {
  world.redis.up = true;
}
