/**
 * Typing (81, 82) and call signalling (101 to 106, 111 to 113): relayed to the others' connections
 * and kept nowhere. Calls have their state in the clients; what Redis holds for a while is which
 * device of a user has answered one, so that only one does, whichever gateways they are at.
 */
import { Buffer } from "node:buffer";
import type { Clock } from "../base/clock.ts";
import { Recent } from "../base/recent.ts";
import { answerCall } from "../delivery/call-answers.ts";
import { type Device, lookupDevices } from "../delivery/presence.ts";
import type { Sql } from "../postgres/client.ts";
import type { RedisConnection } from "../redis/client.ts";
import { CMD } from "../wire/commands.ts";
import { contentBytes } from "../wire/content-bytes.ts";
import { type Data, DIRECTION, type Envelope } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import type { Sender } from "./ingest.ts";
import type { Permission, Permitted, Refused } from "./permission.ts";
import { byGateway, transientFor, transientPush, type Transients } from "./transients.ts";

/** Asks the devices of users who are offline, or in the background, to look: an offline push. */
export interface OfflinePush {
  invited(
    userIds: readonly number[],
    call: {
      envelope: Envelope;
      callerId: number;
      from: string;
      conversationId: number;
      conversationType: number;
    },
  ): void;
  /** By the caller: who was not asked yet, by whichever gateway, is not asked any more. */
  ended(callId: string, callerId: number): Promise<void>;
}

const TYPING_EVERY_MS = 1000;
const TYPING_KEYS = 50_000;

/** Who signals, and by which connection. */
export interface Signaller {
  sender: Sender;
  generation: number;
}

export class Signals {
  readonly #sql: Sql;
  readonly #redis: RedisConnection;
  readonly #permission: Permission;
  readonly #transients: Transients;
  readonly #offlinePush: OfflinePush;
  readonly #clock: Clock;
  readonly #membersMax: number;
  /** Sender, command and place → when it was relayed last. */
  readonly #typed = new Recent<string, number>(TYPING_KEYS);

  constructor(parts: {
    sql: Sql;
    redis: RedisConnection;
    permission: Permission;
    transients: Transients;
    offlinePush: OfflinePush;
    clock: Clock;
    /** Members of a conversation in which signals are relayed. */
    membersMax: number;
  }) {
    this.#sql = parts.sql;
    this.#redis = parts.redis;
    this.#permission = parts.permission;
    this.#transients = parts.transients;
    this.#offlinePush = parts.offlinePush;
    this.#clock = parts.clock;
    this.#membersMax = parts.membersMax;
  }

