// The socket.io server that is measured: as short as such a service can be, and durable.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import postgres from "postgres";
import { CHECKOUT } from "../../machine/cores.ts";

/** The little of socket.io that is used here; the package itself is not a dependency. */
interface Socket {
  readonly handshake: { readonly query: Readonly<Record<string, string>> };
  on(name: string, heard: (...values: never[]) => void): void;
  emit(name: string, ...values: unknown[]): void;
}

interface SocketIo {
  readonly Server: new (
    http: ReturnType<typeof createServer>,
    options: object,
  ) => { on(name: string, heard: (socket: Socket) => void): void };
}

const POOL = 10;

const sql = postgres(process.env["BENCH_DATABASE_URL"] ?? "", { max: POOL, onnotice: () => {} });
await sql`
  CREATE TABLE IF NOT EXISTS socket_io_messages (
    id bigserial PRIMARY KEY, sender int, recipient int, local_id text, body text,
    created_at timestamptz DEFAULT now())`;

const installed = join(CHECKOUT, ".linnet", "rivals", "node_modules");
const path = join(installed, "socket.io", "dist", "index.js");
const { Server } = (await import(path)) as SocketIo;
const http = createServer();
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false });
const sockets = new Map<number, Socket>();

io.on("connection", (socket) => {
  const user = Number(socket.handshake.query["user"]);
  sockets.set(user, socket);
  socket.on("disconnect", () => sockets.delete(user));
  socket.on("m", (to: number, localId: string, text: string) => {
    void store(user, to, localId, text).then(() => {
      sockets.get(to)?.emit("m", user, localId, text);
      socket.emit("a", localId);
    });
  });
});

async function store(user: number, to: number, localId: string, text: string): Promise<void> {
  await sql`
    INSERT INTO socket_io_messages (sender, recipient, local_id, body)
    VALUES (${user}, ${to}, ${localId}, ${text})`;
}

http.listen(0, "127.0.0.1", () => {
  process.stdout.write(`port ${(http.address() as AddressInfo).port}\n`);
});
