/** Finds the message, or why there is none, and tells its way in lines. */
import type { Clock } from "../../base/clock.ts";
import { KeyedHash } from "../../base/hash.ts";
import { snowflakeHalves, snowflakeMs } from "../../base/snowflake.ts";
import { DEVICES } from "../../gateway/server.ts";
import { API_DEVICE } from "../../path/system-sender.ts";
import type { Sql } from "../../postgres/client.ts";
import type { RedisConnection } from "../../redis/client.ts";
import { STREAM } from "../../redis/keys.ts";
import { userIdsOf } from "../../store/users.ts";
import { findMessage, type Message } from "./message.ts";
import { findPoison } from "./poison.ts";
import { tellRecipients } from "./recipients.ts";

export type Question = { id: string } | { sender: string; localId: string; device?: string };

export interface ExplainParts {
  sql: Sql;
  redis: RedisConnection;
  dedupeSeed: string;
  clock: Clock;
}

export interface Told {
  found: boolean;
  lines: string[];
}

/** Rows of inboxes that name a message whose own row is gone; the query has a deadline. */
const TRACES_MAX = 5;

/** What no part records, so that nobody looks for it here. */
const NOT_RECORDED =
  "Not recorded: to which connections it was pushed, whether a client has applied it, and " +
  "offline push, which isn't built. A client that is behind is told within a minute, and syncs.";

export async function explain(parts: ExplainParts, question: Question): Promise<Told> {
  if ("id" in question) return await explainId(parts, question.id);
  return await explainLocalId(parts, question);
}

async function explainId(parts: ExplainParts, id: string): Promise<Told> {
  if (!/^\d{1,19}$/.test(id) || BigInt(id) >= 2n ** 63n) {
    return { found: false, lines: [`${id} is no message id: those are decimal numbers`] };
  }
  const message = await findMessage(parts.sql, { id });
  if (message !== undefined) return await tell(parts, message);
  return await explainAbsent(parts, id);
}

async function tell(parts: ExplainParts, message: Message): Promise<Told> {
  const lines = [...messageLines(message), ...(await tellRecipients(parts, message))];
  return { found: true, lines: [...lines, NOT_RECORDED] };
}

function messageLines(message: Message): string[] {
  const { conversation, id, seq } = message;
  const { id: conversationId, type, wide, dissolved } = conversation;
  const via = message.system ? "by the system" : message.serverApi ? "over HTTP" : "by WebSocket";
  const pts =
    message.conversationPts === null ? "" : `, conversationPts ${message.conversationPts}`;
  const written = `Written at ${instant(message.givenMs)} (from its id) as seq ${seq}${pts}`;
  return [
    `Message ${id}: cmd ${message.cmd}, type ${message.type}, ${message.bytes} bytes`,
    `From ${message.system ? "the system" : message.sender}, ${via}, device ${message.device}`,
    `Conversation ${conversationId}, type ${type}${wide ? ", wide" : ""}` +
      (dissolved ? ", dissolved" : ""),
    `${written}, and answered when that was committed`,
    `Key: local id ${message.localId}, ${message.dedupeKey}; sent again it is answered alike`,
    `State: ${stateOf(message)}`,
    ...(message.targets === 0 ? [] : [`For ${message.targets} members alone (target)`]),
  ];
}

function stateOf({ emptied, expired, expiresMs }: Message): string {
  if (emptied) return "expired, and emptied by clean-up: the row stays for its number";
  if (expiresMs === null) return "kept, without an expiry";
  if (!expired) return `expires at ${instant(expiresMs)}`;
  return `expired at ${instant(expiresMs)}: neither delivered nor synced from then on`;
}

/** Why there is no such row. */
async function explainAbsent(parts: ExplainParts, id: string): Promise<Told> {
  const { sql, clock } = parts;
  const givenMs = snowflakeMs(snowflakeHalves(id));
  const lines = [`There is no message ${id}.`];
  const [event] = await sql<{ cmd: number }[]>`SELECT cmd FROM events WHERE id = ${id}::int8`;
  if (event !== undefined) {
    lines.push(`It is the id of an event (cmd ${event.cmd}), which is no message.`);
    return { found: false, lines };
  }
  if (givenMs > clock.wallMs() + 60_000) {
    lines.push(`Its time is ${instant(givenMs)}, which is not yet: it is none of this database's.`);
    return { found: false, lines };
  }
  lines.push(`If it was one, it was written at ${instant(givenMs)}.`);
  const traces = await tracesOf(sql, id);
  if (traces === undefined) {
    lines.push("Whether inboxes still name it could not be looked up in time.");
  } else if (traces.length > 0) {
    const named = traces.map(({ user, pts }) => `${user} (pts ${pts})`).join(", ");
    lines.push(`It was stored: inboxes still name it: ${named}, …`);
    lines.push("Its row was removed by clean-up after its ttl was over. Logs pass over it.");
  } else {
    lines.push("No inbox names it: never stored here, or in a wide conversation and expired.");
  }
  const [poison] = await sql<{ count: number }[]>`SELECT count(*)::int AS count FROM poison`;
  lines.push(
    `A message that is refused gets no id: its answer has a code. Set aside in the table poison: ` +
      `${poison?.count ?? 0}. Ask by --sender and --local-id.`,
  );
  return { found: traces !== undefined && traces.length > 0, lines };
}

/** Undefined when Postgres takes too long: no index leads from a message to inboxes. */
async function tracesOf(sql: Sql, id: string) {
  try {
    return await sql<{ user: string; pts: number }[]>`
      SELECT u.external_id AS user, i.pts FROM inbox i JOIN users u ON u.id = i.user_id
      WHERE i.message_id = ${id}::int8 LIMIT ${TRACES_MAX}`;
  } catch {
    return undefined;
  }
}

async function explainLocalId(
  parts: ExplainParts,
  question: { sender: string; localId: string; device?: string },
): Promise<Told> {
  const { sql, dedupeSeed } = parts;
  const { sender, localId, device } = question;
  const found = await userIdsOf(sql, [sender]);
  if (!("ids" in found)) return { found: false, lines: [`There is no user ${sender}.`] };
  const senderId = found.ids[0] as number;
  const hash = new KeyedHash(dedupeSeed);
  const devices = device === undefined ? [...DEVICES, API_DEVICE] : [device];
  const keys = devices.map((name) => hash.of(senderId, name, localId));
  const message = await findMessage(sql, { senderId, localId, keys });
  if (message !== undefined) return await tell(parts, message);
  const lines = [`Nothing of ${sender} with the local id ${localId} is stored.`];
  const poisoned = await findPoison(sql, senderId, localId);
  for (const { at, error, cmd } of poisoned) {
    lines.push(`Refused with 3001 at ${at}: Postgres can't store it (cmd ${cmd}): ${error}`);
  }
  if (poisoned.length > 0) return { found: true, lines };
  lines.push(
    "It was refused by a code other than 3001 (which only its answer told), is not settled yet, " +
      "was sent with another device id, has expired, or never came.",
  );
  const backlog = await parts.redis.command<number>(["XLEN", STREAM]).catch(() => -1);
  lines.push(
    backlog < 0 ? "Redis is away." : `Entries in the stream that are not settled: ${backlog}.`,
  );
  return { found: false, lines };
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
