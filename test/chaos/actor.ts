/** One device of one user: an SDK client behind a proxy of its own, and what it did. */
import { type Client, createClient } from "../../src/sdk/client.ts";
import { placeOf } from "../../src/sdk/logs.ts";
import type { Reply, RequestOptions } from "../../src/sdk/requests.ts";
import { type ClientSocket, type SocketEvents, webSocket } from "../../src/sdk/socket.ts";
import { createCodecs } from "../../src/wire/codec.ts";
import { CMD, isChat } from "../../src/wire/commands.ts";
import { DIRECTION, type Data, type Envelope } from "../../src/wire/envelope.ts";
import { CODE } from "../../src/wire/errors.ts";
import type { Framing } from "../../src/wire/frame.ts";
import type { LogEvent } from "../../src/sdk/logs.ts";
import { pause } from "../../src/base/backoff.ts";
import type { Journal } from "./journal.ts";
import type { Proxy } from "./proxy.ts";
import type { Random } from "./random.ts";
import { aboutOf } from "./about.ts";
import type { Applied, LogName, OperationAsked, Received } from "./record.ts";

export interface ActorOptions {
  user: string;
  device: string;
  token: string;
  framing: Framing;
  proxy: Proxy;
  journal: Journal;
  random: Random;
}

/** Where an actor may write to: a friend, or a group. */
export interface Lane {
  to?: string;
  conversationId?: number;
}

/** An operation on a message, as it is asked for. */
export type Operation = Omit<OperationAsked, "kind" | "atMs" | "client" | "localId">;

// Reading what passes by must not use the scratch buffers of the client's own codec.
const CODECS = createCodecs();

export class Actor {
  readonly name: string;
  readonly user: string;
  readonly device: string;
  readonly client: Client;
  readonly proxy: Proxy;
  readonly lanes: Lane[] = [];
  /** Whether a fault has it in hand. */
  busy = false;
  /** Every frame goes out twice. */
  twice = false;
  inFlight = 0;
  /** Operations on messages whose outcome is not known yet. */
  operating = 0;
  readonly #journal: Journal;
  readonly #counts = new Map<string, number>();
  #sends = 0;

  constructor(options: ActorOptions) {
    const { user, device, token, framing, proxy, journal, random } = options;
    this.name = `${user}/${device}`;
    this.user = user;
    this.device = device;
    this.proxy = proxy;
    this.#journal = journal;
    this.client = createClient({
      url: `http://127.0.0.1:${proxy.port}`,
      token,
      deviceType: device,
      framing,
      random: () => random.next(),
      socket: (url, kind, events) => this.#socket(url, kind, events),
    });
    journal.add({ kind: "client", client: this.name, user, device, framing });
    this.#listen();
  }

  /** Sends to a lane and settles with the definite code. */
  async send(lane: Lane, filler = ""): Promise<number> {
    const name = lane.to === undefined ? `group ${lane.conversationId}` : `user ${lane.to}`;
    const count = this.#counts.get(name) ?? 0;
    this.#counts.set(name, count + 1);
    const localId = `${this.name}-${this.#sends++}`;
    const text = `${this.name} to ${name}: ${count}`;
    const journal = this.#journal;
    const client = this.name;
    journal.add({ kind: "sent", atMs: journal.nowMs(), client, localId, lane: name, text });
    this.inFlight += 1;
    const content = filler === "" ? { text } : { text, extension: filler };
    const result = await this.client.send({ ...lane, content, localId });
    this.inFlight -= 1;
    const { code, messageId, conversationId, seq, pts, conversationPts, duplicate } = result;
    journal.add({
      kind: "answered",
      atMs: journal.nowMs(),
      client,
      localId,
      code,
      duplicate,
      ...(messageId === undefined ? {} : { messageId }),
      ...(conversationId === undefined ? {} : { conversationId }),
      ...(seq === undefined ? {} : { seq }),
      ...(pts === undefined ? {} : { pts }),
      ...(conversationPts === undefined ? {} : { conversationPts }),
    });
    return code;
  }

  async read(conversationId: number, seq: number): Promise<void> {
    const answer = await this.client.read(conversationId, seq);
    if (!answer.ok) return;
    const atMs = this.#journal.nowMs();
    this.#journal.add({ kind: "read", atMs, client: this.name, conversationId, seq });
  }

  /** A command until its outcome is known, always under one localId; given up after a minute. */
  async insist(cmd: number, conversationId: number | undefined, data: Data): Promise<Data> {
    const localId = `${this.name}-command-${this.#sends++}`;
    const where = conversationId === undefined ? {} : { conversationId };
    const answer = await this.#untilKnown(cmd, { ...where, data, localId });
    return answer.ok ? answer.data : { refused: answer.code };
  }

  /** Recalls, deletes, edits or reacts; settles with the code, 504 where none was ever known. */
  async operate(operation: Operation): Promise<number> {
    const { cmd, conversationId, messageId, text, reaction, remove } = operation;
    const localId = `${this.name}-operation-${this.#sends++}`;
    const journal = this.#journal;
    const client = this.name;
    journal.add({ kind: "operation", atMs: journal.nowMs(), client, localId, ...operation });
    const data: Data =
      cmd === CMD.delete ? { messageIds: [messageId], forAll: true } : { messageId };
    if (reaction !== undefined) Object.assign(data, { reaction, remove: remove === true });
    const content = text === undefined ? {} : { content: { text } };
    this.operating += 1;
    const { code } = await this.#untilKnown(cmd, { conversationId, data, ...content, localId });
    this.operating -= 1;
    journal.add({ kind: "operated", atMs: journal.nowMs(), client, localId, code });
    return code;
  }

