// Step 1: a frame comes in: size, rate, framing. Next: the codec of its framing in wire/ (step 2),
// then path/ingest.ts (the order of steps 3 and 4).
import type { Clock } from "../base/clock.ts";
import { withDeadline } from "../base/deadline.ts";
import type { Log } from "../base/log.ts";
import { KeyedRates } from "../filter/keyed-rates.ts";
import { Rates } from "../filter/rate.ts";
import type { DirectPush } from "../path/direct-push.ts";
import { type Ingest, type Sender, WAIT } from "../path/ingest.ts";
import type { Pending } from "../path/pending.ts";
import type { Codecs } from "../wire/codec.ts";
import { CMD, isChat, isSignal } from "../wire/commands.ts";
import { DIRECTION, type Envelope } from "../wire/envelope.ts";
import { CODE, CODE_TEXT } from "../wire/errors.ts";
import {
  type Codec,
  type Inbound as Frame,
  READ_IGNORED,
  type Subprotocol,
  UNANSWERED,
} from "../wire/frame.ts";
import { createInbound } from "../wire/inbound.ts";
import { isSendable } from "../wire/policy.ts";
import type { CommandAnswer, Commands } from "./command.ts";
import type { Lease } from "./lease.ts";
import type { Outbound } from "./outbound.ts";
import { Refusals } from "./refusals.ts";
import { type Sessions, type Socket } from "./sessions.ts";

export interface InboundLimits {
  messagesPerSecond: number;
  messagesBurst: number;
  /** Of all connections of a user here. */
  userMessagesPerSecond: number;
  userMessagesBurst: number;
  /** Presence, typing and calls of one connection, counted by themselves. */
  signalsPerSecond: number;
  signalsBurst: number;
  textBytes: number;
  contentBytes: number;
  /** Frames of one connection that wait behind one that is being loaded for. */
  waitingFrames: number;
}

/** Above the 10 s of a change, whose own answer is 504: a read is given up as not done. */
const COMMAND_DEADLINE_MS = 11_500;

/** The frames of a connection that wait their turn. */
interface Waiting {
  frames: (string | Uint8Array)[];
}

export class Inbound {
  readonly #sessions: Sessions;
  readonly #codecs: Codecs;
  readonly #ingest: Ingest;
  readonly #direct: DirectPush;
  readonly #pending: Pending;
  readonly #outbound: Outbound;
  readonly #commands: Commands;
  readonly #lease: Lease;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #limits: InboundLimits;
  readonly #rates: Rates;
  readonly #userRates: KeyedRates<number>;
  readonly #signalRates: Rates;
  readonly #frame: Frame = createInbound();
  readonly #sender: Sender = { userId: 0, externalId: "", device: "", flags: 0, slot: -1 };
  readonly #waiting = new Map<number, Waiting>();
  readonly #refusals: Refusals;
  received = 0;
  refused = 0;

