// A server for one client in memory: greets, keeps logs, answers in any framing. What the tests
// break on purpose (lost pushes, lost answers, closes) is decided by the test that holds it.
import type { ClientSocket, SocketFactory } from "../../../src/sdk/socket.ts";
import { createCodec } from "../../../src/wire/codec.ts";
import { CMD } from "../../../src/wire/commands.ts";
import { type Data, DIRECTION, type Envelope } from "../../../src/wire/envelope.ts";
import type { Framing } from "../../../src/wire/frame.ts";

interface Line {
  push(envelope: Envelope): void;
  close(code: number, reason: string): void;
}

export class FakeServer {
  epoch = "e1";
  /** Event n of the own log is `log[n - 1]`; undefined where it has expired. */
  log: (Envelope | undefined)[] = [];
  /** The oldest position that a cursor may have. */
  floor = 0;
  wide = new Map<number, (Envelope | undefined)[]>();
  /** Requests as they came, heartbeats too. */
  requests: Envelope[] = [];
  urls: string[] = [];
  /** A page has at most this many events. */
  pageMax = 500;
  lines: Line[] = [];
  /** Decides about a frame to the client: false loses it. */
  passes: (envelope: Envelope) => boolean = () => true;
  /** Carries a frame to the client, in the end; may be late, twice or in another order. */
  carry: (envelope: Envelope, deliver: () => void) => void = (_envelope, deliver) => deliver();
  /** Answers a request in place of the server; `undefined` leaves it to the server. */
  answers: (request: Envelope) => Envelope | "silence" | undefined = () => undefined;
  greets = true;
  #seqs = new Map<number, number>();
  #known = new Map<string, Envelope>();
  #nextId = 1;

