// One user's connection under load: tells pushes and answers apart and enters them in the ledger.
import type { Framing } from "../../src/wire/frame.ts";
import { codeOf, DIRECTION_ANSWER, directionOf } from "./answers.ts";
import type { ConnectionSpec, OpeningStep, TrafficJob } from "./job.ts";
import type { Lane } from "./lane.ts";
import type { Ledger } from "./ledger.ts";
import { findMark, MARK_LOCAL_ID, MARK_TEXT, MARKED_BYTES, readIndex } from "./marks.ts";
import { readFrame } from "./read-frame.ts";
import { type FrameHandler, frameOf, RawWebSocket } from "./web-socket.ts";

const FIRST_BYTE_TEXT = 0x81;

/** A lane's messages as they come to one of its receivers. */
interface Received {
  readonly lane: number;
  readonly ordinal: number;
  lastIndex: number;
}

export class TrafficConnection implements FrameHandler {
  readonly #job: TrafficJob;
  readonly #framing: Framing;
  readonly #spec: ConnectionSpec;
  readonly #port: number;
  readonly #ledger: Ledger;
  #socket: RawWebSocket | undefined;
  #greeted: (() => void) | undefined;
  #lane: Lane | undefined;
  readonly #receivedOf = new Map<number, Received>();
  /** Of the only lane that it receives from. */
  #only: Received | undefined;
  isShared = false;
  #nowMs = 0;
  #completed = 0;
  #received = 0;
  #early = "";
  /** Steps of the opening that are done. */
  #opened = 0;
  #textGuess = 0;
  #localIdGuess = 0;
  /** The code that the server closed it with, 0 while it is open. */
  closeCode = 0;

  constructor(job: TrafficJob, spec: ConnectionSpec, index: number, ledger: Ledger) {
    this.#job = job;
    this.#framing = job.framing;
    this.#spec = spec;
    this.#port = job.ports[index % job.ports.length] as number;
    this.#ledger = ledger;
  }

  sends(lane: Lane): void {
    this.isShared = this.#lane !== undefined;
    this.#lane = lane;
  }

  receives(lane: Lane, ordinal: number): void {
    this.isShared = this.#lane !== undefined;
    this.#lane = lane;
    const received = { lane: lane.number, ordinal, lastIndex: -1 };
    this.#receivedOf.set(lane.number, received);
    this.#only = this.#receivedOf.size === 1 ? received : undefined;
  }

  async open(): Promise<void> {
    const job = this.#job;
    const greeted = new Promise<void>((resolve) => {
      this.#greeted = resolve;
    });
    this.#socket = await RawWebSocket.open(
      {
        host: job.host,
        port: this.#port,
        path: this.#spec.path,
        headers: { ...this.#spec.headers, ...protocolHeader(job) },
      },
      this,
    );
    // A frame that came with the upgrade's answer came before there was a socket to answer on.
    this.#openOn(this.#early);
    if (job.greeting || this.#spec.opening !== undefined) await greeted;
    if (this.closeCode !== 0) throw new Error(`closed with ${this.closeCode} before the greeting`);
  }

  send(frames: Uint8Array): void {
    this.#socket?.send(frames);
  }

  close(): void {
    this.#socket?.close();
  }

  frame(bytes: Uint8Array, start: number, end: number): void {
    // The clock is read once for all that arrived together.
    if (this.#nowMs === 0) this.#nowMs = performance.now();
    const { opening } = this.#spec;
    if (opening !== undefined && this.#opened < opening.length) {
      const text = Buffer.from(bytes.subarray(start, end)).toString();
      if (this.#socket === undefined) this.#early += text;
      else this.#openOn(text);
      return;
    }
    const lane = this.#lane;
    if (this.#greeted !== undefined && this.#job.greeting) {
      this.#greeted();
      this.#greeted = undefined;
      return;
    }
    if (lane === undefined) return;
    const isForeign = this.#job.foreign !== undefined;
    if (!isForeign && directionOf(this.#framing, bytes, start) === DIRECTION_ANSWER) {
      this.#answer(bytes, start, end);
      return;
    }
    const at = findMark(bytes, start, end, MARK_TEXT, this.#textGuess);
    if (at < 0) {
      // Of Linnet a hint, or another event than a message.
      if (isForeign) this.#answer(bytes, start, end);
      return;
    }
    this.#textGuess = at - start;
    this.#deliver(readIndex(bytes, at));
    this.#received += 1;
    const { readEvery } = this.#job;
    if (readEvery > 0 && this.#received % readEvery === 0) {
      this.send(readFrame(this.#framing, bytes.slice(start, end)));
    }
  }

  #deliver(index: number): void {
    const ledger = this.#ledger;
    const received = this.#only ?? this.#receivedOf.get(ledger.laneOf(index));
    // Of a lane that is not for this connection: too much, as a second time is.
    if (received === undefined) {
      ledger.duplicated += 1;
      return;
    }
    if (index < received.lastIndex) ledger.disordered += 1;
    received.lastIndex = index;
    if (ledger.deliver(index, received.lane, received.ordinal, this.#nowMs)) this.#completed += 1;
  }

  chunkDone(): void {
    this.#nowMs = 0;
    const count = this.#completed;
    if (count === 0) return;
    this.#completed = 0;
    this.#lane?.completed(count);
  }

  closed(code: number): void {
    this.closeCode = code;
    this.#greeted?.();
  }

  /** Goes on with the opening as far as what has come allows. */
  #openOn(came: string): void {
    const { opening } = this.#spec;
    if (opening === undefined) return;
    let text = came;
    while (this.#opened < opening.length) {
      const { awaits, says } = opening[this.#opened] as OpeningStep;
      if (awaits !== undefined && !text.includes(awaits)) return;
      // What has come is good for one step.
      if (awaits !== undefined) text = "";
      this.#opened += 1;
      if (says !== undefined) this.send(frameOf(FIRST_BYTE_TEXT, new TextEncoder().encode(says)));
    }
    this.#greeted?.();
  }

  #answer(bytes: Uint8Array, start: number, end: number): void {
    const at = findMark(bytes, start, end, MARK_LOCAL_ID, this.#localIdGuess);
    if (at < 0) return;
    this.#localIdGuess = at - start;
    const isForeign = this.#job.foreign !== undefined;
    const code = isForeign ? 200 : codeOf(this.#framing, bytes, start, at + MARKED_BYTES, end);
    if (this.#ledger.settle(readIndex(bytes, at), code, this.#nowMs)) this.#completed += 1;
  }
}

function protocolHeader({ framing, foreign }: TrafficJob): Record<string, string> {
  const subprotocol = foreign === undefined ? framing : foreign.subprotocol;
  return subprotocol === "" ? {} : { "Sec-WebSocket-Protocol": subprotocol };
}
