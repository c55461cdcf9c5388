// Real Postgres and Redis for tests: private, on free ports, gone when the test process is gone.
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import postgres from "postgres";
import { postgresAccount } from "../../src/app/up/account.ts";
import { freePort } from "../../src/app/up/ports.ts";
import * as pg from "../../src/app/up/postgres.ts";
import { type Child, commandOf, processesIn } from "../../src/app/up/processes.ts";
import { findRedis, planRedis } from "../../src/app/up/redis-binary.ts";
import * as rd from "../../src/app/up/redis.ts";

/** A running Postgres or Redis of a test's own. */
export interface TestService {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly logPath: string;
  /** The server's process; changes with a restart. */
  readonly pid: number;
  /** Kills every process of it at once and leaves it down. */
  kill9(): Promise<void>;
  /** Stops it as an operator would and leaves it down. */
  stop(): Promise<void>;
  /** Starts it on the same port and data, stopped first if it runs; settles when it answers. */
  restart(): Promise<void>;
}

export { freePort };

export interface TestDatabase {
  readonly url: string;
  readonly name: string;
  drop(): Promise<void>;
}

export type Migrate = (url: string) => Promise<void>;

const CHECKOUT = resolve(import.meta.dir, "..", "..");
const STATE = join(CHECKOUT, ".linnet");
/** Whether tests are to run on a Redis Cluster. */
export const ON_CLUSTER = process.env["LINNET_TEST_REDIS"] === "cluster";
const PREFIX = "linnet-test-";

/** A cluster for one test file that breaks it. `durable` turns fsync on. */
export async function startPostgres(options: { durable?: boolean } = {}): Promise<TestService> {
  const folder = runFolder();
  const account = postgresAccount();
  const port = await freePort();
  const base = mkdtempSync(join(folder, "postgres-"));
  if (account !== null) chownSync(base, account.uid, account.gid);
  const settings: pg.PostgresOptions = {
    checkout: CHECKOUT,
    dataDir: join(base, "data"),
    logPath: join(folder, `${base.slice(folder.length + 1)}.log`),
    port,
    password: crypto.randomUUID(),
    account,
    durable: options.durable ?? false,
    deathSignal: "SIGQUIT",
  };
  return service(settings, pg.postgresUrl(settings), {
    start: () => pg.startPostgres(settings),
    stop: pg.stopPostgres,
    kill: (child) => pg.killPostgres(child, settings.dataDir),
  });
}

/**
 * A redis-server for one test file; each costs a few milliseconds, so there is no shared one. With
 * LINNET_TEST_REDIS=cluster it is a cluster of three, and the same tests run on that.
 */
export async function startRedis(): Promise<TestService> {
  if (ON_CLUSTER) {
    const { startCluster } = await import("./cluster.ts");
    return (await startCluster()).service;
  }
  const folder = runFolder();
  const binary = findRedis(STATE) ?? planRedis(STATE)?.carryOut();
  if (binary === undefined) throw new Error("no redis-server on the PATH and no way to get one");
  const dataDir = mkdtempSync(join(folder, "redis-"));
  const settings: rd.RedisOptions = {
    binary,
    dataDir,
    logPath: `${dataDir}.log`,
    port: await freePort(),
    password: crypto.randomUUID(),
    deathSignal: "SIGKILL",
  };
  return service(settings, rd.redisUrl(settings), {
    start: () => rd.startRedis(settings),
    stop: rd.stopRedis,
    kill: async (child) => {
      child.signal("SIGKILL");
      await child.exited;
    },
  });
}

let shared: Promise<TestService> | undefined;
let databases = 0;
const templates = new Map<Migrate, Promise<string>>();

/** The cluster that all test files of this process share; never kill it. */
export function sharedPostgres(): Promise<TestService> {
  shared ??= startPostgres();
  return shared;
}

/**
 * An empty database in the shared cluster, or a copy of a template that `migrate` filled once.
 * `migrate` must close its connections: Postgres copies no database that is in use.
 */
export async function freshDatabase(migrate?: Migrate): Promise<TestDatabase> {
  const cluster = await sharedPostgres();
  if (migrate === undefined) return createDatabase(cluster, "template1");
  let template = templates.get(migrate);
  if (template === undefined) {
    template = createDatabase(cluster, "template1").then(async (database) => {
      await migrate(database.url);
      return database.name;
    });
    templates.set(migrate, template);
  }
  return createDatabase(cluster, await template);
}

async function createDatabase(cluster: TestService, template: string): Promise<TestDatabase> {
  databases += 1;
  const name = `test_${databases}`;
  await administer(cluster, `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`);
  const url = new URL(cluster.url);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    name,
    drop: () => administer(cluster, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function administer(cluster: TestService, statement: string): Promise<void> {
  const sql = postgres(cluster.url, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}

interface Actions {
  readonly start: () => Promise<Child>;
  readonly stop: (child: Child) => Promise<void>;
  readonly kill: (child: Child) => Promise<void>;
}

async function service(
  settings: { port: number; dataDir: string; logPath: string },
  url: string,
  actions: Actions,
): Promise<TestService> {
  let child = await actions.start();
  return {
    url,
    port: settings.port,
    dataDir: settings.dataDir,
    logPath: settings.logPath,
    get pid() {
      return child.pid;
    },
    kill9: () => actions.kill(child),
    stop: () => actions.stop(child),
    restart: async () => {
      if (child.isRunning()) await actions.stop(child);
      child = await actions.start();
    },
  };
}

let folderOfRun: string | undefined;

// One folder a test process, with its number in the name. Its servers end with it because the
// kernel tells them; where it doesn't, the next run ends them and removes what is left.
function runFolder(): string {
  if (folderOfRun !== undefined) return folderOfRun;
  // A TMPDIR of root's may be closed to the account that Postgres runs as.
  const root = process.getuid?.() === 0 ? "/tmp" : tmpdir();
  removeLeftovers(root);
  const folder = join(root, `${PREFIX}${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o711 });
  folderOfRun = folder;
  // `bun test` runs no exit handlers. This shell sees its input end when we do, however we end.
  const broom = Bun.spawn(["sh", "-c", 'cat; sleep 1; rm -rf "$0" || rm -rf "$0"', folder], {
    stdin: "pipe",
    stdout: "ignore",
    stderr: "ignore",
    detached: true,
  });
  broom.unref();
  return folder;
}

function removeLeftovers(root: string): void {
  for (const name of readdirSync(root)) {
    if (!name.startsWith(PREFIX)) continue;
    const pid = Number(name.slice(PREFIX.length));
    if (commandOf(pid) !== "") continue;
    const folder = join(root, name);
    try {
      for (const inner of dataFoldersOf(folder)) endAll(inner);
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another account's, or another run is at it too.
    }
  }
}

function dataFoldersOf(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => [join(folder, name), join(folder, name, "data")]);
}

function endAll(dataDir: string): void {
  for (const word of ["postgres", "redis"]) {
    for (const pid of processesIn(dataDir, word)) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // Gone already.
      }
    }
  }
}
