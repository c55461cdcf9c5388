/**
 * A WebSocket client without the SDK: one connection, one framing, every frame as it came.
 * Nothing is retried or reordered here; follower.ts builds the documented client's rules on it.
 */

import { decodeFrame, type Envelope, encodeFrame, type Framing } from "./framing.ts";
import { connectTurn, reasonOf, until, wait, within } from "../support/pace.ts";
import { webSocketAddress } from "./target.ts";

export interface ConnectOptions {
  /** Base address of the gateway, `http://host:port`. */
  base: string;
  token: string;
  device: string;
  framing?: Framing;
  /** False: ask for no subprotocol, so that the first frame decides. */
  subprotocol?: boolean;
  /** False: frames are handed to `onFrame` alone and not kept. */
  keep?: boolean;
  onFrame?: (frame: Received) => void;
}

export interface Received {
  envelope: Envelope;
  raw: string | Uint8Array;
  /** Milliseconds on this process' monotonic clock. */
  atMs: number;
}

export interface Closed {
  code: number;
  reason: string;
}

export type Answer = Envelope & { response: { code: number; message?: string } };

export class RawClient {
  readonly framing: Framing;
  /** Everything that came, in the order of arrival. */
  readonly frames: Received[] = [];
  /** Frames that could not be decoded; a check may read it, none should be empty-handed. */
  readonly unreadable: string[] = [];
  readonly closed: Promise<Closed>;
  isClosed = false;
  greeting: Envelope | undefined;

  readonly #socket: WebSocket;
  readonly #options: ConnectOptions;
  readonly #waiting = new Map<string, ((answer: Received) => void)[]>();
  readonly #nextFrame: (() => void)[] = [];

  constructor(options: ConnectOptions) {
    this.#options = options;
    this.framing = options.framing ?? "json";
    const headers = { token: options.token, deviceType: options.device };
    const asked = options.subprotocol === false ? {} : { protocols: [this.framing] };
    this.#socket = new WebSocket(webSocketAddress(options.base), { headers, ...asked });
    this.#socket.binaryType = "arraybuffer";
    this.#socket.addEventListener("message", (event) => this.#onMessage(event.data));
    this.closed = new Promise((resolve) => {
      this.#socket.addEventListener("close", (event) => {
        this.isClosed = true;
        this.#wakeAll();
        resolve({ code: event.code, reason: event.reason });
      });
    });
    // An error is always followed by a close; the close is what the checks look at.
    this.#socket.addEventListener("error", () => {});
  }

  get subprotocol(): string {
    return this.#socket.protocol;
  }

  /** The pushes so far, greeting left out. */
  get pushes(): Envelope[] {
    const kept = this.frames.map((frame) => frame.envelope);
    return kept.filter((envelope) => envelope.direction === 3 && Number(envelope.cmd) !== 0);
  }

  send(envelope: Envelope): void {
    this.sendRaw(encodeFrame(this.framing, envelope));
  }

  sendRaw(frame: string | Uint8Array): void {
    if (this.isClosed) return;
    this.#socket.send(frame);
  }

  /** Sends one request and gives its answer; `undefined` when none came in time. */
  async request(envelope: Envelope, timeoutMs = 15_000): Promise<Answer | undefined> {
    return (await this.requestTimed(envelope, timeoutMs))?.envelope as Answer | undefined;
  }

  async requestTimed(envelope: Envelope, timeoutMs = 15_000): Promise<Received | undefined> {
    const localId = envelope.header?.localId ?? "";
    let waiter: ((answer: Received) => void) | undefined;
    const answer = new Promise<Received>((resolve) => {
      waiter = resolve;
      this.#waiting.set(localId, [...(this.#waiting.get(localId) ?? []), resolve]);
    });
    this.send({ direction: 1, ...envelope });
    const gone = this.closed.then(() => undefined);
    const came = await within(Promise.race([answer, gone]), timeoutMs);
    // A late answer must not be taken by a waiter that has given up.
    if (!came) this.#stopWaiting(localId, waiter);
    return came;
  }

  /** The first frame so far (from number `from` on) or to come that `wanted` accepts. */
  async find(
    wanted: (envelope: Envelope) => boolean,
    timeoutMs: number,
    from = 0,
  ): Promise<Received | undefined> {
    let seen = from;
    const endMs = performance.now() + timeoutMs;
    for (;;) {
      for (; seen < this.frames.length; seen += 1) {
        const frame = this.frames[seen];
        if (frame && wanted(frame.envelope)) return frame;
      }
      const leftMs = endMs - performance.now();
      if (leftMs <= 0 || this.isClosed) return undefined;
      await within(new Promise<void>((resolve) => this.#nextFrame.push(resolve)), leftMs);
    }
  }

  close(): void {
    this.#socket.close();
  }

  /** Goes away without a close frame, as a phone in a tunnel does. */
  terminate(): void {
    this.#socket.terminate();
  }

  #stopWaiting(localId: string, waiter: ((answer: Received) => void) | undefined): void {
    const left = this.#waiting.get(localId)?.filter((other) => other !== waiter) ?? [];
    if (left.length > 0) this.#waiting.set(localId, left);
    else this.#waiting.delete(localId);
  }

  #onMessage(data: unknown): void {
    const raw = typeof data === "string" ? data : new Uint8Array(data as ArrayBuffer);
    let envelope: Envelope;
    try {
      envelope = decodeFrame(this.framing, raw);
    } catch (error) {
      this.unreadable.push(reasonOf(error));
      return;
    }
    const frame = { envelope, raw, atMs: performance.now() };
    if (this.greeting === undefined) this.greeting = envelope;
    if (this.#options.keep !== false) this.frames.push(frame);
    this.#options.onFrame?.(frame);
    if (envelope.direction === 2) this.#resolve(frame);
    this.#wakeAll();
  }

  #resolve(frame: Received): void {
    const localId = frame.envelope.header?.localId ?? "";
    const waiting = this.#waiting.get(localId);
    waiting?.shift()?.(frame);
    if (waiting?.length === 0) this.#waiting.delete(localId);
  }

  #wakeAll(): void {
    for (const wake of this.#nextFrame.splice(0)) wake();
  }
}

