// A WebSocket client over plain TCP, which can stop reading as a phone with a bad line does.
import { connect, type Socket } from "node:net";
import { until } from "./pace.ts";

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** Reads JSON text frames that come whole; answers pings. */
export class TcpClient {
  readonly frames: string[] = [];
  isClosed = false;
  readonly #socket: Socket;
  #greeted = false;
  #bytes: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => this.#onData(chunk));
    socket.on("close", () => {
      this.isClosed = true;
    });
    socket.on("error", () => {});
  }

  static async open(base: string, headers: Record<string, string>): Promise<TcpClient> {
    const url = new URL(base);
    const socket = connect(Number(url.port), url.hostname);
    const client = new TcpClient(socket);
    const lines = [
      "GET /ws HTTP/1.1",
      `Host: ${url.host}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Protocol: json",
      `Sec-WebSocket-Key: ${Buffer.from("0123456789abcdef").toString("base64")}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ];
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    if (await until(() => client.frames.length > 0, 10_000, 5)) return client;
    throw new Error("no greeting within 10 s");
  }

  /** From here on the kernel's buffers fill, and then the server's. */
  stopReading(): void {
    this.#socket.pause();
  }

  goOn(): void {
    this.#socket.resume();
  }

  send(text: string): void {
    this.#write(TEXT, Buffer.from(text));
  }

  close(): void {
    this.#socket.destroy();
  }

  #onData(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    if (!this.#greeted) {
      const end = this.#bytes.indexOf("\r\n\r\n");
      if (end < 0) return;
      this.#greeted = true;
      this.#bytes = this.#bytes.subarray(end + 4);
    }
    while (this.#takeFrame()) {
      // Each turn takes one frame off.
    }
  }

  #takeFrame(): boolean {
    const bytes = this.#bytes;
    if (bytes.length < 2) return false;
    let length = (bytes[1] as number) & 127;
    let start = 2;
    if (length === 126) {
      if (bytes.length < 4) return false;
      length = bytes.readUInt16BE(2);
      start = 4;
    } else if (length === 127) {
      if (bytes.length < 10) return false;
      length = Number(bytes.readBigUInt64BE(2));
      start = 10;
    }
    if (bytes.length < start + length) return false;
    const payload = bytes.subarray(start, start + length);
    this.#bytes = bytes.subarray(start + length);
    const opcode = (bytes[0] as number) & 15;
    if (opcode === TEXT) this.frames.push(payload.toString());
    else if (opcode === PING) this.#write(PONG, Buffer.from(payload));
    else if (opcode === CLOSE) this.isClosed = true;
    return true;
  }

  /** Masked with zeros, which is a mask too. */
  #write(opcode: number, payload: Buffer): void {
    const head = Buffer.alloc(8);
    head[0] = 0x80 | opcode;
    head[1] = 0x80 | 126;
    head.writeUInt16BE(payload.length, 2);
    this.#socket.write(Buffer.concat([head, payload]));
  }
}
