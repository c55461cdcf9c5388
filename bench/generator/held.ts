// Connections that do nothing: opened, held until the orchestrator has looked, and closed.
import type { HeldJob, HeldResult } from "./job.ts";
import { openAll } from "./open-all.ts";
import { RawWebSocket } from "./web-socket.ts";

/** `isOver` settles when the orchestrator has seen enough. */
export async function runHeld(job: HeldJob, isOver: Promise<void>): Promise<HeldResult> {
  const connections = job.connections.map((spec, n) => {
    const port = job.ports[n % job.ports.length] as number;
    return new HeldConnection(job, { host: job.host, port, ...spec });
  });
  const connectsPerSecond = await openAll(connections);
  process.stdout.write("ready\n");
  await isOver;
  const closed = connections.filter((connection) => connection.isClosed).length;
  for (const connection of connections) connection.close();
  return { connectsPerSecond, opened: connections.length, closed };
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

  close(): void {
    this.#socket?.close();
  }
}
