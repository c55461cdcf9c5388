/**
 * A push that is neither queued nor stored (93, and messages with `persistent: false`): from this
 * gateway straight to the gateways of the recipients. Skips steps 4 to 7. To a user who is offline
 * it is stored like a message, or answered 3004, as the sender wished.
 */
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { lookupPresence } from "../delivery/presence.ts";
import { type AnswerItem, ITEM, type Recipient } from "../delivery/record.ts";
import type { Outgoing, Router } from "../delivery/router.ts";
import type { Sql } from "../postgres/client.ts";
import { idArray } from "../postgres/client.ts";
import type { RedisConnection } from "../redis/client.ts";
import { RECORD_FLAG, type RecordFields } from "../transfer/record.ts";
import { wishesEnd } from "../wire/wishes.ts";
import { CODE } from "../wire/errors.ts";
import type { Ingest } from "./ingest.ts";
import { answerOf, sourceOf } from "./outcome.ts";

interface Direct {
  record: RecordFields;
  /** Whether it is stored where nobody is online. */
  persistent: boolean;
  conversationType: number;
}

/** Pushes that wait for the batch under way, at most. */
const GATHERED_MAX = 8192;

export class DirectPush {
  readonly #sql: Sql;
  readonly #redis: RedisConnection;
  readonly #router: Router;
  readonly #ingest: Ingest;
  readonly #gatewayId: string;
  readonly #clock: Clock;
  readonly #log: Log;
  /** Answers a request of this gateway. */
  readonly #answer: (item: AnswerItem) => void;
  #gathered: Direct[] = [];
  #running = false;

  constructor(parts: {
    sql: Sql;
    redis: RedisConnection;
    router: Router;
    ingest: Ingest;
    gatewayId: string;
    clock: Clock;
    log: Log;
    answer: (item: AnswerItem) => void;
  }) {
    this.#sql = parts.sql;
    this.#redis = parts.redis;
    this.#router = parts.router;
    this.#ingest = parts.ingest;
    this.#gatewayId = parts.gatewayId;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#answer = parts.answer;
  }

  /**
   * False when the message that `ingest` checked last is not taken. Its content may alias the
   * frame.
   */
  add(request: number, persistent: boolean): boolean {
    const { record, conversationType } = this.#ingest;
    if (!this.#redis.ready || this.#gathered.length >= GATHERED_MAX) return false;
    const target = [...record.target];
    const mentions = [...record.mentions];
    const content = { ...record.content };
    const options = { ...record.options };
    const copy = { ...record, request, target, mentions, content, options };
    this.#gathered.push({ record: copy, persistent, conversationType });
    if (!this.#running) {
      this.#running = true;
      setImmediate(this.#onTurn);
    }
    return true;
  }

  readonly #onTurn = (): void => {
    this.#run().catch((error: unknown) => {
      this.#log.warn({ error: String(error) }, "pushing failed");
    });
  };

  async #run(): Promise<void> {
    while (this.#gathered.length > 0) {
      const batch = this.#gathered;
      this.#gathered = [];
      try {
        await this.#push(batch);
      } catch {
        for (const { record } of batch) this.#answer(answerOf(record.request, CODE.unavailable));
      }
    }
    this.#running = false;
  }

  async #push(batch: readonly Direct[]): Promise<void> {
    const audiences = await this.#audiences(batch);
    const users = new Set<number>();
    for (const userIds of audiences) for (const userId of userIds ?? []) users.add(userId);
    const presence = await lookupPresence(this.#redis, users);
    const outgoing: Outgoing[] = [];
    const answers: AnswerItem[] = [];
    for (let i = 0; i < batch.length; i++) {
      const { record, persistent, conversationType } = batch[i] as Direct;
      const userIds = audiences[i];
      const others = userIds?.filter((userId) => userId !== record.senderId);
      const offline = others?.every((userId) => !presence.has(userId)) ?? false;
      if (!offline) {
        outgoing.push(this.#outgoing(record, conversationType, userIds));
      } else if (!persistent) {
        answers.push(answerOf(record.request, CODE.receiverOffline));
      } else if (!this.#ingest.appendRecord(record)) {
        answers.push(answerOf(record.request, CODE.unavailable));
      }
    }
    await this.#router.route(outgoing);
    for (const answer of answers) this.#answer(answer);
  }

  /** Who gets each push; undefined for the followers of a wide conversation. */
  async #audiences(batch: readonly Direct[]): Promise<(number[] | undefined)[]> {
    const groups = new Set<number>();
    for (const { record } of batch) if (record.peerId === 0) groups.add(record.conversationId);
    const members = groups.size === 0 ? NO_MEMBERS : await this.#members([...groups]);
    return batch.map(({ record }) => {
      if (record.peerId > 0) return [record.senderId, record.peerId];
      const all = members.get(record.conversationId);
      if (record.target.length === 0 || all === undefined) return all;
      const target = new Set([...record.target, record.senderId]);
      return all.filter((userId) => target.has(userId));
    });
  }

  async #members(conversationIds: readonly number[]): Promise<Map<number, number[] | undefined>> {
    const rows = await this.#sql<{ id: number; members: (number | string)[] | null }[]>`
      SELECT c.id, CASE WHEN NOT c.wide THEN (SELECT array_agg(user_id) FROM members
        WHERE conversation_id = c.id) END AS members
      FROM conversations c WHERE c.id = ANY(${idArray(conversationIds)}::text::int8[])`;
    return new Map(rows.map((row) => [row.id, row.members?.map(Number)]));
  }

  /** The event's arrival here answers the request. */
  #outgoing(
    record: RecordFields,
    conversationType: number,
    userIds: readonly number[] | undefined,
  ): Outgoing {
    const recipients: Recipient[] = [];
    for (const userId of userIds ?? []) {
      recipients.push({ userId, pts: -1, mentioned: record.mentions.includes(userId) });
    }
    const push = {
      cmd: record.cmd,
      type: record.type,
      conversationId: record.conversationId > 0 ? record.conversationId : -1,
      conversationType,
      from: record.from,
      source: sourceOf(record.flags),
      localId: record.localId,
      content: record.content,
      options: optionsAlone(record),
      messageIdHigh: 0,
      messageIdLow: 0,
      seq: -1,
      conversationPts: -1,
      timestamp: this.#clock.wallMs(),
      mentionedAll: false,
      duplicate: false,
    };
    const wide = userIds === undefined;
    const { senderId, request } = record;
    const item = { kind: ITEM.event, push, senderId, request, wide, recipients } as const;
    return { item, answerGateway: this.#gatewayId, everywhere: wide };
  }
}

/** Who receives a push does not see what its sender wished for. */
function optionsAlone({ flags, options }: RecordFields): RecordFields["options"] {
  if ((flags & RECORD_FLAG.wishes) === 0) return options;
  return { ...options, start: wishesEnd(options.bytes, options.start) };
}

const NO_MEMBERS: ReadonlyMap<number, number[] | undefined> = new Map();
