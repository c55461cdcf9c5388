/**
 * A push that is neither queued nor stored (93, and messages with `persistent: false`): from this
 * gateway straight to the gateways of the recipients. Skips steps 4 to 7. To a user who is offline
 * it is stored like a message, or answered 3004, as the sender wished.
 *
 * Where this gateway alone lives, a batch of them costs one command to Redis, which says so.
 */
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { lookupPresence } from "../delivery/presence.ts";
import { type AnswerItem, type EventItem, ITEM, type Recipient } from "../delivery/record.ts";
import type { Outgoing, Router } from "../delivery/router.ts";
import type { RedisConnection } from "../redis/client.ts";
import { RECORD_FLAG, type RecordFields } from "../transfer/record.ts";
import { wishesEnd } from "../wire/wishes.ts";
import { CODE } from "../wire/errors.ts";
import type { Audience, Audiences } from "./audiences.ts";
import type { Ingest } from "./ingest.ts";
import { answerOf, sourceOf } from "./outcome.ts";

interface Direct {
  item: EventItem & { recipients: Recipient[] };
  /** Whom to ask `audiences` for; 0 when the recipients are known. */
  conversationId: number;
  /** Only where somebody was named; the sender is always one of them. */
  target: readonly number[];
  mentions: readonly number[];
  /** What is stored where nobody is online; undefined when it shall not be. */
  stored: RecordFields | undefined;
}

/** Pushes that wait for the batch under way, at most. */
const GATHERED_MAX = 8192;

export class DirectPush {
  readonly #redis: RedisConnection;
  readonly #router: Router;
  readonly #ingest: Ingest;
  readonly #audiences: Audiences;
  readonly #isHere: (userId: number) => boolean;
  readonly #gatewayId: string;
  readonly #clock: Clock;
  readonly #log: Log;
  /** Answers a request of this gateway. */
  readonly #answer: (item: AnswerItem) => void;
  #gathered: Direct[] = [];
  #running = false;

