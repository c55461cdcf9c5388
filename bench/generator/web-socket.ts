// A WebSocket client on a bare TCP socket: frames are found by their heads, and sent as bytes that
// were made before. The mask is four zero bytes, which the protocol allows and which costs nothing.
import type { Socket } from "bun";

/** What a connection tells its owner. A frame's bytes are only good during the call. */
export interface FrameHandler {
  frame(bytes: Uint8Array, start: number, end: number): void;
  /** After the last frame of what arrived at once. */
  chunkDone(): void;
  closed(code: number): void;
}

export interface Address {
  host: string;
  port: number;
  path: string;
  headers: Readonly<Record<string, string>>;
  /** Local address to connect from, for more connections than one has ports. */
  from?: string;
}

/** The server answered the upgrade with another status than 101. */
export class UpgradeRefused extends Error {
  override readonly name = "UpgradeRefused";
  readonly status: number;

  constructor(status: number, body: string) {
    super(`the upgrade was answered ${status}: ${body}`);
    this.status = status;
  }
}

const FRAME_HEAD_MOST = 14;
const PAYLOAD_16 = 126;
const PAYLOAD_64 = 127;
const OPCODE_CLOSE = 8;
const OPCODE_PING = 9;
const NO_BYTES = new Uint8Array(0);

export class RawWebSocket {
  #socket: Socket<unknown> | undefined;
  #rest: Uint8Array = NO_BYTES;
  #unsent: Uint8Array[] = [];
  #upgraded = false;
  #closeCode = 1006;
  #handler: FrameHandler;

  private constructor(handler: FrameHandler) {
    this.#handler = handler;
  }

  /** Settles when the upgrade was accepted. Rejects with UpgradeRefused or the socket's error. */
  static open(address: Address, handler: FrameHandler): Promise<RawWebSocket> {
    const client = new RawWebSocket(handler);
    return new Promise((resolve, reject) => {
      const done = (error?: Error): void => (error ? reject(error) : resolve(client));
      Bun.connect({
        hostname: address.host,
        port: address.port,
        ...(address.from === undefined ? {} : { localAddress: address.from }),
        socket: {
          open: (socket) => {
            client.#socket = socket;
            socket.setNoDelay(true);
            socket.write(upgradeRequest(address));
          },
          data: (_socket, chunk) => client.#onData(chunk, done),
          drain: () => client.#onDrain(),
          close: () => {
            done(new Error("closed before the upgrade was answered"));
            handler.closed(client.#closeCode);
          },
          error: (_socket, error) => done(error),
          connectError: (_socket, error) => done(error),
        },
      }).catch(done);
    });
  }

  /** Whole frames, heads with them. They are copied if the kernel takes only a part. */
  send(frames: Uint8Array): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    if (this.#unsent.length > 0) {
      this.#unsent.push(frames.slice());
      return;
    }
    const written = Math.max(socket.write(frames), 0);
    if (written < frames.length) this.#unsent.push(frames.slice(written));
  }

  close(): void {
    this.#socket?.end();
    this.#socket = undefined;
  }

  #onDrain(): void {
    while (this.#unsent.length > 0 && this.#socket !== undefined) {
      const first = this.#unsent[0] as Uint8Array;
      const written = Math.max(this.#socket.write(first), 0);
      if (written < first.length) {
        this.#unsent[0] = first.subarray(written);
        return;
      }
      this.#unsent.shift();
    }
  }

  #onData(chunk: Uint8Array, upgraded: (error?: Error) => void): void {
    let bytes = chunk;
    if (this.#rest.length > 0) {
      bytes = joined(this.#rest, chunk);
      this.#rest = NO_BYTES;
    }
    let at = 0;
    if (!this.#upgraded) {
      at = this.#readUpgrade(bytes, upgraded);
      if (at < 0) return;
    }
    at = this.#readFrames(bytes, at);
    if (at < bytes.length) this.#rest = bytes.slice(at);
    this.#handler.chunkDone();
  }

  /** Where frames begin, −1 when the answer is not whole or was no. */
  #readUpgrade(bytes: Uint8Array, upgraded: (error?: Error) => void): number {
    const text = Buffer.from(bytes).toString("latin1");
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      this.#rest = bytes.slice();
      return -1;
    }
    const status = Number(text.slice(9, 12));
    if (status !== 101) {
      upgraded(new UpgradeRefused(status, text.slice(end + 4)));
      this.close();
      return -1;
    }
    this.#upgraded = true;
    upgraded();
    return end + 4;
  }

  #readFrames(bytes: Uint8Array, from: number): number {
    let at = from;
    for (;;) {
      if (at + 2 > bytes.length) return at;
      let length = (bytes[at + 1] as number) & 0x7f;
      let start = at + 2;
      if (length === PAYLOAD_16) {
        if (at + 4 > bytes.length) return at;
        length = ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
        start = at + 4;
      } else if (length === PAYLOAD_64) {
        if (at + 10 > bytes.length) return at;
        length = new DataView(bytes.buffer, bytes.byteOffset + at + 6).getUint32(0);
        start = at + 10;
      }
      if (start + length > bytes.length) return at;
      const opcode = (bytes[at] as number) & 0x0f;
      at = start + length;
      if (opcode < OPCODE_CLOSE) this.#handler.frame(bytes, start, at);
      else if (opcode === OPCODE_PING) this.send(frameOf(0x8a, bytes.slice(start, at)));
      else if (opcode === OPCODE_CLOSE && length >= 2) {
        this.#closeCode = ((bytes[start] as number) << 8) | (bytes[start + 1] as number);
      }
    }
  }
}

/** A client's frame: head, a mask of zeros, payload. `first` is the frame's first byte. */
export function frameOf(first: number, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(FRAME_HEAD_MOST + payload.length);
  frame[0] = first;
  let at: number;
  if (payload.length < PAYLOAD_16) {
    frame[1] = 0x80 | payload.length;
    at = 2;
  } else {
    frame[1] = 0x80 | PAYLOAD_16;
    frame[2] = payload.length >>> 8;
    frame[3] = payload.length & 0xff;
    at = 4;
  }
  frame.set(payload, at + 4);
  return frame.subarray(0, at + 4 + payload.length);
}

function upgradeRequest(address: Address): string {
  const key = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const lines = [
    `GET ${address.path} HTTP/1.1`,
    `Host: ${address.host}:${address.port}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${key}`,
    ...Object.entries(address.headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