/** Connects and waits for the greeting; throws when the connection is refused or stays silent. */
export async function connect(options: ConnectOptions): Promise<RawClient> {
  await connectTurn();
  const client = new RawClient(options);
  await until(() => client.greeting !== undefined || client.isClosed, 10_000, 5);
  if (client.greeting === undefined) {
    client.terminate();
    const why = client.isClosed ? "closed before the greeting" : "no greeting within 10 s";
    throw new Error(`connecting to ${options.base} as ${options.device}: ${why}`);
  }
  return client;
}

/** As `connect`, again and again while a server is restarting or short of turns. */
export async function connectPatiently(
  options: ConnectOptions,
  timeoutMs = 60_000,
): Promise<RawClient> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await connect(options);
    } catch (error) {
      if (performance.now() > endMs) throw error;
      await wait(300);
    }
  }
}

/** A text message; `to` is a user id or a conversation's id, told apart by `address`. */
export function textMessage(
  cmd: number,
  address: { to: string } | { conversationId: string },
  localId: string,
  text: string,
  deviceId?: string,
): Envelope {
  return {
    direction: 1,
    cmd,
    header: { localId, ...(deviceId === undefined ? {} : { deviceId }) },
    route: { type: 1, ...address },
    content: { text },
  };
}

export function code(answer: Envelope | undefined): number {
  return answer?.response?.code ?? -1;
}

export function describe(answer: Envelope | undefined): string {
  if (!answer) return "no answer";
  const { code: number, message } = answer.response ?? {};
  return `${number} ${JSON.stringify(message ?? "")}`;
}

/** Sends until the outcome is known: again with the same `localId` after 429, 503, 504, silence. */
export async function sendSurely(
  client: RawClient,
  message: Envelope,
  timeoutMs = 60_000,
): Promise<Answer | undefined> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    const answer = await client.request(message, Math.min(12_000, timeoutMs));
    const undecided = !answer || [429, 503, 504].includes(code(answer));
    if (!undecided || client.isClosed || performance.now() > endMs) return answer;
    await wait(250);
  }
}
