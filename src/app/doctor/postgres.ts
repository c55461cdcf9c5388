/** Examines Postgres: what an answered message's safety and the writer's fence need of it. */
import { errorCode, openPool, type Sql } from "../../postgres/client.ts";
import { type Finding, ok, warning, wrong } from "./finding.ts";

export interface PostgresFacts {
  versionNumber: number;
  synchronousCommit: string;
  fsync: string;
  fullPageWrites: string;
  inRecovery: boolean;
  synchronousStandbys: string;
  /** Null: this role may not see it. */
  replicas: { name: string; state: string | null }[];
  maxConnections: number;
  usedConnections: number;
  idleSessionTimeout: string;
  /** Whether two connections of ours were one session of Postgres. */
  sharedSession: boolean;
}

const VERSION_MIN = 140_000;
const QUERY_MS = 5000;
/** Beside the pool: the writer, the migrations, the look at locks. */
const OTHER_CONNECTIONS = 3;

export async function examinePostgres(url: string, poolConnections: number): Promise<Finding[]> {
  const first = openPool(url, "linnet doctor", 1, QUERY_MS);
  const second = openPool(url, "linnet doctor", 1, QUERY_MS);
  try {
    const facts = await readFacts(first, second);
    return judgePostgres(facts, poolConnections);
  } catch (error) {
    const why = `can't be asked (${errorCode(error) || String(error)})`;
    return [wrong("Postgres", why, "psql \"$DATABASE_URL\" -c 'SELECT 1' and mend what it says")];
  } finally {
    await Promise.all([first.end({ timeout: 1 }), second.end({ timeout: 1 })]);
  }
}

async function readFacts(first: Sql, second: Sql): Promise<PostgresFacts> {
  const [row] = await first<
    (Omit<PostgresFacts, "replicas" | "sharedSession"> & Record<string, unknown>)[]
  >`
    SELECT current_setting('server_version_num')::int AS "versionNumber",
      current_setting('synchronous_commit') AS "synchronousCommit",
      current_setting('fsync') AS fsync,
      current_setting('full_page_writes') AS "fullPageWrites",
      pg_is_in_recovery() AS "inRecovery",
      current_setting('synchronous_standby_names') AS "synchronousStandbys",
      current_setting('max_connections')::int AS "maxConnections",
      (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend')
        AS "usedConnections",
      coalesce(current_setting('idle_session_timeout', true), '0') AS "idleSessionTimeout"`;
  const replicas = await first<PostgresFacts["replicas"]>`
    SELECT application_name AS name, sync_state AS state FROM pg_stat_replication`;
  if (row === undefined) throw new Error("no answer");
  return { ...row, replicas: [...replicas], sharedSession: await shareSession(first, second) };
}

/**
 * A pooler that gives sessions out by the transaction hands the second connection what the first
 * one has just set and let go; without one, nothing that one session sets is seen by another.
 */
async function shareSession(first: Sql, second: Sql): Promise<boolean> {
  const mark = crypto.randomUUID();
  const [set] = await first<{ pid: number }[]>`
    SELECT pg_backend_pid() AS pid FROM set_config('linnet.doctor', ${mark}, false)`;
  return await second.begin(async (held) => {
    const [other] = await held<{ pid: number; mark: string | null }[]>`
      SELECT pg_backend_pid() AS pid, current_setting('linnet.doctor', true) AS mark`;
    // While the second holds a session, the first must still be in its own.
    const [again] = await first<{ pid: number; mark: string | null }[]>`
      SELECT pg_backend_pid() AS pid, current_setting('linnet.doctor', true) AS mark`;
    return other?.mark === mark || again?.mark !== mark || again.pid !== set?.pid;
  });
}

export function judgePostgres(facts: PostgresFacts, poolConnections: number): Finding[] {
  const { versionNumber } = facts;
  const version = `${Math.floor(versionNumber / 10_000)}.${versionNumber % 10_000}`;
  const set = (name: string, value: string) =>
    `psql "$DATABASE_URL" -c "ALTER SYSTEM SET ${name} = ${value}" -c "SELECT pg_reload_conf()"`;
  const on = (name: string, value: string, why: string): Finding =>
    value === "on"
      ? ok(`Postgres ${name}`, "on")
      : wrong(`Postgres ${name}`, `${value}: ${why}`, set(name, "on"));
  const safe = !["off", "local"].includes(facts.synchronousCommit);
  return [
    versionNumber >= VERSION_MIN
      ? ok("Postgres version", version)
      : wrong("Postgres version", `${version} is too old`, "upgrade to 14 or newer (pg_upgrade)"),
    facts.inRecovery
      ? wrong(
          "Postgres role",
          "a replica: nothing can be written",
          "name the primary in DATABASE_URL",
        )
      : ok("Postgres role", "primary"),
    safe
      ? ok("Postgres synchronous_commit", facts.synchronousCommit)
      : wrong(
          "Postgres synchronous_commit",
          `${facts.synchronousCommit}: what was answered can be lost`,
          set("synchronous_commit", "on"),
        ),
    on("fsync", facts.fsync, "a crash of the machine can lose or break everything"),
    on("full_page_writes", facts.fullPageWrites, "a crash can leave torn pages"),
    judgeReplicas(facts),
    facts.sharedSession
      ? wrong(
          "Postgres pooler",
          "sessions are shared by the transaction: the writer's lock and fence need their own",
          "name Postgres itself in DATABASE_URL, or a pool in session mode (pool_mode = session)",
        )
      : ok("Postgres pooler", "none that shares sessions"),
    judgeConnections(facts, poolConnections),
    facts.idleSessionTimeout === "0"
      ? ok("Postgres idle_session_timeout", "off")
      : warning(
          "Postgres idle_session_timeout",
          `${facts.idleSessionTimeout}: a writer or a pool that is idle loses its connections`,
          set("idle_session_timeout", "0"),
        ),
  ];
}

function judgeReplicas({ replicas, synchronousStandbys }: PostgresFacts): Finding {
  const check = "Postgres replicas";
  const names = replicas.map(({ name }) => name).join(", ");
  const isSynchronous = replicas.some(({ state }) => state === "sync" || state === "quorum");
  if (synchronousStandbys !== "" && !isSynchronous) {
    return wrong(
      check,
      `synchronous_standby_names is "${synchronousStandbys}", and none of them is connected: ` +
        "commits wait for ever",
      "start the replica, or ALTER SYSTEM SET synchronous_standby_names = '' and reload",
    );
  }
  if (replicas.length === 0) return ok(check, "none");
  if (isSynchronous) return ok(check, `${names}, synchronous`);
  return warning(
    check,
    `${names}: none is synchronous. One that takes over may lack what was answered`,
    `psql "$DATABASE_URL" -c "ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (*)'" ` +
      '-c "SELECT pg_reload_conf()", or never let it take over by itself',
  );
}

function judgeConnections(facts: PostgresFacts, poolConnections: number): Finding {
  const { maxConnections, usedConnections } = facts;
  const needed = poolConnections + OTHER_CONNECTIONS;
  const free = maxConnections - usedConnections;
  const what = `${usedConnections} of ${maxConnections} in use, a process takes up to ${needed}`;
  if (free >= 2 * needed) return ok("Postgres connections", what);
  const mend =
    `psql "$DATABASE_URL" -c "ALTER SYSTEM SET max_connections = ${maxConnections + 4 * needed}" ` +
    "and restart Postgres, or lower LINNET_POOL_CONNECTIONS";
  return free >= needed
    ? warning("Postgres connections", what, mend)
    : wrong("Postgres connections", what, mend);
}
