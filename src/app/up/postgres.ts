// A private Postgres cluster: made once, started, stopped, and started again after a crash.
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { postgresBinaries } from "./postgres-binaries.ts";
import {
  type Account,
  type Child,
  type Signal,
  commandOf,
  cwdOf,
  endProcess,
  endsWithin,
  launch,
  prefixFor,
  processesIn,
  waitUntil,
} from "./processes.ts";

export interface PostgresOptions {
  readonly checkout: string;
  /** The cluster's folder; its parent must be open to `account`. */
  readonly dataDir: string;
  readonly logPath: string;
  readonly port: number;
  readonly password: string;
  readonly account: Account | null;
  /** false only for tests that never look at what survives the machine's power being cut. */
  readonly durable: boolean;
  readonly deathSignal: Signal;
}

const USER = "linnet";
const DATABASE = "linnet";
const START_TIMEOUT_MS = 60_000;

const SETTINGS = [
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  "max_connections=200",
  "shared_buffers=256MB",
  "synchronous_commit=on",
  "wal_init_zero=off",
  "max_wal_size=4GB",
  "checkpoint_timeout=15min",
  "jit=off",
  "timezone=UTC",
  "log_timezone=UTC",
  "logging_collector=off",
];
const DURABLE_SETTINGS = ["fsync=on", "min_wal_size=1GB"];
const FAST_SETTINGS = ["fsync=off", "full_page_writes=off"];

export function postgresUrl(options: { port: number; password: string }): string {
  return `postgres://${USER}:${options.password}@127.0.0.1:${options.port}/${DATABASE}`;
}

/** Starts the cluster, made first if need be; settles when it takes connections. */
export async function startPostgres(options: PostgresOptions): Promise<Child> {
  const binaries = postgresBinaries(options.checkout, options.account);
  if (!existsSync(join(options.dataDir, "PG_VERSION"))) createCluster(binaries, options);
  await endStalePostgres(options.dataDir);
  const end = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const child = launch({
      command: [join(binaries, "bin", "postgres"), ...startArguments(options)],
      logPath: options.logPath,
      cwd: options.dataDir,
      env: CLEAN_ENVIRONMENT,
      account: options.account,
      deathSignal: options.deathSignal,
    });
    const ready = await waitUntil(
      () => !child.isRunning() || isReady(options.dataDir, child.pid),
      Math.max(end - performance.now(), 1000),
    );
    if (ready && child.isRunning()) return child;
    child.signal("SIGKILL");
    if (performance.now() >= end) {
      throw new Error(`Postgres does not start; its log is ${options.logPath}`);
    }
    // Most often backends of the one that died still hold its shared memory.
    await endStalePostgres(options.dataDir);
    await Bun.sleep(100);
  }
}

/** Fast shutdown: sessions are cut, what is committed is on disk. Escalates after 15 s. */
export async function stopPostgres(child: Child): Promise<void> {
  child.signal("SIGINT");
  if (await endsWithin(child, 15_000)) return;
  child.signal("SIGQUIT");
  if (await endsWithin(child, 5_000)) return;
  child.signal("SIGKILL");
  await child.exited;
}

/** Kills the postmaster and every process of the cluster at once, as a crash would. */
export async function killPostgres(child: Child, dataDir: string): Promise<void> {
  const family = processesIn(dataDir, "postgres");
  child.signal("SIGKILL");
  for (const pid of family) killQuietly(pid);
  await child.exited;
  await endStalePostgres(dataDir);
}

/** Ends what a killed run left of this cluster: the server, then backends without one. */
export async function endStalePostgres(dataDir: string): Promise<void> {
  const isOurs = (pid: number) => cwdOf(pid) === dataDir && commandOf(pid).includes("postgres");
  const lock = join(dataDir, "postmaster.pid");
  const pid = lockLines(dataDir)[0];
  if (pid !== undefined && pid !== "") {
    await endProcess(Number(pid), isOurs, [
      ["SIGINT", 10_000],
      ["SIGQUIT", 3_000],
      ["SIGKILL", 3_000],
    ]);
  }
  await waitUntil(() => {
    const orphans = processesIn(dataDir, "postgres");
    for (const orphan of orphans) killQuietly(orphan);
    return orphans.length === 0;
  }, 10_000);
  // Its number may belong to another program by now, at which Postgres would refuse to start.
  rmSync(lock, { force: true });
}

const CLEAN_ENVIRONMENT = { PATH: "/usr/bin:/bin", LC_ALL: "C", LANG: "C" };

function startArguments(options: PostgresOptions): string[] {
  const settings = [
    ...SETTINGS,
    `port=${options.port}`,
    ...(options.durable ? DURABLE_SETTINGS : FAST_SETTINGS),
  ];
  return ["-D", options.dataDir, ...settings.flatMap((setting) => ["-c", setting])];
}

// Made in a folder beside and renamed when whole, so that a killed initdb leaves no half cluster.
function createCluster(binaries: string, options: PostgresOptions): void {
  const fresh = `${options.dataDir}.new`;
  const passwordFile = `${options.dataDir}.password`;
  mkdirSync(dirname(options.dataDir), { recursive: true });
  rmSync(fresh, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  mkdirSync(fresh);
  chmodSync(fresh, 0o700);
  writeFileSync(passwordFile, options.password, { mode: 0o600 });
  if (options.account !== null) {
    chownSync(fresh, options.account.uid, options.account.gid);
    chownSync(passwordFile, options.account.uid, options.account.gid);
  }
  const sync = options.durable ? [] : ["--no-sync"];
  runToEnd(options, [
    join(binaries, "bin", "initdb"),
    ...["-D", fresh, "--username", USER, "--pwfile", passwordFile],
    ...["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"],
    ...["--locale-provider=builtin", "--builtin-locale=C.UTF-8", ...sync],
  ]);
  rmSync(passwordFile);
  runToEnd(
    options,
    [join(binaries, "bin", "postgres"), "--single", "-D", fresh, "postgres"],
    `CREATE DATABASE ${DATABASE};\n`,
  );
  renameSync(fresh, options.dataDir);
}

function runToEnd(options: PostgresOptions, command: string[], input = ""): void {
  const done = Bun.spawnSync([...prefixFor(options.account, null), ...command], {
    cwd: dirname(command[0] ?? "/"),
    env: CLEAN_ENVIRONMENT,
    stdin: Buffer.from(input),
  });
  if (done.exitCode === 0) return;
  throw new Error(`${command[0]} ended with ${done.exitCode}:\n${done.stdout}${done.stderr}`);
}

// The server writes its state into line 8 of its lock file, which pg_ctl reads in the same way.
function isReady(dataDir: string, pid: number): boolean {
  const lines = lockLines(dataDir);
  return lines[0] === `${pid}` && lines[7]?.trim() === "ready";
}

function lockLines(dataDir: string): string[] {
  try {
    return readFileSync(join(dataDir, "postmaster.pid"), "utf8").split("\n");
  } catch {
    return [];
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself in the meantime, which is what we want.
  }
}