  async #untilKnown(cmd: number, options: RequestOptions): Promise<Reply> {
    const endMs = performance.now() + COMMAND_MS;
    for (;;) {
      const answer = await this.client.request(cmd, options);
      if (answer.ok || !UNDECIDED.includes(answer.code)) return answer;
      if (performance.now() > endMs) {
        this.#journal.problem(`${this.name}: no outcome of ${cmd}: ${answer.message}`);
        return { ...answer, code: CODE.outcomeUnknown };
      }
      await pause(200);
    }
  }

  #listen(): void {
    const { client, name } = this;
    const journal = this.#journal;
    client.on("event", (event) => journal.add(appliedRecord(name, event, journal.nowMs())));
    client.on("state", (state) => {
      const why = "reason" in state ? { why: state.reason } : {};
      journal.add({
        kind: "state",
        atMs: journal.nowMs(),
        client: name,
        state: state.name,
        ...why,
      });
    });
    client.on("synced", () =>
      journal.add({ kind: "state", atMs: journal.nowMs(), client: name, state: "synced" }),
    );
    client.on("reset", ({ log, position }) =>
      journal.add({ kind: "reset", atMs: journal.nowMs(), client: name, log, position }),
    );
    client.on("error", (error) => journal.problem(`${name}: ${error.message}`));
  }

  #socket(url: string, framing: Framing, events: SocketEvents): ClientSocket {
    const socket = webSocket(url, framing, {
      ...events,
      frame: (data) => {
        this.#received(CODECS[framing].decode(data));
        events.frame(data);
      },
    });
    return {
      send: (frame) => {
        this.#transmitted(CODECS[framing].decode(frame));
        socket.send(frame);
        if (this.twice) socket.send(frame);
      },
      close: (code, reason) => socket.close(code, reason),
    };
  }

  #transmitted(envelope: Envelope | string): void {
    if (typeof envelope === "string" || !isChat(envelope.cmd)) return;
    const localId = envelope.header?.localId ?? "";
    const record = { kind: "transmitted", client: this.name, localId } as const;
    for (let i = 0; i < (this.twice ? 2 : 1); i++) {
      this.#journal.add({ ...record, atMs: this.#journal.nowMs() });
    }
  }

  #received(envelope: Envelope | string): void {
    if (typeof envelope === "string") return;
    const { direction, cmd } = envelope;
    if (direction === DIRECTION.push && cmd === CMD.syncMsg) return this.#hinted(envelope);
    if (direction === DIRECTION.push) return this.#took(envelope, "push");
    if (envelope.response?.code !== CODE.ok) return;
    if (cmd !== CMD.syncMsg) return this.#took(envelope, "answer");
    const { events } = envelope.response.data ?? {};
    for (const event of (events ?? []) as Envelope[]) this.#took(event, "page");
  }

  #hinted(envelope: Envelope): void {
    const id = envelope.content?.data?.["conversationId"];
    const log: LogName = id === undefined ? "own" : Number(id);
    this.#journal.add({ kind: "hint", atMs: this.#journal.nowMs(), client: this.name, log });
  }

  #took(envelope: Envelope, way: Received["way"]): void {
    const place = placeOf(envelope);
    if (place === undefined) return;
    this.#journal.add({
      kind: "received",
      atMs: this.#journal.nowMs(),
      client: this.name,
      way,
      ...place,
      ...messageOf(envelope),
    });
  }
}

const COMMAND_MS = 40_000;
const UNDECIDED: readonly number[] = [CODE.unavailable, CODE.outcomeUnknown, CODE.rateLimited];

function messageOf(envelope: Envelope) {
  const { messageId, conversationSeq } = envelope.messageExtra ?? {};
  const conversationId = envelope.route?.conversationId;
  return {
    ...(messageId === undefined ? {} : { messageId }),
    ...(conversationId === undefined ? {} : { conversationId }),
    ...(conversationSeq === undefined ? {} : { seq: conversationSeq }),
  };
}

function appliedRecord(client: string, event: LogEvent, atMs: number): Applied {
  const { log, position, envelope } = event;
  const { cmd, route, header, content, messageExtra } = envelope;
  const applied: Applied = { kind: "applied", atMs, client, log, position, cmd };
  Object.assign(applied, messageOf(envelope));
  if (route?.from !== undefined) applied.from = route.from;
  if (header?.localId !== undefined) applied.localId = header.localId;
  if (content?.text !== undefined) applied.text = content.text;
  const data = content?.data ?? {};
  if (Array.isArray(data["userIds"])) applied.userIds = data["userIds"] as string[];
  const about = aboutOf(cmd, content);
  if (about.length > 0) Object.assign(applied, { about }, operationOf(data));
  else if (messageExtra?.recalled === true) applied.recalled = true;
  if (messageExtra?.version !== undefined) applied.version = messageExtra.version;
  if (data["wide"] === true) applied.followFrom = Number(data["conversationPts"] ?? 0);
  return applied;
}

/** What an event of an operation says of the message. */
function operationOf({ version, reaction, count }: Data) {
  return {
    ...(typeof version === "number" ? { version } : {}),
    ...(typeof reaction === "string" ? { reaction, count: Number(count ?? 0) } : {}),
  };
}
