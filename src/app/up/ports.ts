// Finds TCP ports on the loopback address.
import { createServer } from "node:net";

/**
 * Below the ports that the kernel gives to outgoing connections: none of those takes it
 * meanwhile.
 */
const FIRST_PORT = 18_000;
const PORTS = 14_000;
const TRIES = 200;

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < TRIES; tried++) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    if ((await tryListen(port)) !== null) return port;
  }
  throw new Error("no free TCP port on 127.0.0.1");
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
