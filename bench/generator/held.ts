// Connections that do nothing, or send heartbeats: opened, held until the orchestrator has looked,
// and closed.
import { createCodec } from "../../src/wire/codec.ts";
import { CMD } from "../../src/wire/commands.ts";
import type { Framing } from "../../src/wire/frame.ts";
import type { HeldJob, HeldResult } from "./job.ts";
import { openAll } from "./open-all.ts";
import { frameOf, RawWebSocket } from "./web-socket.ts";

/** `isOver` settles when the orchestrator has seen enough. */
export async function runHeld(job: HeldJob, isOver: Promise<void>): Promise<HeldResult> {
  const connections = job.connections.map((spec, n) => {
    const port = job.ports[n % job.ports.length] as number;
    return new HeldConnection(job, { host: job.host, port, ...spec });
  });
  const connectsPerSecond = await openAll(connections);
  const { framing, heartbeatMs = 0 } = job;
  const stopBeating =
    heartbeatMs > 0 ? beat(connections, heartbeatFrame(framing), heartbeatMs) : () => {};
  process.stdout.write("ready\n");
  await isOver;
  stopBeating();
  const closed = connections.filter((connection) => connection.isClosed).length;
  for (const connection of connections) connection.close();
  return { connectsPerSecond, opened: connections.length, closed };
}

const BEATING_EVERY_MS = 50;

/** In turn, spread over the time, as those of people are who did not come at the same moment. */
function beat(
  connections: readonly HeldConnection[],
  frame: Uint8Array,
  everyMs: number,
): () => void {
  const startMs = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - startMs) / everyMs) * connections.length;
    for (; sent < due; sent++) connections[sent % connections.length]?.send(frame);
  }, BEATING_EVERY_MS);
  return () => clearInterval(timer);
}

function heartbeatFrame(framing: Framing): Uint8Array {
  const envelope = { direction: 1, cmd: CMD.heartbeat, header: { localId: "beat" } };
  const encoded = createCodec(framing).encode(envelope);
  const isText = typeof encoded === "string";
  return frameOf(isText ? 0x81 : 0x82, isText ? new TextEncoder().encode(encoded) : encoded);
}

class HeldConnection {
  readonly #job: HeldJob;
  readonly #address: Parameters<typeof RawWebSocket.open>[0];
  #socket: RawWebSocket | undefined;
  isClosed = false;

  constructor(job: HeldJob, address: Parameters<typeof RawWebSocket.open>[0]) {
    this.#job = job;
    this.#address = address;
  }

  async open(): Promise<void> {
    let greeted = (): void => {};
    const greeting = new Promise<void>((resolve) => {
      greeted = resolve;
    });
    const headers = { ...this.#address.headers, "Sec-WebSocket-Protocol": this.#job.framing };
    this.#socket = await RawWebSocket.open(
      { ...this.#address, headers },
      {
        frame: () => greeted(),
        chunkDone: () => {},
        closed: () => {
          this.isClosed = true;
          greeted();
        },
      },
    );
    if (this.#job.greeting) await greeting;
  }

  send(frame: Uint8Array): void {
    this.#socket?.send(frame);
  }

  close(): void {
    this.#socket?.close();
  }
}
