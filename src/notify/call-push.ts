/**
 * Pushes an invitation to a call to devices that are away: now or never, so nothing of it is stored
 * and nothing is tried again.
 */
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { idArray, type Sql } from "../postgres/client.ts";
import type { PushToken } from "../store/push-tokens.ts";
import type { Envelope } from "../wire/envelope.ts";
import { wishesText } from "../wire/wishes.ts";
import type { PushNote } from "./push-note.ts";
import { callNote } from "./push-text.ts";
import type { Providers } from "./pusher.ts";

export interface Invitation {
  envelope: Envelope;
  /** External id of who calls. */
  from: string;
  conversationId: number;
  conversationType: number;
}

interface Waiting {
  token: PushToken;
  note: PushNote;
  untilMs: number;
}

const SENDS_AT_ONCE = 16;
/** Beyond so many, further ones are dropped: providers are slower than calls come. */
const WAITING_MAX = 4096;
/** Of an invitation that doesn't say how long it stands. */
const TTL_DEFAULT_SECONDS = 60;

export class CallPush {
  readonly #sql: Sql;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #providers: Providers;
  readonly #waiting: Waiting[] = [];
  #looking = 0;
  #sending = 0;

  constructor(parts: { sql: Sql; log: Log; clock: Clock; providers: Providers }) {
    this.#sql = parts.sql;
    this.#log = parts.log;
    this.#clock = parts.clock;
    this.#providers = parts.providers;
  }

  /** Not awaited by the caller's answer. */
  readonly offline = (userIds: readonly number[], invitation: Invitation): void => {
    if (this.#providers.size === 0) return;
    if (this.#looking >= SENDS_AT_ONCE) {
      this.#log.warn({ users: userIds.length }, "too many calls are under way to push this one");
      return;
    }
    this.#looking += 1;
    this.#look(userIds, invitation)
      .catch((error: unknown) => this.#warn(error))
      .finally(() => {
        this.#looking -= 1;
      });
  };

  stop(): void {
    this.#waiting.length = 0;
    for (const provider of this.#providers.values()) provider.close?.();
  }

  #warn(error: unknown): void {
    this.#log.warn({ error: String(error) }, "a call could not be pushed");
  }

  async #look(userIds: readonly number[], invitation: Invitation): Promise<void> {
    const { envelope, from } = invitation;
    const ttl = envelope.control?.ttl || TTL_DEFAULT_SECONDS;
    const untilMs = this.#clock.monotonicMs() + ttl * 1000;
    const rows = await this.#sql<(PushToken & { nickname: string | null })[]>`
      SELECT provider, token, app, p256dh, auth,
        (SELECT nickname FROM users WHERE external_id = ${from}) AS nickname
      FROM push_tokens WHERE user_id = ANY(${idArray(userIds)}::text::int8[])
      LIMIT ${WAITING_MAX}`;
    const wishes = wishesText(envelope.control ?? {});
    const given = envelope.content?.data?.["callId"];
    const callId = typeof given === "string" ? given : "";
    for (const { nickname, ...token } of rows) {
      if (this.#waiting.length >= WAITING_MAX) break;
      const note = callNote({ ...invitation, wishes, callId, ttl, caller: nickname || from });
      this.#waiting.push({ token, note, untilMs });
    }
    // Each takes one of the waiting before it awaits anything.
    while (this.#sending < SENDS_AT_ONCE && this.#waiting.length > 0) {
      this.#sending += 1;
      this.#sendAll()
        .catch((error: unknown) => this.#warn(error))
        .finally(() => {
          this.#sending -= 1;
        });
    }
  }

  async #sendAll(): Promise<void> {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      if (this.#clock.monotonicMs() > next.untilMs) continue;
      const { provider, token } = next.token;
      const result = await this.#providers.get(provider)?.send(next.token, next.note);
      if (result === "refused" || result === "later") {
        this.#log.warn({ provider, result }, "a push provider did not take a call");
      }
      if (result !== "invalid") continue;
      await this.#sql`DELETE FROM push_tokens WHERE provider = ${provider} AND token = ${token}`;
    }
  }
}
