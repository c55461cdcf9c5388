// Server processes of a test's own: each `bun src/main.ts` on a free port, over one database and
// one Redis, gone when the test process is gone.
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Child, launch } from "../../src/app/up/processes.ts";
import { until } from "./pace.ts";
import { freePort, freshDatabase, startRedis, type TestService } from "./services.ts";

const CHECKOUT = resolve(import.meta.dir, "..", "..");
const READY_MS = 30_000;
const STOP_MS = 15_000;
const LOG_LINES = 40;

export interface FleetOptions {
  /** Roles of each process, as `--roles` takes them; two gateways with workers unless told. */
  roles?: readonly string[];
  /** Settings beside the addresses and those that make tests quick. */
  env?: Record<string, string>;
  /** Its main database instead of a fresh one in the shared cluster. */
  postgres?: TestService;
  /** Instead of one of its own; then it is not stopped with the fleet. */
  redis?: TestService;
  /** Flags of the command line of each process, such as `--processes`. */
  flags?: readonly string[];
  /** False: starting doesn't wait for /readyz. */
  wait?: boolean;
}

export interface FleetProcess {
  readonly url: string;
  /** Its own port: health and metrics, also of one that serves nobody. */
  readonly adminUrl: string;
  readonly pid: number;
  isReady(): Promise<boolean>;
  /** Settles when /readyz says yes; rejects with the log when it does not in time. */
  ready(): Promise<void>;
  kill9(): Promise<void>;
  /** As an operator would, with a drain. */
  stop(): Promise<void>;
  /** On the same port, stopped first if it runs; settles when it is ready. */
  restart(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** The last lines that it wrote since it was started. */
  log(): string;
}

export interface Fleet {
  readonly processes: readonly FleetProcess[];
  readonly urls: string[];
  readonly appKey: string;
  readonly databaseUrl: string;
  readonly redis: TestService;
  readonly redisUrl: string;
  process(index: number): FleetProcess;
  /** Every process, one after the other was stopped: none is left that knows anything. */
  restart(): Promise<void>;
  /** The ends of all logs, for whoever has to find out why a test failed. */
  logs(): string;
  /** Ends everything that it started. */
  end(): Promise<void>;
}

/** Limits that would only slow the tests down, and audits often enough to wait for. */
const QUICK = {
  LINNET_HOST: "127.0.0.1",
  LINNET_LOG_LEVEL: "info",
  LINNET_CONNECTS_PER_SECOND: "1000",
  LINNET_CONNECTS_BURST: "1000",
  LINNET_MESSAGES_PER_SECOND: "1000",
  LINNET_MESSAGES_BURST: "2000",
  LINNET_AUDIT_SECONDS: "5",
  LINNET_DRAIN_MS: "200",
};

export async function startFleet(options: FleetOptions = {}): Promise<Fleet> {
  const folder = mkdtempSync(join(tmpdir(), "linnet-fleet-"));
  const database = options.postgres === undefined ? await freshDatabase() : undefined;
  const databaseUrl = options.postgres?.url ?? database?.url ?? "";
  const redis = options.redis ?? (await startRedis());
  const appKey = crypto.randomUUID();
  const env = {
    PATH: process.env["PATH"] ?? "",
    ...QUICK,
    DATABASE_URL: databaseUrl,
    REDIS_URL: redis.url,
    LINNET_APP_KEY: appKey,
    ...options.env,
  };
  const processes: FleetProcess[] = [];
  for (const [index, roles] of (options.roles ?? TWO_OF_ALL).entries()) {
    const logPath = join(folder, `${index}.log`);
    const ports = { port: await freePort(), adminPort: await freePort() };
    processes.push(startProcess({ env, roles, ...ports, logPath, flags: options.flags ?? [] }));
  }
  if (options.wait !== false) await Promise.all(processes.map((one) => one.ready()));
  return {
    processes,
    urls: processes.map((one) => one.url),
    appKey,
    databaseUrl,
    redis,
    redisUrl: redis.url,
    process: (index) => processes[index] as FleetProcess,
    async restart() {
      await Promise.all(processes.map((one) => one.stop()));
      await Promise.all(processes.map((one) => one.restart()));
    },
    logs: () => processes.map((one, index) => `— process ${index}:\n${one.log()}`).join("\n"),
    async end() {
      await Promise.all(processes.map((one) => one.kill9()));
      if (options.redis === undefined) await redis.kill9();
      await database?.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const TWO_OF_ALL = ["gateway,worker,api", "gateway,worker,api"];

function startProcess(options: {
  env: Record<string, string>;
  roles: string;
  port: number;
  /** Where each process tells of itself; a worker alone listens nowhere else. */
  adminPort: number;
  logPath: string;
  flags: readonly string[];
}): FleetProcess {
  const { roles, port, adminPort, logPath } = options;
  const ports = { LINNET_PORT: `${port}`, LINNET_ADMIN_PORT: `${adminPort}` };
  const env = { ...options.env, ...ports, LINNET_ROLES: roles };
  const url = `http://127.0.0.1:${port}`;
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  let logStart = 0;
  const log = () => {
    const text = readFileSync(logPath).subarray(logStart).toString();
    return text.trimEnd().split("\n").slice(-LOG_LINES).join("\n");
  };
  const start = (): Child =>
    launch({
      command: [process.execPath, "src/main.ts", ...options.flags],
      logPath,
      cwd: CHECKOUT,
      env,
      account: null,
      deathSignal: "SIGKILL",
    });
  let child = start();
  const isReady = () => answersReady(`http://127.0.0.1:${adminPort}`);
  const ready = async (): Promise<void> => {
    const settled = await until(async () => !child.isRunning() || (await isReady()), READY_MS, 20);
    if (settled && child.isRunning()) return;
    throw new Error(`${url} is not ready:\n${log()}`);
  };
  const kill9 = async (): Promise<void> => {
    child.signal("SIGKILL");
    await child.exited;
  };
  const stop = async (): Promise<void> => {
    child.signal("SIGTERM");
    if (await until(() => !child.isRunning(), STOP_MS, 20)) return;
    await kill9();
    throw new Error(`${url} did not stop within ${STOP_MS} ms:\n${log()}`);
  };
  return {
    url,
    adminUrl,
    get pid() {
      return child.pid;
    },
    isReady,
    ready,
    kill9,
    stop,
    async restart() {
      if (child.isRunning()) await stop();
      logStart = statSync(logPath).size;
      child = start();
      await ready();
    },
    freeze: () => process.kill(child.pid, "SIGSTOP"),
    thaw: () => process.kill(child.pid, "SIGCONT"),
    log,
  };
}

async function answersReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(1000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
