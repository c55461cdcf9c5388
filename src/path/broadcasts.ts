/**
 * What the host application says to many users: a message of the system to each, through the stream
 * like any other, some at a time. How far it has come stands in Postgres; whoever takes over sends
 * the last ones again, under the same localId, which stores nothing twice.
 */
import { backoffMs, pause } from "../base/backoff.ts";
import type { Log } from "../base/log.ts";
import type { Sql } from "../postgres/client.ts";
import { CODE } from "../wire/errors.ts";
import type { Inbound } from "../wire/frame.ts";
import { broadcastMessage } from "./broadcast-message.ts";
import type { Requests } from "./requests.ts";
import { SYSTEM_SENDER } from "./system-sender.ts";

interface Broadcast {
  id: number;
  type: number;
  ttl: number;
  content: Buffer;
  options: Buffer;
  user_ids: (number | string)[] | null;
  cursor: number;
  last_user_id: number;
}

/** A broadcast that this process is at. */
interface Claimed extends Broadcast {
  message: Inbound;
}

interface Recipient {
  id: number;
  external_id: string;
}

/** Users whose messages are under way at a time: beside the others' traffic, not before it. */
const BATCH_USERS = 100;
/** A process that has not moved a broadcast for so long has ended. */
const CLAIM_SECONDS = 5;
const RETRY_FIRST_MS = 50;
const RETRY_MOST_MS = 2000;

/** Not taken, or nobody knows: to be sent again, under the same localId. */
const UNDECIDED: ReadonlySet<number> = new Set([
  CODE.rateLimited,
  CODE.internal,
  CODE.unavailable,
  CODE.outcomeUnknown,
]);

export class Broadcasts {
  readonly #sql: Sql;
  readonly #requests: Requests;
  readonly #gatewayId: string;
  readonly #log: Log;
  #running = false;
  #stopped = false;

  constructor(parts: { sql: Sql; requests: Requests; gatewayId: string; log: Log }) {
    this.#sql = parts.sql;
    this.#requests = parts.requests;
    this.#gatewayId = parts.gatewayId;
    this.#log = parts.log;
  }

  /** To be called about once a second, and when there is a new one. */
  tick(): void {
    if (this.#running || this.#stopped) return;
    this.#running = true;
    this.#run()
      .catch((error: unknown) => {
        this.#log.warn({ error: String(error) }, "a broadcast stopped, and will go on");
      })
      .finally(() => {
        this.#running = false;
      });
  }

  /** Another process goes on where this one was. */
  stop(): void {
    this.#stopped = true;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const broadcast = await this.#claim();
      if (broadcast === undefined) return;
      while (!this.#stopped && (await this.#advance(broadcast)));
    }
  }

  async #claim(): Promise<Claimed | undefined> {
    const [claimed] = await this.#sql<Broadcast[]>`
      UPDATE broadcasts SET claimed_by = ${this.#gatewayId},
        claimed_until = now() + make_interval(secs => ${CLAIM_SECONDS})
      WHERE id = (SELECT id FROM broadcasts WHERE finished_at IS NULL
          AND (claimed_until IS NULL OR claimed_until < now() OR claimed_by = ${this.#gatewayId})
        ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
      RETURNING id, type, ttl, content, options, user_ids, cursor, last_user_id`;
    return claimed && { ...claimed, message: broadcastMessage(claimed) };
  }

  /** Some more users; false when all have it, or another process is at it. */
  async #advance(broadcast: Claimed): Promise<boolean> {
    const recipients = await this.#next(broadcast);
    const last = recipients.at(-1)?.id ?? broadcast.last_user_id;
    const codes = await Promise.all(recipients.map((user) => this.#send(broadcast, user)));
    if (codes.includes(undefined)) return false;
    const sent = codes.filter((code) => code === CODE.ok).length;
    const finished = recipients.length < BATCH_USERS;
    const moved = await this.#sql`
      UPDATE broadcasts SET cursor = ${last}, sent = sent + ${sent},
        refused = refused + ${codes.length - sent},
        claimed_until = now() + make_interval(secs => ${CLAIM_SECONDS}),
        finished_at = CASE WHEN ${finished} THEN now() END,
        options = CASE WHEN ${finished} THEN ''::bytea ELSE options END
      WHERE id = ${broadcast.id} AND cursor = ${broadcast.cursor} AND finished_at IS NULL
        AND claimed_by = ${this.#gatewayId}`;
    broadcast.cursor = last;
    return moved.count > 0 && !finished;
  }

  async #next({ user_ids: named, cursor, last_user_id: last }: Broadcast): Promise<Recipient[]> {
    if (named !== null) {
      return await this.#sql<Recipient[]>`
        SELECT id, external_id FROM users
        WHERE id = ANY(${`{${named.join(",")}}`}::text::int8[]) AND id > ${cursor}
        ORDER BY id LIMIT ${BATCH_USERS}`;
    }
    return await this.#sql<Recipient[]>`
      SELECT id, external_id FROM users WHERE id > ${cursor} AND id <= ${last}
      ORDER BY id LIMIT ${BATCH_USERS}`;
  }

  /** Until its outcome is known; undefined when this process ends before. */
  async #send(broadcast: Claimed, user: Recipient): Promise<number | undefined> {
    const message = messageOf(broadcast, user);
    for (let attempt = 0; !this.#stopped; attempt++) {
      const { code } = await this.#requests.send(message, SYSTEM_SENDER);
      if (!UNDECIDED.has(code)) return code;
      await pause(backoffMs(attempt, RETRY_FIRST_MS, RETRY_MOST_MS));
    }
    return undefined;
  }
}

/** Its localId is that of the broadcast and the user, whoever sends it: stored once. */
function messageOf({ id, message }: Claimed, user: Recipient): Inbound {
  return {
    ...message,
    localId: `broadcast-${id}-${user.id}`,
    to: user.external_id,
    // The checks may set others in place of these.
    content: { ...message.content },
    options: { ...message.options },
  };
}
