/** Connections to Redis: raw commands with replies as bytes, and scripts by their hash. */
import { type TracingChannel, tracingChannel } from "node:diagnostics_channel";
import { createClient, ErrorReply, RESP_TYPES, SocketClosedUnexpectedlyError } from "redis";
import { pause } from "../base/backoff.ts";
import type { Log } from "../base/log.ts";
import { isClusterUrl, openCluster } from "./cluster.ts";

export type RedisArgument = string | Buffer;

/** Why a command failed: whether it can have been carried out. */
export type RedisFailure = "refused" | "unknown";

export interface RedisScript {
  readonly sha: string;
  readonly text: string;
}

export interface RedisConnection {
  /** Rejects at once while the connection is down. Strings in replies are Buffers. */
  command<T>(args: RedisArgument[]): Promise<T>;
  script<T>(script: RedisScript, keys: RedisArgument[], args: RedisArgument[]): Promise<T>;
  /** The same command at every node that holds keys. */
  everyNode<T>(args: RedisArgument[]): Promise<T[]>;
  readonly ready: boolean;
  close(): void;
}

/** What one server and a cluster of them have in common. */
export interface RedisNodes {
  readonly send: <T>(args: RedisArgument[]) => Promise<T>;
  readonly everyNode: <T>(args: RedisArgument[]) => Promise<T[]>;
  readonly ready: boolean;
  readonly close: () => void;
}

const CONNECT_TIMEOUT_MS = 2_000;
/** Above the longest BLOCK; a silent Redis is noticed after this. */
const SOCKET_TIMEOUT_MS = 5_000;
/** So that a connection that has nothing to say, as a standby's, isn't taken for dead. */
const PING_EVERY_MS = 2_000;
const QUEUE_COMMANDS_MAX = 50_000;

/**
 * Node's tracing channels say whether anybody listens; those of Bun 1.4.5 do not, and then
 * node-redis makes text of every argument of every command: 12 % of a gateway's time under load.
 */
function completeTracingChannels(): void {
  const prototype: unknown = Object.getPrototypeOf(tracingChannel("linnet"));
  if (typeof prototype !== "object" || prototype === null) return;
  if ("hasSubscribers" in prototype) return;
  Object.defineProperty(prototype, "hasSubscribers", {
    get(this: TracingChannel) {
      const { start, end, asyncStart, asyncEnd, error } = this;
      return [start, end, asyncStart, asyncEnd, error].some((part) => part.hasSubscribers);
    },
  });
}

/** For all connections; a connection for each node of a cluster. */
const OPTIONS = {
  RESP: 2,
  maintNotifications: "disabled",
  disableClientInfo: true,
  disableOfflineQueue: true,
  commandOptions: { timeout: 0, typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  pingInterval: PING_EVERY_MS,
  commandsQueueMaxLength: QUEUE_COMMANDS_MAX,
} as const;

/** Opens a connection that comes back by itself for ever; it may not stand yet on return. */
export function openRedis(url: string, name: string, log: Log): RedisConnection {
  completeTracingChannels();
  const nodes = isClusterUrl(url)
    ? openCluster(url, name, log, OPTIONS)
    : openServer(url, name, log);
  return {
    command: nodes.send,
    async script<T>(script: RedisScript, keys: RedisArgument[], args: RedisArgument[]) {
      const rest = [String(keys.length), ...keys, ...args];
      try {
        return await nodes.send<T>(["EVALSHA", script.sha, ...rest]);
      } catch (error) {
        if (!(error instanceof ErrorReply) || !error.message.startsWith("NOSCRIPT")) throw error;
        return nodes.send<T>(["EVAL", script.text, ...rest]);
      }
    },
    everyNode: nodes.everyNode,
    get ready() {
      return nodes.ready;
    },
    close: nodes.close,
  };
}

function openServer(url: string, name: string, log: Log): RedisNodes {
  const client = createClient({
    ...OPTIONS,
    url,
    name,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: SOCKET_TIMEOUT_MS,
      reconnectStrategy: (retries: number) =>
        Math.min(50 << Math.min(retries, 5), 1000) + Math.random() * 100,
    },
  });
  let lastError = "";
  client.on("error", (error: Error) => {
    if (error.message === lastError) return;
    lastError = error.message;
    log.warn({ connection: name, error: error.message }, "redis connection failed");
  });
  client.on("ready", () => {
    lastError = "";
  });
  client.connect().catch(() => {});
  return {
    send: <T>(args: RedisArgument[]) => client.sendCommand<T>(args),
    everyNode: async <T>(args: RedisArgument[]) => [await client.sendCommand<T>(args)],
    get ready() {
      return client.isReady;
    },
    close: () => client.destroy(),
  };
}

/** Whether a failed command was surely not carried out. */
export function failureOf(error: unknown): RedisFailure {
  if (error instanceof ErrorReply) return "refused";
  if (error instanceof SocketClosedUnexpectedlyError) return "unknown";
  return error instanceof Error && error.name === "ClientOfflineError" ? "refused" : "unknown";
}

const REACH_EVERY_MS = 25;

/** Waits until Redis answers; rejects with its last error when it has not after `withinMs`. */
export async function reachRedis(redis: RedisConnection, withinMs: number): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += REACH_EVERY_MS) {
    try {
      await redis.command(["PING"]);
      return;
    } catch (error) {
      if (waitedMs >= withinMs) throw error;
      await pause(REACH_EVERY_MS);
    }
  }
}