  constructor(parts: {
    redis: RedisConnection;
    router: Router;
    ingest: Ingest;
    audiences: Audiences;
    /** Whether a user has a connection to this gateway. */
    isHere: (userId: number) => boolean;
    gatewayId: string;
    clock: Clock;
    log: Log;
    answer: (item: AnswerItem) => void;
  }) {
    this.#redis = parts.redis;
    this.#router = parts.router;
    this.#ingest = parts.ingest;
    this.#audiences = parts.audiences;
    this.#isHere = parts.isHere;
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
    if (!this.#redis.ready || this.#gathered.length >= GATHERED_MAX) return false;
    this.#gathered.push(this.#direct(request, persistent));
    if (!this.#running) {
      this.#running = true;
      setImmediate(this.#onTurn);
    }
    return true;
  }

  /** The record is the next frame's soon: what is needed of it is copied. */
  #direct(request: number, persistent: boolean): Direct {
    const { record } = this.#ingest;
    const { peerId, senderId, conversationId } = record;
    const direct: Direct = {
      item: eventOf(record, this.#ingest.conversationType, request, this.#clock.wallMs()),
      conversationId: peerId > 0 ? 0 : conversationId,
      target: record.target.length === 0 ? NO_IDS : [...record.target, senderId],
      mentions: record.mentions.length === 0 ? NO_IDS : [...record.mentions],
      stored: persistent ? copyOf(record, request, this.#ingest.keyOfRecord()) : undefined,
    };
    const { recipients } = direct.item;
    if (peerId > 0) {
      recipients.push({ userId: senderId, pts: -1, mentioned: false });
      recipients.push({ userId: peerId, pts: -1, mentioned: record.mentions.includes(peerId) });
    } else {
      const audience = this.#audiences.of(conversationId);
      if (audience !== undefined) address(direct, audience);
    }
    return direct;
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
        await this.#loadAudiences(batch);
        if (await this.#router.isAlone()) this.#pushHere(batch);
        else await this.#push(batch);
      } catch {
        for (const { item } of batch) this.#answer(answerOf(item.request, CODE.unavailable));
      }
    }
    this.#running = false;
  }

  async #loadAudiences(batch: readonly Direct[]): Promise<void> {
    let missing: Set<number> | undefined;
    for (const { conversationId } of batch) {
      if (conversationId > 0) (missing ??= new Set()).add(conversationId);
    }
    if (missing === undefined) return;
    const loaded = await this.#audiences.load(missing);
    for (const direct of batch) {
      const audience = loaded.get(direct.conversationId);
      if (audience !== undefined) address(direct, audience);
    }
  }

  /** Who has no connection here has none at all. */
  #pushHere(batch: readonly Direct[]): void {
    const items: EventItem[] = [];
    const absent: Direct[] = [];
    for (const direct of batch) {
      if (isReached(direct.item, this.#isHere)) items.push(direct.item);
      else absent.push(direct);
    }
    this.#router.routeHere(items);
    for (const direct of absent) this.#offline(direct);
  }

  async #push(batch: readonly Direct[]): Promise<void> {
    const users = new Set<number>();
    for (const { item } of batch) for (const { userId } of item.recipients) users.add(userId);
    const presence = await lookupPresence(this.#redis, users);
    const isOnline = (userId: number): boolean => presence.has(userId);
    const outgoing: Outgoing[] = [];
    const absent: Direct[] = [];
    for (const direct of batch) {
      const { item } = direct;
      if (!isReached(item, isOnline)) absent.push(direct);
      // The event's arrival here answers the request.
      else outgoing.push({ item, answerGateway: this.#gatewayId, everywhere: item.wide });
    }
    await this.#router.route(outgoing);
    for (const direct of absent) this.#offline(direct);
  }

  /** No recipient but the sender is online. */
  #offline({ item, stored }: Direct): void {
    if (stored === undefined) this.#answer(answerOf(item.request, CODE.receiverOffline));
    else if (!this.#ingest.appendRecord(stored)) {
      this.#answer(answerOf(item.request, CODE.unavailable));
    }
  }
}

/** Whether a push reaches somebody beside its sender. */
function isReached(item: EventItem, isOnline: (userId: number) => boolean): boolean {
  if (item.wide) return true;
  for (const { userId } of item.recipients) {
    if (userId !== item.senderId && isOnline(userId)) return true;
  }
  return false;
}

function address(direct: Direct, audience: Audience): void {
  const { item, target, mentions } = direct;
  direct.conversationId = 0;
  item.wide = audience === "wide";
  if (audience === "wide") return;
  for (const userId of audience) {
    if (target.length > 0 && !target.includes(userId)) continue;
    const mentioned = userId !== item.senderId && mentions.includes(userId);
    item.recipients.push({ userId, pts: -1, mentioned });
  }
}

function eventOf(record: RecordFields, conversationType: number, request: number, wallMs: number) {
  const { content } = record;
  const push = {
    cmd: record.cmd,
    type: record.type,
    conversationId: record.conversationId > 0 ? record.conversationId : -1,
    conversationType,
    from: record.from,
    source: sourceOf(record.flags),
    localId: record.localId,
    content: { bytes: content.bytes, start: content.start, end: content.end },
    options: optionsAlone(record),
    messageIdHigh: 0,
    messageIdLow: 0,
    seq: -1,
    conversationPts: -1,
    timestamp: wallMs,
    mentionedAll: false,
    duplicate: false,
  };
  const recipients: Recipient[] = [];
  const { senderId } = record;
  return { kind: ITEM.event, push, senderId, request, wide: false, recipients };
}

/** Who receives a push does not see what its sender wished for. */
function optionsAlone({ flags, options }: RecordFields): RecordFields["options"] {
  const { bytes, start, end } = options;
  const from = (flags & RECORD_FLAG.wishes) === 0 ? start : wishesEnd(bytes, start);
  return { bytes, start: from, end };
}

function copyOf(record: Readonly<RecordFields>, request: number, key: number): RecordFields {
  return {
    ...record,
    request,
    key,
    target: [...record.target],
    mentions: [...record.mentions],
    content: { ...record.content },
    options: { ...record.options },
  };
}

const NO_IDS: readonly number[] = [];
