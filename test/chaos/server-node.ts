/** One server process of the proof, with a network of its own to Postgres and Redis. */
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pause } from "../../src/base/backoff.ts";
import { prefixFor } from "../../src/app/up/processes.ts";
import { Proxy } from "./proxy.ts";

const CHECKOUT = resolve(import.meta.dir, "..", "..");
const READY_MS = 60_000;

export interface NodeOptions {
  name: string;
  roles: string;
  port: number;
  /** Where it answers for its health and its counters. */
  adminPort: number;
  databaseUrl: string;
  redisUrl: string;
  folder: string;
  environment: Record<string, string>;
}

export class ServerNode {
  readonly name: string;
  readonly options: NodeOptions;
  readonly postgres: Proxy;
  readonly redis: Proxy;
  #child: Bun.Subprocess | undefined;
  /** Counts its processes: each has counters of its own. */
  incarnation = 0;
  /** Whether a fault has it in hand. */
  busy = false;

  private constructor(options: NodeOptions, postgres: Proxy, redis: Proxy) {
    this.name = options.name;
    this.options = options;
    this.postgres = postgres;
    this.redis = redis;
  }

  static async create(options: NodeOptions): Promise<ServerNode> {
    const postgres = await Proxy.open(() => [portOf(options.databaseUrl)]);
    const redis = await Proxy.open(() => [portOf(options.redisUrl)]);
    return new ServerNode(options, postgres, redis);
  }

  get url(): string {
    return `http://127.0.0.1:${this.options.port}`;
  }

  get adminUrl(): string {
    return `http://127.0.0.1:${this.options.adminPort}`;
  }

  get running(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  async start(): Promise<void> {
    const { name, folder, roles, port, adminPort, databaseUrl, redisUrl, environment } =
      this.options;
    const log = openSync(join(folder, `${name}.log`), "a");
    const preload = join(import.meta.dir, "skewed-clock.ts");
    this.incarnation += 1;
    try {
      this.#child = Bun.spawn(
        [
          ...prefixFor(null, "SIGKILL"),
          ...[process.execPath, "--preload", preload, "src/main.ts", "--roles", roles],
        ],
        {
          cwd: CHECKOUT,
          env: {
            PATH: process.env["PATH"] ?? "",
            DATABASE_URL: through(databaseUrl, this.postgres.port),
            REDIS_URL: through(redisUrl, this.redis.port),
            LINNET_HOST: "127.0.0.1",
            LINNET_PORT: `${port}`,
            LINNET_ADMIN_HOST: "127.0.0.1",
            LINNET_ADMIN_PORT: `${adminPort}`,
            PROVE_CLOCK_FILE: this.#clockFile,
            ...environment,
          },
          stdin: "ignore",
          stdout: log,
          stderr: log,
        },
      );
    } finally {
      closeSync(log);
    }
    await this.#ready(this.incarnation);
  }

  signal(signal: NodeJS.Signals): void {
    if (this.running) this.#child?.kill(signal);
  }

  async kill9(): Promise<void> {
    this.signal("SIGKILL");
    await this.#child?.exited;
  }

  /** Its wall clock is off by so much from now on. */
  jumpClock(offsetMs: number): void {
    writeFileSync(this.#clockFile, `${offsetMs}`);
    this.signal("SIGUSR2");
  }

  async stop(): Promise<void> {
    this.signal("SIGCONT");
    this.signal("SIGTERM");
    const ended = await Promise.race([this.#child?.exited.then(() => true), pause(15_000)]);
    if (ended !== true) await this.kill9();
    this.postgres.close();
    this.redis.close();
  }

  get #clockFile(): string {
    return join(this.options.folder, `${this.name}.clock`);
  }

  /** Until it answers; a process that ended before is somebody else's to start again. */
  async #ready(incarnation: number): Promise<void> {
    const endMs = performance.now() + READY_MS;
    while (this.running && this.incarnation === incarnation) {
      if (await answers(`${this.adminUrl}/readyz`)) return;
      if (performance.now() > endMs) throw new Error(`${this.name} does not answer`);
      await pause(25);
    }
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(1000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}

export function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === "" ? (protocol.startsWith("redis") ? 6379 : 5432) : Number(port);
}

function through(url: string, port: number): string {
  const address = new URL(url);
  address.hostname = "127.0.0.1";
  address.port = `${port}`;
  return address.href;
}
