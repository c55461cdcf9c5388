/**
 * Pushes an invitation to a call to devices that are away: now or never, so nothing of it is stored
 * and nothing is tried again. One that waits for a slow provider is dropped when its time is over,
 * when the caller has hung up, or when a device of the called has answered.
 */
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { Recent } from "../base/recent.ts";
import { beginCall, endCall, isCallAnswered, isCallEnded } from "../delivery/call-answers.ts";
import { idArray, type Sql } from "../postgres/client.ts";
import type { RedisConnection } from "../redis/client.ts";
import type { PushToken } from "../store/push-tokens.ts";
import type { Envelope } from "../wire/envelope.ts";
import { wishesText } from "../wire/wishes.ts";
import type { PushNote } from "./push-note.ts";
import { callNote } from "./push-text.ts";
import type { Providers } from "./pusher.ts";
import { wantedBy } from "./wanted.ts";

export interface Invitation {
  envelope: Envelope;
  callerId: number;
  /** External id of who calls. */
  from: string;
  conversationId: number;
  conversationType: number;
}

interface Waiting {
  userId: number;
  callerId: number;
  token: PushToken;
  note: PushNote & { callId: string };
  untilMs: number;
}

const SENDS_AT_ONCE = 16;
/** Beyond so many, further ones are dropped: providers are slower than calls come. */
const WAITING_MAX = 4096;
/** Calls that were hung up here. */
const ENDED_MAX = 4096;
/** Of an invitation that doesn't say how long it stands. */
const TTL_DEFAULT_SECONDS = 60;

export class CallPush {
  readonly #sql: Sql;
  readonly #redis: RedisConnection;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #providers: Providers;
  readonly #waiting: Waiting[] = [];
  readonly #ended = new Recent<string, true>(ENDED_MAX);
  #looking = 0;
  #sending = 0;

  constructor(parts: {
    sql: Sql;
    redis: RedisConnection;
    log: Log;
    clock: Clock;
    providers: Providers;
  }) {
    this.#sql = parts.sql;
    this.#redis = parts.redis;
    this.#log = parts.log;
    this.#clock = parts.clock;
    this.#providers = parts.providers;
  }

  /** Not awaited by the caller's answer. */
  invited(userIds: readonly number[], invitation: Invitation): void {
    if (this.#providers.size === 0) return;
    this.#ended.delete(callName(callIdOf(invitation), invitation.callerId));
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
  }

  /**
   * The caller has hung up: nobody is to be rung any more, also by the gateway at which he called.
   * Without Redis this one alone knows.
   */
  async ended(callId: string, callerId: number): Promise<void> {
    if (this.#providers.size === 0) return;
    this.#ended.set(callName(callId, callerId), true);
    await endCall(this.#redis, callerId, callId).catch(() => {});
  }

  stop(): void {
    this.#waiting.length = 0;
    for (const provider of this.#providers.values()) provider.close?.();
  }

  #warn(error: unknown): void {
    this.#log.warn({ error: String(error) }, "a call could not be pushed");
  }

  async #look(userIds: readonly number[], invitation: Invitation): Promise<void> {
    const { envelope, callerId, from } = invitation;
    const ttl = envelope.control?.ttl || TTL_DEFAULT_SECONDS;
    const untilMs = this.#clock.monotonicMs() + ttl * 1000;
    const callId = callIdOf(invitation);
    // Before anything is awaited: in the order of the caller's requests.
    await beginCall(this.#redis, callerId, callId).catch(() => {});
    const rows = await this.#sql<(PushToken & { userId: number; nickname: string | null })[]>`
      SELECT user_id AS "userId", provider, token, app, p256dh, auth,
        (SELECT nickname FROM users WHERE external_id = ${from}) AS nickname
      FROM push_tokens WHERE user_id = ANY(${idArray(userIds)}::text::int8[])
      LIMIT ${WAITING_MAX}`;
    const wanted = await wantedBy(this.#sql, userIds, this.#clock.wallMs());
    const wishes = wishesText(envelope.control ?? {});
    const callType = Number(envelope.content?.data?.["callType"]);
    const call = { ...invitation, wishes, callId, callType, ttl };
    for (const { userId, nickname, ...token } of rows) {
      if (this.#waiting.length >= WAITING_MAX) break;
      if (wanted(userId).quiet) continue;
      const note = { ...callNote({ ...call, caller: nickname || from }), callId };
      this.#waiting.push({ userId, callerId, token, note, untilMs });
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
      if (await this.#isOver(next)) continue;
      const { provider, token } = next.token;
      // What is left of the call's time, which the provider is to keep to.
      const ttl = Math.ceil((next.untilMs - this.#clock.monotonicMs()) / 1000);
      if (ttl <= 0) continue;
      const note = { ...next.note, ttl };
      const result = await this.#providers.get(provider)?.send(next.token, note);
      if (result === "refused" || result === "later") {
        this.#log.warn({ provider, result }, "a push provider did not take a call");
      }
      if (result !== "invalid") continue;
      await this.#sql`DELETE FROM push_tokens WHERE provider = ${provider} AND token = ${token}`;
    }
  }

  /** Without Redis nobody knows of it: a device that rings too much is told by the app. */
  async #isOver({ userId, callerId, note: { callId } }: Waiting): Promise<boolean> {
    if (this.#ended.get(callName(callId, callerId)) !== undefined) return true;
    const said = [
      isCallAnswered(this.#redis, userId, callId),
      isCallEnded(this.#redis, callerId, callId),
    ];
    return await Promise.all(said).then(
      (over) => over.includes(true),
      () => false,
    );
  }
}

function callIdOf({ envelope }: Invitation): string {
  const callId = envelope.content?.data?.["callId"];
  return typeof callId === "string" ? callId : "";
}

/** Ids of calls are the clients' own: two callers may use the same. */
function callName(callId: string, callerId: number): string {
  return `${callerId} ${callId}`;
}