  readonly socket: SocketFactory = (url, framing: Framing, events) => {
    this.urls.push(url);
    const codec = createCodec(framing);
    let open = true;
    const line: Line = {
      push: (envelope) => {
        if (!open || !this.passes(envelope)) return;
        const encoded = codec.encode(envelope);
        const frame = typeof encoded === "string" ? encoded : encoded.slice();
        this.carry(envelope, () => {
          if (open) events.frame(frame);
        });
      },
      close: (code, reason) => {
        if (!open) return;
        open = false;
        this.lines = this.lines.filter((other) => other !== line);
        events.closed(code, reason);
      },
    };
    const socket: ClientSocket = {
      send: (frame) => {
        const request = codec.decode(frame);
        if (typeof request === "string") throw new Error(`client sent rubbish: ${request}`);
        if (open) queueMicrotask(() => this.#take(line, request));
      },
      close: () => line.close(1000, "closed by the client"),
    };
    queueMicrotask(() => {
      if (!open) return;
      this.lines.push(line);
      events.opened();
      if (this.greets) line.push(this.greeting());
    });
    return socket;
  };

  get pts(): number {
    return this.log.length;
  }

  greeting(): Envelope {
    const data = { epoch: this.epoch, pts: this.pts, heartbeatMs: 30_000, userId: "me" };
    return { direction: DIRECTION.push, cmd: CMD.heartbeat, content: { data } };
  }

  /** Appends to the own log and pushes. */
  arrive(event: Partial<Envelope> = {}): Envelope {
    const envelope = this.append(event);
    for (const line of this.lines) line.push(envelope);
    return envelope;
  }

  append(event: Partial<Envelope> = {}): Envelope {
    const pts = this.pts + 1;
    const conversationId = event.route?.conversationId ?? 7;
    const cmd = event.cmd ?? CMD.singleChat;
    const extra = { ...event.messageExtra, pts, timestamp: 1 };
    if (cmd === CMD.singleChat || cmd === CMD.groupChat) {
      extra.conversationSeq = this.#seqs.get(conversationId) ?? 0;
      this.#seqs.set(conversationId, extra.conversationSeq + 1);
      extra.messageId = String(this.#nextId++);
    }
    const envelope: Envelope = {
      direction: DIRECTION.push,
      cmd,
      route: { type: 1, conversationId, conversationType: 1, from: "bob" },
      content: { text: `text ${pts}` },
      ...event,
      messageExtra: extra,
    };
    this.log.push(envelope);
    return envelope;
  }

  arriveWide(conversationId: number): Envelope {
    const events = this.wide.get(conversationId) ?? [];
    this.wide.set(conversationId, events);
    const conversationPts = events.length + 1;
    const envelope: Envelope = {
      direction: DIRECTION.push,
      cmd: CMD.groupChat,
      route: { type: 1, conversationId, conversationType: 2, from: "bob" },
      content: { text: `wide ${conversationPts}` },
      messageExtra: { conversationPts, conversationSeq: conversationPts - 1, timestamp: 1 },
    };
    events.push(envelope);
    this.push(envelope);
    return envelope;
  }

  push(envelope: Envelope): void {
    for (const line of this.lines) line.push(envelope);
  }

  close(code: number, reason: string): void {
    for (const line of [...this.lines]) line.close(code, reason);
  }

  #take(line: Line, request: Envelope): void {
    this.requests.push(request);
    const given = this.answers(request);
    if (given === "silence") return;
    line.push(given ?? this.#answer(request));
  }

  #answer(request: Envelope): Envelope {
    const data = request.content?.data ?? {};
    switch (request.cmd) {
      case CMD.heartbeat:
        return answer(request, 200, { pts: this.pts, serverTime: 1 });
      case CMD.syncMsg:
        return answer(request, 200, this.#page(request.route?.conversationId, data));
      case CMD.syncConversation:
        return answer(request, 200, this.#list());
      case CMD.singleChat:
      case CMD.groupChat:
        return this.#store(request);
      default:
        return answer(request, 200);
    }
  }

  #store(request: Envelope): Envelope {
    const localId = request.header?.localId ?? "";
    const before = this.#known.get(localId);
    const conversationId = request.route?.conversationId ?? 7;
    const event =
      before ??
      this.append({
        cmd: request.cmd,
        header: { localId },
        route: { type: 1, conversationId, conversationType: 1, from: "me" },
        content: request.content ?? {},
      });
    this.#known.set(localId, event);
    const reply = answer(request, 200);
    reply.route = { conversationId, conversationType: 1 };
    reply.messageExtra = { ...event.messageExtra, duplicate: before !== undefined };
    return reply;
  }

  #page(conversationId: number | undefined, data: Data): Data {
    const wide = conversationId !== undefined;
    const log = wide ? (this.wide.get(conversationId) ?? []) : this.log;
    const name = wide ? "conversationPts" : "pts";
    const from = Number(data[name] ?? 0);
    const strange = data["epoch"] !== "" && data["epoch"] !== this.epoch;
    if (strange || from > log.length || (!wide && from < this.floor)) {
      const reset = { reset: true, final: true, epoch: this.epoch };
      return { events: [], [name]: log.length, ...reset };
    }
    const end = Math.min(log.length, from + Math.min(Number(data["limit"]), this.pageMax));
    const events = log.slice(from, end).filter((event) => event !== undefined);
    return { events, [name]: end, final: end === log.length, epoch: this.epoch };
  }

  #list(): Data {
    const conversations = [...this.wide].map(([conversationId, events]) => ({
      conversationId,
      conversationType: 2,
      lastSeq: events.length - 1,
      readSeq: -1,
      conversationPts: events.length,
    }));
    return { conversations, cursor: "", final: true };
  }
}

export function answer(request: Envelope, code: number, data?: Data): Envelope {
  const { cmd, header = {} } = request;
  const response = data === undefined ? { code } : { code, data };
  return {
    direction: DIRECTION.response,
    cmd,
    header: { localId: header.localId ?? "" },
    response,
  };
}
