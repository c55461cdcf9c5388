// ejabberd over its WebSocket with its archive (MAM) in Postgres: two rows a message, one for each
// user. XMPP answers no send, so the sender is not told; accounts are rows made beforehand.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { freePort } from "../../src/app/up/ports.ts";
import { startProgram } from "../machine/programs.ts";
import type { Services } from "../machine/services.ts";
import type { Rival } from "./rival.ts";

const LIBRARIES = "/usr/lib/x86_64-linux-gnu";
const PASSWORD = "secret";
const FRAMING = "urn:ietf:params:xml:ns:xmpp-framing";
const OPEN = `<open xmlns='${FRAMING}' to='localhost' version='1.0'/>`;

export const EJABBERD: Rival = {
  name: "ejabberd",
  install: "apt-get install ejabberd erlang-p1-pgsql",
  work: "ejabberd: MAM in Postgres, two rows a message, delivered; a send has no answer",
  answers: false,
  subprotocol: "xmpp",
  isInstalled: () => Bun.which("ejabberdctl", { PATH: SEARCHED }) !== null,
  start,
  path: () => "/ws",
  opening: (user) => [
    { says: OPEN },
    { awaits: "mechanism>PLAIN", says: authentication(user) },
    { awaits: "<success", says: OPEN },
    { awaits: "xmpp-bind", says: bind() },
    { awaits: "<jid>", says: "<presence/>" },
    { awaits: "<presence" },
  ],
  frame: (to) =>
    `<message xmlns='jabber:client' to='${nameOf(to)}@localhost/bench' type='chat' ` +
    `id='{localId}'><body>{text}</body></message>`,
};

const SEARCHED = `${process.env["PATH"] ?? ""}:/usr/sbin:/usr/local/sbin`;

function nameOf(user: number): string {
  return `user${user}`;
}

function authentication(user: number): string {
  const plain = Buffer.from(`\0${nameOf(user)}\0${PASSWORD}`).toString("base64");
  return `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain}</auth>`;
}

function bind(): string {
  const resource = "<resource>bench</resource>";
  const inner = `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>${resource}</bind>`;
  return `<iq xmlns='jabber:client' type='set' id='bind'>${inner}</iq>`;
}

async function start(services: Services, users: number) {
  const database = new URL(services.limitsDatabaseUrl);
  await makeTables(database.href, users);
  const port = await freePort();
  const folder = join(services.folder, `ejabberd-${port}`);
  mkdirSync(join(folder, "mnesia"), { recursive: true });
  const config = join(folder, "ejabberd.yml");
  writeFileSync(config, configuration(database, port));
  const options = [
    "+K",
    "true",
    "+P",
    "250000",
    "-noinput",
    "-mnesia",
    "dir",
    `"${folder}/mnesia"`,
  ];
  return await startProgram({
    name: "ejabberd",
    command: ["erl", ...options, "-s", "ejabberd"],
    folder: services.folder,
    port,
    env: {
      ERL_LIBS: LIBRARIES,
      ERL_CRASH_DUMP: join(folder, "crash.dump"),
      EJABBERD_CONFIG_PATH: config,
      EJABBERD_LOG_PATH: join(folder, "ejabberd.log"),
    },
  });
}

function configuration(database: URL, port: number): string {
  return `hosts: [localhost]
loglevel: warning
listen:
  - port: ${port}
    ip: "127.0.0.1"
    module: ejabberd_http
    request_handlers: { "/ws": ejabberd_http_ws }
auth_method: [sql]
auth_password_format: plain
disable_sasl_mechanisms: [SCRAM-SHA-1, SCRAM-SHA-256, SCRAM-SHA-512, DIGEST-MD5, X-OAUTH2]
sql_type: pgsql
sql_server: "${database.hostname}"
sql_port: ${database.port}
sql_database: "${database.pathname.slice(1)}"
sql_username: "${decodeURIComponent(database.username)}"
sql_password: "${decodeURIComponent(database.password)}"
sql_pool_size: 10
modules:
  mod_mam: { db_type: sql, default: always, request_activates_archiving: false }
`;
}

/** The tables of ejabberd's own schema that this work touches, as it ships them. */
async function makeTables(url: string, users: number): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await sql.unsafe(`
    CREATE TABLE IF NOT EXISTS users (
      username text PRIMARY KEY, "password" text NOT NULL, serverkey text NOT NULL DEFAULT '',
      salt text NOT NULL DEFAULT '', iterationcount integer NOT NULL DEFAULT 0,
      created_at TIMESTAMP NOT NULL DEFAULT now());
    CREATE TABLE IF NOT EXISTS archive (
      username text NOT NULL, timestamp BIGINT NOT NULL, peer text NOT NULL,
      bare_peer text NOT NULL, xml text NOT NULL, txt text, id SERIAL, kind text, nick text,
      created_at TIMESTAMP NOT NULL DEFAULT now());
    CREATE INDEX IF NOT EXISTS i_username_timestamp ON archive (username, timestamp);
    CREATE INDEX IF NOT EXISTS i_username_peer ON archive (username, peer);
    CREATE INDEX IF NOT EXISTS i_username_bare_peer ON archive (username, bare_peer);
    CREATE INDEX IF NOT EXISTS i_timestamp ON archive (timestamp);
    CREATE TABLE IF NOT EXISTS archive_prefs (
      username text PRIMARY KEY, def text NOT NULL, always text NOT NULL, never text NOT NULL,
      created_at TIMESTAMP NOT NULL DEFAULT now());`);
  await sql`
    INSERT INTO users (username, "password")
    SELECT 'user' || n, ${PASSWORD} FROM generate_series(0, ${users - 1}) AS n
    ON CONFLICT DO NOTHING`;
  await sql.end();
}
