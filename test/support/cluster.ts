// A Redis Cluster of a test's own: three primaries and a replica of each, on free ports.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createClient } from "redis";
import { type Child, launch } from "../../src/app/up/processes.ts";
import { findRedis, planRedis } from "../../src/app/up/redis-binary.ts";
import { until } from "./pace.ts";
import { freePort, type TestService } from "./services.ts";

const STATE = join(resolve(import.meta.dir, "..", ".."), ".linnet");
const PRIMARIES = 3;
const SLOTS = 16_384;

export interface TestCluster {
  /** `redis+cluster://…` with all nodes. */
  readonly url: string;
  /** As one service, for a fleet. */
  readonly service: TestService;
  /** Which of the three held a key's slot at the start. */
  holderOf(key: string): Promise<number>;
  /** Kills the primary that holds this key's slot; settles when its replica has taken over. */
  failOver(key: string): Promise<void>;
  /** Settles with what every primary answers to a command. */
  everyPrimary(args: string[]): Promise<unknown[]>;
  end(): Promise<void>;
}

function openClient(port: number) {
  const client = createClient({ url: `redis://127.0.0.1:${port}`, RESP: 2 });
  // A node that is killed takes its connection with it.
  client.on("error", () => {});
  return client;
}

interface Node {
  port: number;
  child: Child;
  client: ReturnType<typeof openClient>;
  id: string;
}

export async function startCluster(): Promise<TestCluster> {
  const binary = findRedis(STATE) ?? planRedis(STATE)?.carryOut();
  if (binary === undefined) throw new Error("no redis-server on the PATH and no way to get one");
  const folder = mkdtempSync(join(tmpdir(), "linnet-cluster-"));
  const nodes: Node[] = [];
  for (let number = 0; number < 2 * PRIMARIES; number++) {
    nodes.push(await startNode(binary, join(folder, `${number}`)));
  }
  await form(nodes);
  const primaries = nodes.slice(0, PRIMARIES);
  const replicas = nodes.slice(PRIMARIES);
  const [first] = nodes as [Node];
  const living = () => nodes.filter(({ child }) => child.isRunning());
  const url = `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(",")}`;
  const holderOf = async (key: string): Promise<number> => {
    const [node] = living() as [Node];
    const slot = Number(await node.client.sendCommand(["CLUSTER", "KEYSLOT", key]));
    return Math.min(PRIMARIES - 1, Math.floor(((slot + 0.5) * PRIMARIES) / SLOTS));
  };
  const end = async (): Promise<void> => {
    for (const { client, child } of nodes) {
      client.destroy();
      child.signal("SIGKILL");
      await child.exited;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    url,
    service: {
      url,
      port: first.port,
      dataDir: folder,
      logPath: "",
      pid: first.child.pid,
      kill9: end,
      stop: end,
      restart: () => Promise.reject(new Error("a cluster is not restarted")),
    },
    holderOf,
    async failOver(key) {
      const index = await holderOf(key);
      const { child } = primaries[index] as Node;
      const heir = replicas[index] as Node;
      child.signal("SIGKILL");
      await child.exited;
      const role = async () => await textOf(heir.client, ["ROLE"]);
      if (await until(async () => (await role()).startsWith("master"), 30_000)) return;
      throw new Error("no replica took over");
    },
    async everyPrimary(args) {
      const answers = await Promise.all(
        living().map(async ({ client }) => {
          const role = await textOf(client, ["ROLE"]);
          return role.startsWith("master") ? [await client.sendCommand(args)] : [];
        }),
      );
      return answers.flat();
    },
    end,
  };
}

/** Slots for the first three, and the others their replicas. */
async function form(nodes: readonly Node[]): Promise<void> {
  const primaries = nodes.slice(0, PRIMARIES);
  for (const [index, { client }] of primaries.entries()) {
    const from = Math.floor((index * SLOTS) / PRIMARIES);
    const to = Math.floor(((index + 1) * SLOTS) / PRIMARIES) - 1;
    await client.sendCommand(["CLUSTER", "ADDSLOTSRANGE", `${from}`, `${to}`]);
    await client.sendCommand(["CLUSTER", "SET-CONFIG-EPOCH", `${index + 1}`]);
  }
  const [first] = nodes as [Node];
  for (const { port, busPort } of nodes.slice(1).map(withBus)) {
    await first.client.sendCommand(["CLUSTER", "MEET", "127.0.0.1", `${port}`, `${busPort}`]);
  }
  const all = async (wanted: (node: Node) => Promise<boolean>): Promise<void> => {
    if (await until(async () => (await Promise.all(nodes.map(wanted))).every(Boolean), 20_000))
      return;
    throw new Error("the cluster does not come about");
  };
  await all(async ({ client }) => (await known(client)).length === nodes.length);
  for (const [index, { client }] of nodes.slice(PRIMARIES).entries()) {
    await client.sendCommand(["CLUSTER", "REPLICATE", primaries[index]?.id ?? ""]);
  }
  await all(async ({ client }) => (await info(client)).includes("cluster_state:ok"));
  const replicas = nodes.slice(PRIMARIES);
  const linked = async ({ client }: Node) =>
    (await textOf(client, ["INFO", "replication"])).includes("master_link_status:up");
  await until(async () => (await Promise.all(replicas.map(linked))).every(Boolean), 20_000);
}

const busPorts = new Map<number, number>();

function withBus({ port }: Node): { port: number; busPort: number } {
  return { port, busPort: busPorts.get(port) as number };
}

async function startNode(
  binary: NonNullable<ReturnType<typeof findRedis>>,
  folder: string,
): Promise<Node> {
  mkdirSync(folder);
  const port = await freePort();
  const busPort = await freePort();
  busPorts.set(port, busPort);
  const { program, libraryPath } = binary;
  const flags = {
    port,
    bind: "127.0.0.1",
    "cluster-enabled": "yes",
    "cluster-port": busPort,
    "cluster-node-timeout": 1500,
    "cluster-replica-validity-factor": 0,
    appendonly: "yes",
    save: "",
    "maxmemory-policy": "noeviction",
  };
  const child = launch({
    command: [
      program,
      ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, `${value}`]),
    ],
    logPath: join(folder, "log"),
    cwd: folder,
    env: libraryPath === null ? {} : { LD_LIBRARY_PATH: libraryPath },
    account: null,
    deathSignal: "SIGKILL",
  });
  const client = openClient(port);
  await client.connect();
  const id = await textOf(client, ["CLUSTER", "MYID"]);
  return { port, child, client, id };
}

async function textOf(client: Node["client"], args: string[]): Promise<string> {
  return String(await client.sendCommand<string | string[]>(args));
}

async function known(client: Node["client"]): Promise<string[]> {
  return (await textOf(client, ["CLUSTER", "NODES"])).trim().split("\n");
}

async function info(client: Node["client"]): Promise<string> {
  return await textOf(client, ["CLUSTER", "INFO"]);
}
