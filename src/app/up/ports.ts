// Finds TCP ports on the loopback address.
import { createServer } from "node:net";

/** A port that was free a moment ago, or 0's answer from the kernel. */
export function freePort(): Promise<number> {
  return tryListen(0).then((port) => {
    if (port === null) throw new Error("no free TCP port on 127.0.0.1");
    return port;
  });
}

/** `preferred` when nobody listens on it (so that addresses survive a restart), else any. */
export async function freePortNear(preferred: number | undefined): Promise<number> {
  if (preferred !== undefined && (await tryListen(preferred)) !== null) return preferred;
  return freePort();
}

export async function isPortFree(port: number): Promise<boolean> {
  return (await tryListen(port)) !== null;
}

function tryListen(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(null));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      const address = server.address();
      const bound = address !== null && typeof address === "object" ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}
