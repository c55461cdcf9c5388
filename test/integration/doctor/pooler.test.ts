// A real pooler before Postgres, which the writer's lock and session settings can't live behind:
// the doctor finds the one that hands sessions out by the transaction. Without pgbouncer on the
// PATH there is nothing to look at.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { examinePostgres } from "../../../src/app/doctor/postgres.ts";
import { postgresAccount } from "../../../src/app/up/account.ts";
import { type Child, launch } from "../../../src/app/up/processes.ts";
import { until } from "../../support/pace.ts";
import { freePort, freshDatabase, type TestDatabase } from "../../support/services.ts";

const PGBOUNCER = Bun.which("pgbouncer");
const POOL_CONNECTIONS = 1;

let database: TestDatabase;
let folder: string;
const poolers: Child[] = [];

beforeAll(async () => {
  database = await freshDatabase();
  folder = mkdtempSync(join(process.getuid?.() === 0 ? "/tmp" : tmpdir(), "linnet-pooler-"));
}, 60_000);

afterAll(async () => {
  for (const pooler of poolers) {
    pooler.signal("SIGKILL");
    await pooler.exited;
  }
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

/** The address of a pgbouncer in this mode. */
async function startPooler(program: string, mode: "transaction" | "session"): Promise<string> {
  const { hostname, port, username, password, pathname } = new URL(database.url);
  const ownPort = await freePort();
  const account = postgresAccount();
  const file = join(folder, `${mode}.ini`);
  const lines = [
    "[databases]",
    `* = host=${hostname} port=${port} user=${username} password=${password}`,
    "[pgbouncer]",
    "listen_addr = 127.0.0.1",
    `listen_port = ${ownPort}`,
    "unix_socket_dir =",
    "auth_type = any",
    `pool_mode = ${mode}`,
    "ignore_startup_parameters = extra_float_digits,statement_timeout,search_path",
  ];
  writeFileSync(file, `${lines.join("\n")}\n`);
  if (account !== null) {
    chownSync(folder, account.uid, account.gid);
    chownSync(file, account.uid, account.gid);
  }
  const pooler = launch({
    command: [program, "-q", file],
    logPath: join(folder, `${mode}.log`),
    cwd: folder,
    env: {},
    account,
    deathSignal: "SIGKILL",
  });
  poolers.push(pooler);
  return `postgres://127.0.0.1:${ownPort}${pathname}?user=${username}`;
}

/** What is found of sessions, once the pooler answers. */
async function poolerState(url: string): Promise<string> {
  let found = "none";
  await until(async () => {
    const findings = await examinePostgres(url, POOL_CONNECTIONS);
    found = findings.find(({ check }) => check === "Postgres pooler")?.state ?? "none";
    return found !== "none";
  }, 5000);
  return found;
}

test.skipIf(PGBOUNCER === null)(
  "one that pools transactions is wrong, one that pools sessions not",
  async () => {
    expect(await poolerState(await startPooler(PGBOUNCER ?? "", "transaction"))).toBe("wrong");
    expect(await poolerState(await startPooler(PGBOUNCER ?? "", "session"))).toBe("ok");
    expect(await poolerState(database.url)).toBe("ok");
  },
  30_000,
);
