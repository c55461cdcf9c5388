/** Faults of the server's processes, of Postgres, of Redis, and of the networks between them. */
import { SCRIPT } from "../../src/redis/scripts.ts";
import { type Aim, type FaultMaker, type Scene, takeNode } from "./fault.ts";
import type { ServerNode } from "./server-node.ts";

/** So long a fault waits for the moment at which it harms most; then it strikes anyway. */
const WORST_MOMENT_MS = 300;
const HOUR_MS = 3_600_000;
let redisBusy = false;
let postgresBusy = false;

export const gatewayKill: FaultMaker = (scene) => {
  const { gateways } = scene.cluster;
  // One always stays, so that clients have somewhere to go and the proof has traffic.
  if (gateways.filter((node) => !node.busy).length < 2) return undefined;
  return killed(takeNode(scene, gateways));
};

export const workerKill: FaultMaker = async (scene) => {
  const writer = await findWriter(scene);
  if (writer === undefined || writer.busy) return killed(takeNode(scene, scene.cluster.workers));
  writer.busy = true;
  return {
    target: `${writer.name}, the writer`,
    // At the worst moment: what it committed and pushed is still in the stream.
    strike: async () => {
      await writer.redis.cutBefore(SCRIPT.settle.sha, WORST_MOMENT_MS);
      await writer.kill9();
    },
    heal: async () => {
      writer.redis.mend();
      await writer.start();
      writer.busy = false;
    },
  };
};

function killed(node: ServerNode | undefined): Aim | undefined {
  if (node === undefined) return undefined;
  return {
    target: node.name,
    strike: () => node.kill9(),
    heal: async () => {
      await node.start();
      node.busy = false;
    },
  };
}

export const writerPause: FaultMaker = async (scene) => {
  const writer = await findWriter(scene);
  if (writer === undefined || writer.busy) return undefined;
  writer.busy = true;
  return paused(writer);
};

export const gatewayPause: FaultMaker = (scene) => {
  const { gateways } = scene.cluster;
  if (gateways.filter((node) => !node.busy).length < 2) return undefined;
  const node = takeNode(scene, gateways);
  return node === undefined ? undefined : paused(node);
};

function paused(node: ServerNode): Aim {
  return {
    target: node.name,
    strike: () => node.signal("SIGSTOP"),
    heal: () => {
      node.signal("SIGCONT");
      node.busy = false;
    },
  };
}

export const clockJump: FaultMaker = (scene) => {
  const { random, cluster } = scene;
  const node = takeNode(scene, random.chance(0.7) ? cluster.workers : cluster.gateways);
  if (node === undefined) return undefined;
  const offsetMs = Math.round(random.between(-HOUR_MS, HOUR_MS));
  return {
    target: `${node.name} by ${offsetMs} ms`,
    strike: () => node.jumpClock(offsetMs),
    heal: () => {
      node.jumpClock(0);
      node.busy = false;
    },
  };
};

export const cutRedis: FaultMaker = (scene) => cutOff(scene, "redis");
export const cutPostgres: FaultMaker = (scene) => cutOff(scene, "postgres");

/** Cut with a reset, or silent: nothing comes through and nobody is told. */
async function cutOff(scene: Scene, part: "redis" | "postgres"): Promise<Aim | undefined> {
  const { random, cluster } = scene;
  const writer = random.chance(0.6) ? await findWriter(scene) : undefined;
  const node = writer !== undefined && !writer.busy ? writer : takeNode(scene, cluster.nodes);
  if (node === undefined) return undefined;
  node.busy = true;
  const proxy = node[part];
  const silent = random.chance(0.4);
  // Of the writer: pushed or not, what it committed is not deleted.
  const words = random.chance(0.5) ? SCRIPT.settle.sha : SCRIPT.deliver.sha;
  return {
    target: `${node.name}${silent ? ", silent" : ""}`,
    strike: async () => {
      if (silent) return proxy.stall();
      if (part === "redis" && node === writer) await proxy.cutBefore(words, WORST_MOMENT_MS);
      proxy.cut();
    },
    heal: () => {
      // What was silent is most often dead: both ends hear of it now, or it goes on.
      if (silent && random.chance(0.5)) proxy.drop();
      proxy.mend();
      node.busy = false;
    },
  };
}

export const redisKill: FaultMaker = (scene) => redisKilled(scene, false);
export const redisEmpty: FaultMaker = (scene) => redisKilled(scene, true);

function redisKilled({ backing }: Scene, empty: boolean): Aim | undefined {
  const { redis } = backing;
  if (redis === undefined || redisBusy) return undefined;
  redisBusy = true;
  return {
    target: "redis",
    strike: () => redis.kill9(),
    heal: async () => {
      await backing.restartRedis(empty);
      redisBusy = false;
    },
  };
}

export const postgresKill: FaultMaker = ({ backing }) => {
  const { postgres } = backing;
  if (postgres === undefined || postgresBusy) return undefined;
  postgresBusy = true;
  return {
    target: "postgres",
    strike: () => postgres.kill9(),
    heal: async () => {
      await postgres.restart();
      postgresBusy = false;
    },
  };
};

export const flushAll: FaultMaker = ({ backing }) => ({
  target: "redis",
  strike: async () => {
    await quietly(() => backing.withRedis((redis) => redis.flushAll()));
  },
  heal: () => {},
});

/** Every connection of one process is ended by Redis itself. */
export const clientKill: FaultMaker = async (scene) => {
  const { backing, random, cluster } = scene;
  const writer = random.chance(0.4) ? await findWriter(scene) : undefined;
  const node = writer ?? random.pick(cluster.gateways);
  return {
    target: node.name,
    strike: async () => {
      await quietly(() =>
        backing.withRedis(async (redis) => {
          const list = (await redis.sendCommand(["CLIENT", "LIST"])) as unknown as string;
          for (const [, id, port] of list.matchAll(/id=(\d+) addr=[^ ]*:(\d+) /g)) {
            if (!node.redis.comesFrom(Number(port))) continue;
            await redis.sendCommand(["CLIENT", "KILL", "ID", id as string]);
          }
        }),
      );
    },
    heal: () => {},
  };
};

async function findWriter(scene: Scene): Promise<ServerNode | undefined> {
  try {
    return await scene.cluster.writer();
  } catch {
    // Postgres is down by another fault: nobody is the writer.
    return undefined;
  }
}

/** Redis may be down by another fault; then there is nothing to do to it. */
async function quietly(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch {
    // As said.
  }
}
