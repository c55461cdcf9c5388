// Users who were away come back: connect, are greeted, and page through what they missed.
import { createCodec } from "../../src/wire/codec.ts";
import { CMD } from "../../src/wire/commands.ts";
import type { Envelope } from "../../src/wire/envelope.ts";
import type { Codec } from "../../src/wire/frame.ts";
import { startCpuMeter } from "../machine/processes.ts";
import type { CatchUpJob, CatchUpResult, ConnectionSpec } from "./job.ts";
import { Latency } from "./latency.ts";
import { type FrameHandler, frameOf, RawWebSocket } from "./web-socket.ts";

const CONNECTING_AT_ONCE = 256;

/** All of a round come back at the same moment; rounds follow one another. */
export async function runCatchUp(job: CatchUpJob): Promise<CatchUpResult> {
  const [greeted, first, last] = [new Latency(), new Latency(), new Latency()];
  const spent = startCpuMeter(job.processes);
  const startMs = performance.now();
  let events = 0;
  let holes = 0;
  let roundMs = 0;
  for (let round = 0; round < job.rounds; round++) {
    const roundStartMs = performance.now();
    let next = 0;
    const comeBack = async (): Promise<void> => {
      while (next < job.connections.length) {
        const number = next++;
        const spec = job.connections[number] as ConnectionSpec;
        const user = new ReturningUser(job, spec, number, roundStartMs);
        await user.run();
        greeted.record(user.greetedMs);
        first.record(user.firstPageMs);
        last.record(user.lastPageMs);
        events += user.events;
        holes += user.holes;
      }
    };
    const atOnce = Math.min(CONNECTING_AT_ONCE, job.connections.length);
    await Promise.all(Array.from({ length: atOnce }, comeBack));
    roundMs += performance.now() - roundStartMs;
  }
  const seconds = (performance.now() - startMs) / 1000;
  return {
    users: job.connections.length,
    rounds: job.rounds,
    events,
    holes,
    seconds,
    roundMs: roundMs / job.rounds,
    eventsPerSecond: events / seconds,
    greetedMs: greeted.summary(),
    firstPageMs: first.summary(),
    lastPageMs: last.summary(),
    cpuMicrosPerEvent: Object.fromEntries(
      Object.entries(spent()).map(([name, micros]) => [name, micros / Math.max(events, 1)]),
    ),
  };
}

class ReturningUser implements FrameHandler {
  readonly #job: CatchUpJob;
  readonly #spec: ConnectionSpec;
  readonly #port: number;
  readonly #codec: Codec;
  readonly #startMs: number;
  #socket: RawWebSocket | undefined;
  #epoch = "";
  #pts = 0;
  #askedMs = 0;
  #done: (error?: Error) => void = () => {};
  /** Since the round began; the pages since the first was asked for. */
  greetedMs = 0;
  firstPageMs = 0;
  lastPageMs = 0;
  events = 0;
  /** Events whose pts was not the one after the one before. */
  holes = 0;

  constructor(job: CatchUpJob, spec: ConnectionSpec, number: number, startMs: number) {
    this.#job = job;
    this.#spec = spec;
    this.#port = job.ports[number % job.ports.length] as number;
    this.#codec = createCodec(job.framing);
    this.#startMs = startMs;
  }

  async run(): Promise<void> {
    const finished = new Promise<void>((resolve, reject) => {
      this.#done = (error) => (error === undefined ? resolve() : reject(error));
    });
    const headers = { ...this.#spec.headers, "Sec-WebSocket-Protocol": this.#job.framing };
    const { host } = this.#job;
    const address = { host, port: this.#port, path: this.#spec.path, headers };
    this.#socket = await RawWebSocket.open(address, this);
    // The greeting may have come with the answer to the upgrade, before there was a socket here.
    if (this.#epoch !== "" && this.#askedMs === 0) this.#ask();
    await finished;
    this.#socket.close();
  }

  frame(bytes: Uint8Array, start: number, end: number): void {
    const isText = this.#job.framing === "json";
    const frame = bytes.slice(start, end);
    const envelope = this.#codec.decode(isText ? Buffer.from(frame).toString() : frame);
    if (typeof envelope === "string") return this.#done(new Error(`unreadable: ${envelope}`));
    if (envelope.direction === 2) return this.#page(envelope);
    if (this.#epoch !== "") return;
    const data = envelope.content?.data as { epoch?: string } | undefined;
    this.#epoch = data?.epoch ?? "none";
    this.greetedMs = performance.now() - this.#startMs;
    if (this.#socket !== undefined) this.#ask();
  }

  chunkDone(): void {}

  closed(code: number): void {
    this.#done(new Error(`closed with ${code} while it synced`));
  }

  #ask(): void {
    if (this.#askedMs === 0) this.#askedMs = performance.now();
    const data = { epoch: this.#epoch, pts: this.#pts, limit: this.#job.pageEvents };
    const request = {
      direction: 1,
      cmd: CMD.syncMsg,
      header: { localId: `page-${this.#pts}` },
      content: { data },
    };
    const encoded = this.#codec.encode(request);
    const isText = typeof encoded === "string";
    const payload = isText ? new TextEncoder().encode(encoded) : encoded;
    this.#socket?.send(frameOf(isText ? 0x81 : 0x82, payload));
  }

  #page(envelope: Envelope): void {
    const { code, data } = envelope.response ?? {};
    if (code !== 200) return this.#done(new Error(`a page was answered ${code}`));
    const page = data as { events?: Envelope[]; pts?: number; final?: boolean };
    const events = page.events ?? [];
    for (const event of events) {
      const pts = event.messageExtra?.pts ?? 0;
      if (pts !== this.#pts + 1) this.holes += 1;
      this.#pts = pts;
    }
    this.events += events.length;
    this.lastPageMs = performance.now() - this.#askedMs;
    if (this.firstPageMs === 0) this.firstPageMs = this.lastPageMs;
    if (page.final) this.#done();
    else this.#ask();
  }
}
