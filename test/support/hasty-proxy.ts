// A proxy that cuts connections which are silent, as those of an operator may.
import { connect, createServer, type Server, type Socket } from "node:net";

/** Cuts a connection on which nothing has come for so long. */
export async function hastyProxy(port: number, silenceMs: number): Promise<Server> {
  const proxy = createServer((client: Socket) => {
    const upstream = connect(port, "127.0.0.1");
    for (const socket of [client, upstream]) {
      socket.on("error", () => {});
      socket.setTimeout(silenceMs, () => {
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((listening) => proxy.listen(0, "127.0.0.1", listening));
  return proxy;
}
