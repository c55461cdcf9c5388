/**
 * The client of a Linnet server: keeps a connection, sends until there is a definite answer, and
 * hands every event of the user's logs to the application once and in order.
 *
 * Joined here: link.ts (connection and reconnect), outbox.ts (sends), logs.ts with log.ts (what was
 * applied), sync.ts (what is missing), store.ts (what outlives the process).
 */
import { CMD, isChat } from "../wire/commands.ts";
import type { Envelope } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import type { Framing } from "../wire/frame.ts";
import { type Calls, createCalls } from "./calls.ts";
import { type ClientClock, type Random, randomId, systemClock, systemRandom } from "./clock.ts";
import type { Answer, Greeting } from "./connection.ts";
import { Delivery } from "./delivery.ts";
import { Emitter, type Listener } from "./emitter.ts";
import { Link, type LinkState } from "./link.ts";
import { attendedFrom, followChange, type LogEvent, type LogName, Logs, placeOf } from "./logs.ts";
import { type Reply, type RequestOptions, refused, reply, requestEnvelope } from "./requests.ts";
import { CursorSaver } from "./saver.ts";
import {
  failedSend,
  ownEvent,
  type SendOptions,
  type SendResult,
  sendEnvelope,
  sendResult,
} from "./send.ts";
import { Sending } from "./sending.ts";
import { Receipts } from "./receipts.ts";
import { type CallEvent, type PresenceEvent, signalOf, type TypingEvent } from "./signals.ts";
import { type SocketFactory, webSocket } from "./socket.ts";
import { type ClientStore, type Cursor, memoryStore } from "./store.ts";
import { hintOf, type Reset, Sync } from "./sync.ts";

const OUTBOX_MAX = 1000;
const PAGE_MAX = 500;

export interface ClientOptions {
  /** The server's address, `http://host:9688` or `ws://host:9688/ws`. */
  url: string;
  /** The token of the login; one of the two. */
  token?: string;
  /** Asked before every connection, so that it may fetch a new one. */
  getToken?: () => string | Promise<string>;
  /** `im_web`, `im_app_ios`, …: a user has one live connection of each. */
  deviceType: string;
  framing?: Framing;
  /** Part of the idempotency key of sends; the server takes the device type when absent. */
  deviceId?: string;
  store?: ClientStore;
  /** Where a client without a cursor begins: with the whole log (default) or what is to come. */
  begin?: "oldest" | "now";
  /** Messages that wait in the outbox at most, default 1000. */
  outboxMax?: number;
  /** Events a page of a sync, default and at most 500. */
  pageSize?: number;
  /** Whether it tells the server by itself what it has; otherwise by `received`. Default true. */
  receipts?: boolean;
  clock?: ClientClock;
  random?: Random;
  socket?: SocketFactory;
}

export interface ClientEvents {
  /** Every event of a log, messages among them; once, and in the order of its log. */
  event: LogEvent;
  /** The events that are messages. */
  message: LogEvent;
  /** Pushed and not stored: typing, calls, reads of others, a `push` that isn't kept. */
  transient: Envelope;
  /** Of those, a friend or a watched user who came online, left, or moved to the background. */
  presence: PresenceEvent;
  /** Of those, somebody who types, or no longer does. */
  typing: TypingEvent;
  /** Of those, what other devices signal in a call. */
  call: CallEvent;
  state: LinkState;
  greeting: Greeting;
  /** After connecting: everything that was missed has been delivered. */
  synced: Greeting;
  /** The log doesn't reach back to where this client was. */
  reset: Reset;
  /** Every answer of the server. */
  answer: Envelope;
  /** Every settled send, also those of an earlier run whose promise is gone. */
  sent: SendResult;
  /** What went wrong without being an answer to anything; also what a listener throws. */
  error: Error;
}

export interface Client extends Calls {
  readonly state: LinkState;
  /** "" before the first greeting. */
  readonly userId: string;
  /** Sends without a definite answer. */
  readonly unsettled: number;
  /** How far the logs were delivered. */
  cursor(): Cursor;
  on<Name extends keyof ClientEvents>(
    name: Name,
    listener: Listener<ClientEvents[Name]>,
  ): () => void;
  /** Settles when the first greeting is there, or when the server said not to come back. */
  connect(): Promise<LinkState>;
  /** Ends the connection; what is unsettled is answered 504 and stays in the store. */
  close(): Promise<void>;
  /** Settles with the definite answer, however many connections that takes. */
  send(options: SendOptions): Promise<SendResult>;
  /** Straight to the recipient's connections (93); one try. */
  push(options: SendOptions): Promise<SendResult>;
  /** Any command; one try. 503 when there is no connection, 504 when it was lost. */
  request(cmd: number, options?: RequestOptions): Promise<Reply>;
}