  /** Answered 200 whether anybody is there or not, and whether it is relayed or damped. */
  async typing({ sender, generation }: Signaller, envelope: Envelope): Promise<Refused> {
    const permitted = await this.#permission.ask(sender.userId, envelope.route, true);
    if (!isPermitted(permitted)) return permitted;
    const { conversationId, peerId } = permitted;
    const key = `${sender.userId} ${envelope.cmd} ${conversationId || -peerId}`;
    const nowMs = this.#clock.monotonicMs();
    const typedAtMs = this.#typed.get(key);
    if (typedAtMs !== undefined && nowMs - typedAtMs < TYPING_EVERY_MS) return done();
    const others = await this.#others(sender.userId, permitted, envelope);
    if (!Array.isArray(others)) return others;
    this.#typed.set(key, nowMs);
    const devices = await lookupDevices(this.#redis, others);
    return await this.#relay({ sender, generation }, permitted, envelope, others, devices, {});
  }

  /** 3004 when nobody else is there to hear it. */
  async call(signaller: Signaller, envelope: Envelope): Promise<Refused> {
    const { sender } = signaller;
    const permitted = await this.#permission.ask(sender.userId, envelope.route, false);
    if (!isPermitted(permitted)) return permitted;
    if (permitted.wide)
      return { code: CODE.unsupported, message: "no calls in a wide conversation" };
    const others = await this.#others(sender.userId, permitted, envelope);
    if (!Array.isArray(others)) return others;
    const given = envelope.content?.data ?? {};
    if (envelope.cmd === CMD.webrtcAnswer) {
      const elsewhere = await this.#answered(sender, given);
      if (elsewhere !== undefined) return elsewhere;
    }
    const answers = envelope.cmd === CMD.webrtcAnswer ? [sender.userId] : [];
    const devices = await lookupDevices(this.#redis, [...others, ...answers]);
    if (answers.length > 0) await this.#tellOwnDevices(signaller, permitted, envelope, devices);
    const ttl = envelope.control?.ttl ?? 0;
    const data = { ...given, ...(ttl > 0 ? { ttl } : {}) };
    const code = await this.#relay(signaller, permitted, envelope, others, devices, data);
    if (envelope.cmd === CMD.webrtcInvite && envelope.control?.push?.["enable"] === true) {
      const asleep = others.filter((userId) => !isAwake(devices.get(userId)));
      const { userId: callerId, externalId: from } = sender;
      const told = { ...permitted, envelope, callerId, from };
      if (asleep.length > 0) this.#offlinePush.invited(asleep, told);
    }
    if (envelope.cmd === CMD.webrtcStatus && isEnd(given)) {
      await this.#offlinePush.ended(String(given["callId"]), sender.userId);
    }
    if (code.code === CODE.ok && !others.some((userId) => devices.has(userId))) {
      return { code: CODE.receiverOffline, message: "" };
    }
    return code;
  }

  /** Who else is there to be told; signals are not for wide audiences. */
  async #others(
    userId: number,
    { conversationId, peerId }: Permitted,
    { route }: Envelope,
  ): Promise<number[] | Refused> {
    if (peerId > 0) return [peerId];
    const rows = await this.#sql<{ user_id: number }[]>`
      SELECT user_id FROM members WHERE conversation_id = ${conversationId}
      LIMIT ${this.#membersMax + 1}`;
    if (rows.length > this.#membersMax) {
      const message = `not in a conversation of more than ${this.#membersMax} members`;
      return { code: CODE.unsupported, message };
    }
    const others = rows.map((row) => row.user_id).filter((id) => id !== userId);
    const names = route?.target ?? [];
    if (names.length === 0) return others;
    const target = await this.#permission.userIds(names);
    const unknown = target.indexOf(undefined);
    if (unknown >= 0) {
      const message = `route.target: there is no user ${names[unknown]}`;
      return { code: CODE.notFound, message };
    }
    return others.filter((id) => target.includes(id));
  }

  async #relay(
    { sender, generation }: Signaller,
    permitted: Permitted,
    envelope: Envelope,
    userIds: readonly number[],
    devices: ReadonlyMap<number, readonly Device[]>,
    data: Data,
  ): Promise<Refused> {
    const { cmd, route, control } = envelope;
    const { conversationId, conversationType } = permitted;
    const timestamp = this.#clock.wallMs();
    const content = contentBytes({ ...envelope.content, data }, cmd, DIRECTION.push);
    const push = transientPush({
      cmd,
      type: route?.type ?? 0,
      conversationId: conversationId > 0 ? conversationId : -1,
      conversationType,
      from: sender.externalId,
      content: Buffer.from(content),
      timestamp,
    });
    const ttl = control?.ttl ?? 0;
    const untilMs = ttl > 0 ? timestamp + ttl * 1000 : 0;
    const items = [...byGateway(userIds, gatewaysOf(devices))].map(([gatewayId, users]) =>
      transientFor(gatewayId, {
        push,
        senderId: sender.userId,
        userIds: users,
        exceptGeneration: generation,
        untilMs,
      }),
    );
    if (await this.#transients.send(items)) return done();
    return { code: CODE.unavailable, message: "too many signals are under way" };
  }

  /** Undefined when this device is the one that answers, also when it says so again. */
  async #answered(sender: Sender, data: Data): Promise<Refused | undefined> {
    const answer = `${sender.device} ${String(data["answerType"])}`;
    const callId = String(data["callId"]);
    const held = await answerCall(this.#redis, sender.userId, callId, answer);
    if (held === answer) return undefined;
    if (held === undefined) return { code: CODE.rateLimited, message: "too many calls answered" };
    const [device = ""] = held.split(" ");
    return { code: CODE.conflict, message: `the call was answered by ${device}` };
  }

  async #tellOwnDevices(
    signaller: Signaller,
    permitted: Permitted,
    envelope: Envelope,
    devices: ReadonlyMap<number, readonly Device[]>,
  ): Promise<void> {
    const { callId, callType, answerType } = envelope.content?.data ?? {};
    const data = defined({ callId, callType, answerType, reason: ELSEWHERE });
    const own = [signaller.sender.userId];
    const told = { ...envelope, content: {} };
    await this.#relay(signaller, permitted, told, own, devices, data);
  }
}

/** What a device hears when another of the same user has answered. */
const ELSEWHERE = "answered elsewhere";

function isPermitted(asked: Permitted | Refused): asked is Permitted {
  return "conversationId" in asked;
}

function done(): Refused {
  return { code: CODE.ok, message: "" };
}

/** Only of a call that is over it is said how long it was, or why. */
function isEnd({ duration, reason }: Data): boolean {
  return Number(duration ?? 0) > 0 || (typeof reason === "string" && reason !== "");
}

/** Whether a device is in the foreground: it rings by itself. */
function isAwake(devices: readonly Device[] | undefined): boolean {
  return devices?.some((device) => !device.background) ?? false;
}

function gatewaysOf(devices: ReadonlyMap<number, readonly Device[]>): Map<number, string[]> {
  const gateways = new Map<number, string[]>();
  for (const [userId, held] of devices) {
    gateways.set(userId, [...new Set(held.map(({ gatewayId }) => gatewayId))]);
  }
  return gateways;
}

function defined(data: Data): Data {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
}
