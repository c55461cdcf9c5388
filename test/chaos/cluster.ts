/** The server of a proof: several gateways and workers, each a process, and who is the writer. */
import { freePort } from "../../src/app/up/ports.ts";
import type { Backing } from "./backing.ts";
import { APP_KEY, FAN_OUT_MEMBERS } from "./stage.ts";
import { ServerNode } from "./server-node.ts";

const GATEWAYS = 3;
const WORKERS = 2;
/** Shorter than a pause of the proof, so that a paused gateway loses it. */
const LEASE_MS = 4000;
/** So that a client of a dead network notices within seconds. */
const HEARTBEAT_MS = 2000;

export class Cluster {
  readonly gateways: ServerNode[];
  readonly workers: ServerNode[];
  readonly #backing: Backing;

  private constructor(gateways: ServerNode[], workers: ServerNode[], backing: Backing) {
    this.gateways = gateways;
    this.workers = workers;
    this.#backing = backing;
  }

  static async start(backing: Backing, folder: string): Promise<Cluster> {
    const create = async (name: string, roles: string): Promise<ServerNode> =>
      await ServerNode.create({
        name,
        roles,
        folder,
        port: await freePort(),
        adminPort: await freePort(),
        databaseUrl: backing.databaseUrl,
        redisUrl: backing.redisUrl,
        environment: environmentOfNodes(),
      });
    const gateways: ServerNode[] = [];
    const workers: ServerNode[] = [];
    for (let i = 1; i <= GATEWAYS; i++) gateways.push(await create(`gateway${i}`, "gateway,api"));
    for (let i = 1; i <= WORKERS; i++) workers.push(await create(`worker${i}`, "worker"));
    const cluster = new Cluster(gateways, workers, backing);
    await Promise.all(cluster.nodes.map((node) => node.start()));
    return cluster;
  }

  get nodes(): ServerNode[] {
    return [...this.gateways, ...this.workers];
  }

  /** The worker that holds the writer's lock, as Postgres sees it. */
  async writer(): Promise<ServerNode | undefined> {
    const rows = await this.#backing.sql<{ port: number }[]>`
      SELECT a.client_port AS port FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
      WHERE l.locktype = 'advisory' AND l.granted AND a.application_name = 'linnet writer'`;
    const port = rows[0]?.port;
    if (port === undefined) return undefined;
    return this.workers.find((node) => node.postgres.comesFrom(port));
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }
}

function environmentOfNodes(): Record<string, string> {
  const audit = process.env["LINNET_AUDIT_SECONDS"];
  return {
    LINNET_APP_KEY: APP_KEY,
    LINNET_LEASE_MS: `${LEASE_MS}`,
    LINNET_HEARTBEAT_MS: `${HEARTBEAT_MS}`,
    LINNET_FAN_OUT_MEMBERS: `${FAN_OUT_MEMBERS}`,
    LINNET_CONNECTS_PER_SECOND: "1000",
    LINNET_CONNECTS_BURST: "2000",
    LINNET_MESSAGES_PER_SECOND: "200",
    LINNET_MESSAGES_BURST: "500",
    LINNET_DRAIN_MS: "0",
    // What Redis lost is sent again soon, so that the next fault meets work.
    LINNET_ANSWER_MS: "3000",
    ...(audit === undefined ? {} : { LINNET_AUDIT_SECONDS: audit }),
  };
}