export function createClient(options: ClientOptions): Client {
  const inner = new InnerClient(options);
  const request = (cmd: number, how?: RequestOptions) => inner.request(cmd, how);
  return {
    ...createCalls(request),
    get state() {
      return inner.link.state;
    },
    get userId() {
      return inner.userId;
    },
    get unsettled() {
      return inner.sending.unsettled;
    },
    cursor: () => inner.logs.cursor(),
    on: (name, listener) => inner.events.on(name, listener),
    connect: () => inner.connect(),
    close: () => inner.close(),
    send: (send) => inner.sending.send(send),
    push: (send) => inner.push(send),
    request,
  };
}

class InnerClient {
  readonly logs = new Logs();
  readonly events: Emitter<ClientEvents>;
  readonly link: Link;
  readonly sending: Sending;
  userId = "";
  #options: ClientOptions;
  #clock: ClientClock;
  #random: Random;
  #store: ClientStore;
  #saver: CursorSaver;
  #delivery: Delivery;
  #sync: Sync;
  #receipts: Receipts;
  #greeting: Greeting | undefined;
  #loaded: Promise<void> | undefined;
  #fresh = true;
  #failing = false;

  constructor(options: ClientOptions) {
    // A bad address is the programmer's error, and better told here than at the first connection.
    if (!URL.canParse(options.url)) throw new TypeError(`createClient: no address: ${options.url}`);
    if (options.token === undefined && options.getToken === undefined) {
      throw new TypeError("createClient: neither token nor getToken is given");
    }
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? systemRandom;
    this.#store = options.store ?? memoryStore();
    const failed = (error: unknown) => this.#failed(error);
    this.events = new Emitter(failed);
    this.#saver = new CursorSaver(this.#store, () => this.logs.cursor(), failed);
    this.#delivery = new Delivery({
      hand: (event) => this.#hand(event),
      settled: () => this.#settled(),
    });
    this.#receipts = new Receipts({
      clock: this.#clock,
      position: () => this.logs.own.have,
      tell: (pts, told) => {
        this.#askUnasked(CMD.receipt, { data: { pts } }, (answer) => {
          if (typeof answer !== "string" && answer.response?.code === CODE.ok) told();
        });
      },
    });
    this.link = this.#createLink();
    this.#sync = this.#createSync();
    this.sending = new Sending({
      clock: this.#clock,
      random: this.#random,
      store: this.#store,
      deviceId: options.deviceId,
      sendsMax: options.outboxMax ?? OUTBOX_MAX,
      transmit: (entry, done) => this.#ask(entry.envelope, done),
      sent: (result) => this.events.emit("sent", result),
      failed,
    });
  }

  async connect(): Promise<LinkState> {
    this.#loaded ??= this.#load();
    await this.#loaded;
    if (this.link.state.name === "online") return this.link.state;
    const reached = new Promise<LinkState>((resolve) => {
      const off = this.events.on("state", (state) => {
        if (state.name !== "online" && state.name !== "stopped") return;
        off();
        resolve(state);
      });
    });
    this.link.start();
    return reached;
  }

  async close(): Promise<void> {
    this.#receipts.stop();
    this.link.stop("closed");
    await this.sending.close();
    await this.#saver.flush();
  }

  push(options: SendOptions): Promise<SendResult> {
    const localId = options.localId ?? randomId(this.#random);
    const sender = { deviceId: this.#options.deviceId, now: this.#clock.now() };
    const envelope = sendEnvelope({ cmd: CMD.notify, ...options }, localId, sender);
    return new Promise((resolve) => {
      const done = (answer: Answer) => resolve(sendResult(localId, answer));
      if (this.#ask(envelope, done)) return;
      resolve(failedSend(localId, CODE.unavailable, "not connected"));
    });
  }

  request(cmd: number, options: RequestOptions = {}): Promise<Reply> {
    const localId = options.localId ?? randomId(this.#random);
    const envelope = requestEnvelope(cmd, options, localId, this.#clock.now());
    return new Promise((resolve) => {
      if (this.#ask(envelope, (answer) => resolve(reply(answer)))) return;
      resolve(refused(CODE.unavailable, "not connected"));
    });
  }

  #createLink(): Link {
    const { url, deviceType, framing, token, getToken, socket } = this.#options;
    return new Link({
      url,
      deviceType,
      framing: framing ?? "json",
      getToken: getToken ?? (() => token ?? ""),
      clock: this.#clock,
      random: this.#random,
      socket: socket ?? webSocket,
      events: {
        state: (state) => this.#stateChanged(state),
        greeted: (greeting) => this.#greeted(greeting),
        pushed: (envelope) => this.#pushed(envelope),
        position: (pts) => this.#noted(pts),
        problem: (what) => this.#problem(what),
      },
    });
  }

  #createSync(): Sync {
    return new Sync({
      clock: this.#clock,
      random: this.#random,
      logs: this.logs,
      pageSize: Math.min(this.#options.pageSize ?? PAGE_MAX, PAGE_MAX),
      fromNow: this.#options.begin === "now",
      ask: (cmd, conversationId, data, done) =>
        this.#askUnasked(cmd, { data, ...(conversationId ? { conversationId } : {}) }, done),
      apply: (log, entries) => this.#delivery.deliver(log, entries),
      reset: (reset) => {
        if (reset.log === "own") this.#receipts.forget();
        this.events.emit("reset", reset);
      },
      synced: () => {
        if (this.#options.receipts !== false) this.#receipts.moved();
        if (this.#greeting !== undefined) this.events.emit("synced", this.#greeting);
      },
      moved: () => this.#delivery.moved(),
    });
  }

  #settled(): void {
    this.#saver.save();
    if (this.#options.receipts !== false) this.#receipts.moved();
  }

  /** What the application did not ask for, so that it hears nothing of it. */
  #askUnasked(cmd: number, options: RequestOptions, done: (answer: Answer) => void): boolean {
    const envelope = requestEnvelope(cmd, options, randomId(this.#random), this.#clock.now());
    return this.link.ask(envelope, done);
  }

  async #load(): Promise<void> {
    const { cursor, outbox } = await this.#store.load();
    if (cursor !== undefined) {
      this.logs.load(cursor);
      this.#fresh = false;
    }
    this.sending.load(outbox);
  }

  /** Asks, and takes the answer's place in a log before anyone hears of the answer. */
  #ask(envelope: Envelope, done: (answer: Answer) => void): boolean {
    return this.link.ask(envelope, (answer) => {
      if (typeof answer !== "string") {
        const place = placeOf(withRoute(answer, envelope));
        if (answer.response?.code === CODE.ok && place !== undefined) {
          this.#offer(place.log, place.position, ownEvent(envelope, answer, this.userId));
        }
        this.events.emit("answer", answer);
      }
      done(answer);
    });
  }

  #stateChanged(state: LinkState): void {
    if (state.name === "waiting" || state.name === "stopped") this.#sync.offline();
    this.events.emit("state", state);
  }

  #greeted(greeting: Greeting): void {
    this.userId = greeting.userId;
    this.#greeting = greeting;
    const fresh = this.#fresh;
    this.#fresh = false;
    this.events.emit("greeting", greeting);
    this.#sync.greeted(greeting, fresh);
    this.sending.connected();
  }

  #pushed(envelope: Envelope): void {
    if (envelope.cmd === CMD.syncMsg) {
      const { log, position } = hintOf(envelope);
      this.logs.get(log)?.note(position);
      return this.#sync.hinted(log);
    }
    const place = placeOf(envelope);
    if (place !== undefined) return this.#offer(place.log, place.position, envelope);
    const attended = attendedFrom(envelope);
    if (attended !== undefined) this.logs.follow(attended.conversationId, attended.position);
    this.events.emit("transient", envelope);
    const signal = signalOf(envelope);
    if (signal?.kind === "presence") this.events.emit("presence", signal.event);
    if (signal?.kind === "typing") this.events.emit("typing", signal.event);
    if (signal?.kind === "call") this.events.emit("call", signal.event);
  }

  #noted(pts: number): void {
    this.logs.own.note(pts);
    this.#sync.watch("own");
  }

  /** An event of a wide log that isn't followed (yet) is left to the sync that follows event 33. */
  #offer(name: LogName, position: number, envelope: Envelope): void {
    const log = this.logs.get(name);
    if (log === undefined) return;
    this.#delivery.deliver(name, log.offer(position, envelope));
    this.#sync.watch(name);
  }

  #hand(event: LogEvent): void {
    const change = followChange(event, this.userId);
    if (change?.follow) {
      this.logs.follow(change.conversationId, change.position);
      this.#sync.hinted(change.conversationId);
    } else if (change !== undefined) {
      this.logs.unfollow(change.conversationId);
    }
    this.events.emit("event", event);
    if (isChat(event.envelope.cmd)) this.events.emit("message", event);
  }

  /** What couldn't be read may have been an event. */
  #problem(what: string): void {
    this.events.emit("error", new Error(what));
    if (this.link.state.name === "online") this.#sync.hinted("own");
  }

  /** Goes to who listens to `error`; where nobody does, it is thrown where it harms no state. */
  #failed(error: unknown): void {
    const whole = error instanceof Error ? error : new Error(String(error));
    if (this.events.listens("error") && !this.#failing) {
      this.#failing = true;
      this.events.emit("error", whole);
      this.#failing = false;
      return;
    }
    queueMicrotask(() => {
      throw whole;
    });
  }
}

/** The answer to a send in a wide conversation names it; that of another command may not. */
function withRoute(answer: Envelope, request: Envelope): Envelope {
  if (answer.route?.conversationId !== undefined || request.route === undefined) return answer;
  return { ...answer, route: request.route };
}