  constructor(parts: {
    sessions: Sessions;
    codecs: Codecs;
    ingest: Ingest;
    direct: DirectPush;
    pending: Pending;
    outbound: Outbound;
    commands: Commands;
    lease: Lease;
    clock: Clock;
    log: Log;
    limits: InboundLimits;
  }) {
    this.#sessions = parts.sessions;
    this.#codecs = parts.codecs;
    this.#ingest = parts.ingest;
    this.#direct = parts.direct;
    this.#pending = parts.pending;
    this.#outbound = parts.outbound;
    this.#commands = parts.commands;
    this.#lease = parts.lease;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#limits = parts.limits;
    this.#refusals = new Refusals(parts.sessions, parts.clock, (slot) => this.#isFull(slot));
    this.#rates = new Rates(
      parts.sessions.capacity,
      parts.limits.messagesPerSecond,
      parts.limits.messagesBurst,
    );
    this.#userRates = new KeyedRates(
      parts.limits.userMessagesPerSecond,
      parts.limits.userMessagesBurst,
    );
    this.#signalRates = new Rates(
      parts.sessions.capacity,
      parts.limits.signalsPerSecond,
      parts.limits.signalsBurst,
    );
  }

  /** Codes of the requests that are answered otherwise than by 3003. */
  get answers(): number[] {
    const sendable = Object.values(CMD).filter(isSendable);
    return [CMD.heartbeat, ...sendable, ...Object.keys(this.#commands).map(Number)];
  }

  /** A new connection: its frames wait until it is greeted. */
  opened(slot: number): void {
    this.#rates.reset(slot, this.#clock.monotonicMs());
    this.#signalRates.reset(slot, this.#clock.monotonicMs());
    this.#waiting.set(slot, { frames: [] });
  }

  /** The connection has been greeted: what came meanwhile is handled in order. */
  greeted(slot: number): void {
    this.#drain(slot).catch((error: unknown) => this.#failed(error));
  }

  closed(slot: number): void {
    this.#waiting.delete(slot);
  }

  message(socket: Socket, frame: string | Uint8Array): void {
    const { slot } = socket.data;
    if (slot < 0) return;
    this.received += 1;
    // The clock is asked once a frame.
    const nowMs = this.#clock.monotonicMs();
    this.#sessions.seenAtMs[slot] = nowMs;
    this.#sessions.pinged[slot] = 0;
    const waiting = this.#waiting.get(slot);
    if (waiting !== undefined) return this.#enqueue(socket, waiting, frame);
    this.#lease.checkLapsed(nowMs);
    const awaited = this.#handle(slot, frame, 0, nowMs);
    if (awaited === undefined) return;
    this.#waiting.set(slot, { frames: [] });
    this.#await(slot, frame, awaited).catch((error: unknown) => this.#failed(error));
  }

  #enqueue(socket: Socket, waiting: Waiting, frame: string | Uint8Array): void {
    waiting.frames.push(frame);
    // The peer is held up by TCP; what it had sent already still comes.
    if (waiting.frames.length === this.#limits.waitingFrames) socket.pause();
  }

  #isFull(slot: number): boolean {
    return (this.#waiting.get(slot)?.frames.length ?? 0) >= this.#limits.waitingFrames;
  }

  async #await(slot: number, frame: string | Uint8Array, first: Awaited): Promise<void> {
    const generation = this.#sessions.generations[slot];
    let awaited: Awaited | undefined = first;
    for (let attempt = 1; awaited !== undefined; attempt++) {
      const loaded: boolean =
        awaited instanceof Promise ? await awaited.then(isDone) : await awaited.again;
      if (this.#sessions.generations[slot] !== generation) return;
      if (awaited instanceof Promise) break;
      awaited = loaded
        ? this.#handle(slot, frame, attempt, this.#clock.monotonicMs())
        : this.#storeAway(slot, frame);
    }
    await this.#drain(slot);
  }

  async #drain(slot: number): Promise<void> {
    const waiting = this.#waiting.get(slot);
    if (waiting === undefined) return;
    const generation = this.#sessions.generations[slot];
    // An index, not shift(): a thousand frames may wait.
    for (let at = 0; at < waiting.frames.length; at++) {
      const frame = waiting.frames[at] as string | Uint8Array;
      const awaited = this.#handle(slot, frame, 0, this.#clock.monotonicMs());
      if (awaited === undefined) continue;
      waiting.frames = waiting.frames.slice(at + 1);
      if (this.#waiting.get(slot) !== waiting) return;
      return await this.#await(slot, frame, awaited);
    }
    if (this.#sessions.generations[slot] !== generation) return;
    if (this.#waiting.get(slot) === waiting) this.#waiting.delete(slot);
    const socket = this.#sessions.socket(slot);
    if (socket?.isPaused) socket.resume();
  }

  #storeAway(slot: number, bytes: string | Uint8Array): undefined {
    const frame = this.#frame;
    this.#codecs[this.#sessions.framing(slot)].read(bytes, frame);
    this.#refuse(slot, frame, CODE.unavailable, "the store is away");
    return undefined;
  }

  /** Undefined when the frame is done with, else what it waits for. */
  #handle(
    slot: number,
    bytes: string | Uint8Array,
    attempt: number,
    nowMs: number,
  ): Awaited | undefined {
    const socket = this.#sessions.socket(slot);
    if (socket === undefined) return undefined;
    const frame = this.#frame;
    const codec = this.#codecs[this.#sessions.framing(slot)];
    if (attempt === 0 && this.#isRefusedUnread(slot, codec, bytes, nowMs)) return undefined;
    const code = codec.read(bytes, frame);
    if (code === READ_IGNORED) {
      this.#outbound.exampleim?.acknowledged(slot, frame.localId);
      return undefined;
    }
    if (attempt === 0 && !this.#mayGo(slot, frame.cmd, nowMs)) {
      return this.#refuse(slot, frame, CODE.rateLimited, "");
    }
    if (code !== 0) return this.#refuse(slot, frame, code, frame.problem);
    if (frame.direction !== DIRECTION.request) {
      frame.cmd = CMD.error;
      return this.#refuse(slot, frame, CODE.malformed, "direction: only requests are taken");
    }
    if (frame.cmd === CMD.heartbeat) return this.#beat(slot, frame);
    if (frame.localId === "") {
      return this.#refuse(slot, frame, CODE.incomplete, "header.localId is required");
    }
    this.#setSender(socket);
    // What hands others on, and what is for later, is prepared as a command.
    const plain = frame.dataField === 0 && frame.sendAt === 0;
    if (plain && isSendable(frame.cmd)) return this.#send(slot, frame, attempt, nowMs);
    return this.#command(slot, frame, bytes);
  }

  /** Under overload a message is refused for what little of it the answer needs. */
  #isRefusedUnread(
    slot: number,
    codec: Codec<Subprotocol>,
    bytes: string | Uint8Array,
    nowMs: number,
  ): boolean {
    if (!this.#pending.isBusy(nowMs)) return false;
    const frame = this.#frame;
    if (codec.readStart(bytes, frame) !== 0 || frame.direction !== DIRECTION.request) return false;
    if (frame.localId === "" || !isSendable(frame.cmd)) return false;
    if (this.#mayGo(slot, frame.cmd, nowMs)) this.#refuse(slot, frame, CODE.unavailable, TOO_MANY);
    else this.#refuse(slot, frame, CODE.rateLimited, "");
    return true;
  }

  #mayGo(slot: number, cmd: number, nowMs: number): boolean {
    if (isSignal(cmd)) return this.#signalRates.take(slot, nowMs);
    const userId = this.#sessions.userIds[slot] as number;
    return this.#rates.take(slot, nowMs) && this.#userRates.take(userId, nowMs);
  }

  #send(slot: number, frame: Frame, attempt: number, nowMs: number): Awaited | undefined {
    if (frame.textBytes > this.#limits.textBytes) {
      return this.#refuse(slot, frame, CODE.tooLarge, "content.text is too long");
    }
    if (frame.content.end - frame.content.start > this.#limits.contentBytes) {
      return this.#refuse(slot, frame, CODE.tooLarge, "content is too large");
    }
    const code = this.#ingest.check(frame, this.#sender, attempt);
    if (code === WAIT) return { again: this.#ingest.waited() };
    if (code !== 0) return this.#refuse(slot, frame, code, this.#ingest.problem);
    const generation = this.#sessions.generations[slot] as number;
    const crowded = frame.priority !== 0 && this.#pending.isCrowded(frame.priority, nowMs);
    const request = crowded
      ? 0
      : this.#pending.take(slot, generation, frame.cmd, answerId(frame), nowMs);
    if (request === 0) {
      return this.#refuse(slot, frame, CODE.unavailable, TOO_MANY);
    }
    const persistent = frame.persistent && !this.#ingest.isTransient;
    const transient = frame.cmd === CMD.notify || !persistent;
    const direct = transient && !this.#ingest.isRepeat;
    const taken = direct ? this.#direct.add(request, persistent) : this.#ingest.append(request);
    if (taken) return undefined;
    this.#pending.close(request);
    return this.#refuse(slot, frame, CODE.unavailable, "the stream is away or full");
  }

  #command(slot: number, frame: Frame, bytes: string | Uint8Array): Awaited | undefined {
    const { cmd, localId } = frame;
    const command = this.#commands[cmd];
    if (command === undefined) {
      const known = isChat(cmd) ? "users don't send this" : "";
      return this.#refuse(slot, frame, CODE.unsupported, known);
    }
    const envelope = this.#codecs[this.#sessions.framing(slot)].decode(bytes);
    if (typeof envelope === "string") return this.#refuse(slot, frame, CODE.malformed, envelope);
    const answered = answerId(frame);
    const generation = this.#sessions.generations[slot];
    const sender = { ...this.#sender };
    const running = command({ slot, sender, envelope, cmd, localId });
    return withDeadline(running, COMMAND_DEADLINE_MS).then(
      (answer) => {
        if (this.#sessions.generations[slot] === generation)
          this.#answer(slot, cmd, answered, answer);
      },
      (error: unknown) => {
        this.#log.warn({ cmd, error: String(error) }, "a command failed");
        this.#outbound.refuse(slot, cmd, localId, CODE.unavailable, "a part is away");
      },
    );
  }

  #answer(slot: number, cmd: number, localId: string, answer: CommandAnswer): void {
    const { code, message, data, page, route, messageExtra } = answer;
    const envelope: Envelope = {
      direction: DIRECTION.response,
      cmd,
      header: { version: 1, localId },
      ...(route ? { route } : {}),
      ...(messageExtra ? { messageExtra } : {}),
      response: { code, message: message || (CODE_TEXT[code] ?? ""), ...(data ? { data } : {}) },
    };
    const codec = this.#codecs[this.#sessions.framing(slot)];
    const frame = page === undefined ? codec.encode(envelope) : codec.encodePage(envelope, page);
    this.#outbound.send(slot, frame);
    answer.sent?.();
  }

  #beat(slot: number, frame: Frame): undefined {
    const sessions = this.#sessions;
    const pts = Math.max(sessions.delivered[slot] as number, sessions.held[slot] as number);
    const data = { pts, serverTime: this.#clock.wallMs() };
    this.#answer(slot, CMD.heartbeat, frame.localId, { code: CODE.ok, message: "", data });
    return undefined;
  }

  #refuse(slot: number, frame: Frame, code: number, message: string): undefined {
    this.refused += 1;
    this.#refusals.spend(slot);
    this.#outbound.refuse(slot, frame.cmd, frame.localId, code, message);
    return undefined;
  }

  #setSender(socket: Socket): void {
    const { slot, userId, externalId, device } = socket.data;
    this.#sender.slot = slot;
    this.#sender.userId = userId;
    this.#sender.externalId = externalId;
    this.#sender.device = device;
  }

  #failed(error: unknown): void {
    this.#log.error({ error: String(error) }, "handling a frame failed");
  }
}

const TOO_MANY = "too many requests are under way";

/** What a frame waits for: to be handled again, when something is known; or a command's end. */
type Awaited = { again: Promise<boolean> } | Promise<void>;

/** The `localId` that an answer repeats. */
function answerId({ silent, localId }: Frame): string {
  return silent ? UNANSWERED + localId : localId;
}

function isDone(): boolean {
  return true;
}
