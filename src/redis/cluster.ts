/** A Redis Cluster as one connection: each command goes to the node that holds its key. */
import { createCluster } from "redis";
import { withDeadline } from "../base/deadline.ts";
import type { Log } from "../base/log.ts";
import type { RedisArgument, RedisNodes } from "./client.ts";

const SCHEME = "redis+cluster:";
const RECONNECT_FIRST_MS = 50;
const RECONNECT_MAX_MS = 1000;
/** Above the longest BLOCK; a command for a node that is gone would wait for it for ever. */
const COMMAND_MS = 5_000;
/** How long a node is away before the others are asked who has its keys now. */
const REFRESH_MS = 500;

export function isClusterUrl(url: string): boolean {
  return url.startsWith(SCHEME);
}

/** `redis+cluster://user:password@host:port,host:port`; a few of the nodes, which know the rest. */
export function openCluster(url: string, name: string, log: Log, options: object): RedisNodes {
  const { rootNodes, username, password } = readUrl(url);
  const cluster = createCluster({
    ...options,
    rootNodes,
    defaults: {
      ...options,
      ...(username === "" ? {} : { username }),
      ...(password === "" ? {} : { password }),
      name,
      socket: {
        connectTimeout: 2_000,
        socketTimeout: COMMAND_MS,
        reconnectStrategy: (retries: number) =>
          Math.min(RECONNECT_FIRST_MS << Math.min(retries, 5), RECONNECT_MAX_MS) +
          Math.random() * 100,
      },
    },
    minimizeConnections: true,
    topologyRefreshOnReconnectionAttemptStrategy: REFRESH_MS,
  });
  let lastError = "";
  const failed = (error: Error): void => {
    if (error.message === lastError) return;
    lastError = error.message;
    log.warn({ connection: name, error: error.message }, "redis connection failed");
  };
  cluster.on("error", failed);
  cluster.on("node-error", failed);
  cluster.on("node-ready", () => {
    lastError = "";
  });
  let closed = false;
  let connected = false;
  const connect = (): void => {
    cluster.connect().then(
      () => {
        connected = true;
      },
      () => {
        if (!closed) setTimeout(connect, RECONNECT_MAX_MS);
      },
    );
  };
  connect();
  return {
    send: <T>(args: RedisArgument[]) =>
      withDeadline(cluster.sendCommand<T>(keyOf(args), false, args), COMMAND_MS),
    async everyNode<T>(args: RedisArgument[]) {
      const clients = await Promise.all(cluster.masters.map((node) => cluster.nodeClient(node)));
      return await Promise.all(clients.map((client) => client.sendCommand<T>(args)));
    },
    get ready() {
      return connected;
    },
    close() {
      closed = true;
      if (connected) cluster.destroy();
    },
  };
}

/** The key that decides where a command goes; all of a script's are in one slot by their braces. */
export function keyOf(args: readonly RedisArgument[]): RedisArgument | undefined {
  const command = String(args[0]);
  if (command === "EVALSHA" || command === "EVAL") return args[3];
  if (command === "XREAD") return args[args.indexOf("STREAMS") + 1];
  return args[1];
}

interface ClusterUrl {
  rootNodes: { url: string }[];
  username: string;
  password: string;
}

/** Throws TypeError for what is no address. */
function readUrl(url: string): ClusterUrl {
  const rest = url.slice(`${SCHEME}//`.length);
  const at = rest.lastIndexOf("@");
  const credentials = at < 0 ? "" : rest.slice(0, at);
  const hosts = rest.slice(at + 1).replace(/\/.*$/, "");
  const [username = "", password = ""] = credentials.split(":", 2).map(decodeURIComponent);
  const rootNodes = hosts.split(",").map((host) => {
    const address = new URL(`redis://${host}`);
    if (credentials !== "") {
      address.username = encodeURIComponent(username);
      address.password = encodeURIComponent(password);
    }
    return { url: address.href };
  });
  return { rootNodes, username, password };
}
