// The bare server under every limit program: no login, users are numbers in the address, and a
// user's partner is its number with the last bit turned over.
import type { ServerWebSocket } from "bun";

export interface User {
  readonly number: number;
}

export type Socket = ServerWebSocket<User>;

export class Sockets {
  readonly #sockets: (Socket | undefined)[] = [];
  publish: (name: string, frame: string | Uint8Array) => void = () => {};

  partner(number: number): Socket | undefined {
    return this.#sockets[number ^ 1];
  }

  of(number: number): Socket | undefined {
    return this.#sockets[number];
  }

  get all(): readonly (Socket | undefined)[] {
    return this.#sockets;
  }

  /** The port that it listens at. */
  serve(
    onMessage: (socket: Socket, frame: string | Uint8Array) => void,
    onOpen: (socket: Socket) => void = () => {},
  ): number {
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch(request, self) {
        const number = Number(new URL(request.url).searchParams.get("user"));
        const offered = request.headers.get("sec-websocket-protocol");
        const headers = offered === null ? {} : { "Sec-WebSocket-Protocol": offered };
        if (self.upgrade(request, { data: { number }, headers })) return undefined;
        return new Response("this is a WebSocket address", { status: 400 });
      },
      websocket: {
        data: {} as User,
        perMessageDeflate: false,
        open: (socket) => {
          socket.binaryType = "uint8array";
          this.#sockets[socket.data.number] = socket;
          onOpen(socket);
        },
        message: (socket, frame) => onMessage(socket, frame),
        close: (socket) => {
          this.#sockets[socket.data.number] = undefined;
        },
      },
    });
    this.publish = (name, frame) => void server.publish(name, frame);
    return server.port ?? 0;
  }
}
