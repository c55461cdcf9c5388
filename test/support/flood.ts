// More frames than a client library could make: whole batches of them over plain TCP, each with a
// localId of its own, and what became of each. For rates at which refusing is the server's work.
import { connect, type Socket } from "node:net";
import { wait } from "./pace.ts";

export interface FloodOutcome {
  sent: number;
  /** Answers by their code. */
  codes: Map<number, number>;
  /** From writing a frame to its answer 200, ms, sorted. */
  latencies: number[];
}

const BATCH = 64;
const DIGITS = 9;
/**
 * A connection with so many frames without an answer is passed over: the server doesn't read
 * faster, and what waits in the kernel's buffers would be taken for its latency.
 */
const OPEN_MAX = 500;
const CODE_KEY = Buffer.from('"response":{"code":');
const ID_KEY = Buffer.from('"localId":"f');

interface Line {
  socket: Socket;
  batch: Buffer;
  /** Where each frame's localId has its digits. */
  digitsAt: number[];
  rest: Buffer;
  /** Frames without an answer. */
  open: number;
}

/** Connections that write frames as fast as they are told; `tokens` of users, each with a peer. */
export class Flood {
  readonly #lines: Line[] = [];
  readonly #sentAtMs = new Float64Array(10 ** 8 / 8);
  #codes = new Map<number, number>();
  #latencies: number[] = [];
  #next = 0;
  #open = 0;

  static async open(base: string, users: readonly { token: string; peer: string }[]) {
    const flood = new Flood();
    for (const { token, peer } of users) flood.#lines.push(await flood.#connect(base, token, peer));
    return flood;
  }

  /** As many a second, or as many as the server reads. */
  async run(perSecond: number, forMs: number, answersMs: number): Promise<FloodOutcome> {
    this.#codes = new Map();
    this.#latencies = [];
    const first = this.#next;
    const startMs = performance.now();
    let turn = 0;
    for (let passedMs = 0; passedMs < forMs; passedMs = performance.now() - startMs) {
      let due = Math.floor((passedMs * perSecond) / 1000) - (this.#next - first);
      for (let tries = 0; due >= BATCH && tries < this.#lines.length; tries++) {
        if (this.#write(this.#lines[turn++ % this.#lines.length] as Line)) due -= BATCH;
      }
      await wait(1);
    }
    const endMs = performance.now() + answersMs;
    while (this.#open > 0 && performance.now() < endMs) await wait(5);
    this.#latencies.sort((a, b) => a - b);
    return { sent: this.#next - first, codes: this.#codes, latencies: this.#latencies };
  }

  close(): void {
    for (const { socket } of this.#lines) socket.destroy();
  }

  #write(line: Line): boolean {
    if (line.open >= OPEN_MAX) return false;
    const { socket, batch, digitsAt } = line;
    const nowMs = performance.now();
    const copy = Buffer.from(batch);
    for (const at of digitsAt) {
      let number = this.#next % this.#sentAtMs.length;
      this.#sentAtMs[number] = nowMs;
      for (let digit = DIGITS - 1; digit >= 0; digit--) {
        copy[at + digit] = 48 + (number % 10);
        number = Math.floor(number / 10);
      }
      this.#next += 1;
    }
    this.#open += digitsAt.length;
    line.open += digitsAt.length;
    socket.write(copy);
    return true;
  }

  async #connect(base: string, token: string, peer: string): Promise<Line> {
    const url = new URL(base);
    const socket = connect(Number(url.port), url.hostname);
    socket.on("error", () => {});
    const lines = [
      `GET /ws?token=${encodeURIComponent(token)}&deviceType=im_web HTTP/1.1`,
      `Host: ${url.host}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Protocol: json",
      `Sec-WebSocket-Key: ${Buffer.from("0123456789abcdef").toString("base64")}`,
    ];
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    const line: Line = { socket, ...batchFor(peer), rest: Buffer.alloc(0), open: 0 };
    const greeted = Promise.withResolvers<void>();
    socket.on("data", (chunk: Buffer) => {
      if (chunk.includes('"heartbeatMs"')) greeted.resolve();
      this.#hear(line, chunk);
    });
    await greeted.promise;
    return line;
  }

  /** Looks for answers alone; the end of a chunk may hold the beginning of one. */
  #hear(line: Line, chunk: Buffer): void {
    const bytes = line.rest.length === 0 ? chunk : Buffer.concat([line.rest, chunk]);
    let done = 0;
    for (let at = bytes.indexOf(CODE_KEY); at >= 0; at = bytes.indexOf(CODE_KEY, done)) {
      const end = at + CODE_KEY.length + 3;
      if (end > bytes.length) break;
      const code = Number(bytes.toString("latin1", end - 3, end));
      this.#codes.set(code, (this.#codes.get(code) ?? 0) + 1);
      this.#open -= 1;
      line.open -= 1;
      if (code === 200) {
        const idAt = bytes.lastIndexOf(ID_KEY, at) + ID_KEY.length;
        const number = Number(bytes.toString("latin1", idAt, idAt + DIGITS));
        this.#latencies.push(performance.now() - (this.#sentAtMs[number] as number));
      }
      done = end;
    }
    line.rest = Buffer.from(bytes.subarray(Math.max(done, bytes.length - 512)));
  }
}

/** Frames masked with zeros, which is a mask too. */
function batchFor(peer: string): { batch: Buffer; digitsAt: number[] } {
  const start = '{"direction":1,"cmd":1,"header":{"version":1,"localId":"f';
  const text = "x".repeat(100);
  const end = `"},"route":{"to":"${peer}"},"content":{"text":"${text}"}}`;
  const payload = Buffer.from(`${start}${"0".repeat(DIGITS)}${end}`);
  const head = Buffer.from([
    0x81,
    0x80 | 126,
    payload.length >> 8,
    payload.length & 255,
    0,
    0,
    0,
    0,
  ]);
  const frame = Buffer.concat([head, payload]);
  const digitsAt = Array.from(
    { length: BATCH },
    (_, index) => index * frame.length + head.length + start.length,
  );
  return { batch: Buffer.concat(Array.from({ length: BATCH }, () => frame)), digitsAt };
}
