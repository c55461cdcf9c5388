/**
 * The listening socket of a gateway: the upgrade, with the token checked before it, and HTTP beside
 * it.
 */
import type { BlockList } from "node:net";
import type { Server } from "bun";
import { clientAddress, rateKey } from "../base/address.ts";
import type { Clock } from "../base/clock.ts";
import { withDeadline } from "../base/deadline.ts";
import type { Log } from "../base/log.ts";
import { CODE, CODE_TEXT } from "../wire/errors.ts";
import { SUBPROTOCOLS, type Subprotocol } from "../wire/frame.ts";
import { KeyedRates } from "../filter/keyed-rates.ts";
import type { Connections } from "./connections.ts";
import type { Credentials } from "./credentials.ts";
import type { SocketData } from "./sessions.ts";

export const DEVICES = [
  "im_app_ios",
  "im_app_android",
  "im_web",
  "im_pc_win",
  "im_pc_mac",
  "im_pc_linux",
] as const;

/** Whatever is not an upgrade. */
type Http = (request: Request, address: string, path: string) => Response | Promise<Response>;

export interface ServerLimits {
  frameBytes: number;
  /** Bytes that a connection's unsent frames may take; beyond, frames are dropped. */
  backlogBytes: number;
  connectsPerSecond: number;
  connectsBurst: number;
  bodyBytes: number;
}

/** An address of ours has a token of some hundred characters at most. Bun itself ends at 16 KiB. */
const URL_CHARACTERS_MAX = 8192;
/** Seconds; a net under the sweep of connections.ts. */
const IDLE_SECONDS = 120;
const LAST_MS = 1000;

export class GatewayServer {
  readonly #connections: Connections | undefined;
  readonly #credentials: Credentials;
  readonly #origins: ReadonlySet<string>;
  readonly #proxies: BlockList;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #http: Http;
  readonly #rates: KeyedRates<string>;
  readonly #server: Server<SocketData>;
  #draining = false;
  #closed: Promise<void> | undefined;

  constructor(parts: {
    /** Undefined in a process that only serves HTTP. */
    connections: Connections | undefined;
    credentials: Credentials;
    /** Pages that may connect; empty: all. */
    origins: ReadonlySet<string>;
    /** Whose X-Forwarded-For is believed. */
    proxies: BlockList;
    clock: Clock;
    log: Log;
    http: Http;
    host: string;
    port: number;
    limits: ServerLimits;
  }) {
    this.#connections = parts.connections;
    this.#credentials = parts.credentials;
    this.#origins = parts.origins;
    this.#proxies = parts.proxies;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#http = parts.http;
    const { limits } = parts;
    this.#rates = new KeyedRates(limits.connectsPerSecond, limits.connectsBurst);
    this.#server = this.#listen(parts.host, parts.port, limits);
  }

  get port(): number {
    return this.#server.port ?? 0;
  }

  publish(name: string, frame: string | Uint8Array): number {
    return this.#server.publish(name, frame);
  }

  /** No new connections from here on: where others share the port, they get them all. */
  drain(): void {
    this.#draining = true;
    this.#closed = this.#server.stop();
  }

  /** Waits a moment for those who are being closed or answered, then cuts whoever is left. */
  async stop(): Promise<void> {
    await withDeadline(this.#closed ?? this.#server.stop(), LAST_MS).catch(() => {});
    await this.#server.stop(true);
  }

  #listen(hostname: string, port: number, limits: ServerLimits): Server<SocketData> {
    const connections = this.#connections;
    return Bun.serve({
      hostname,
      port,
      reusePort: true,
      // Above the API's own bound, whose refusal has a code and a sentence.
      maxRequestBodySize: limits.bodyBytes * 2,
      fetch: (request, server) => this.#fetch(request, server),
      error: (error) => {
        this.#log.error({ error: String(error) }, "an HTTP request failed");
        return plain(CODE.internal);
      },
      websocket: {
        data: {} as SocketData,
        maxPayloadLength: limits.frameBytes,
        backpressureLimit: limits.backlogBytes,
        idleTimeout: IDLE_SECONDS,
        sendPings: false,
        perMessageDeflate: false,
        publishToSelf: false,
        open: (socket) => {
          socket.binaryType = "uint8array";
          connections?.opened(socket);
        },
        message: (socket, frame) => connections?.message(socket, frame),
        drain: (socket) => connections?.drained(socket),
        ping: (socket) => connections?.alive(socket),
        pong: (socket) => connections?.alive(socket),
        close: (socket) => connections?.closed(socket),
      },
    });
  }

  #fetch(request: Request, server: Server<SocketData>): Response | Promise<Response> | undefined {
    if (request.url.length > URL_CHARACTERS_MAX) return plain(CODE.tooLarge, "the address");
    const peer = server.requestIP(request)?.address ?? "";
    const address = clientAddress(peer, request.headers.get("x-forwarded-for"), this.#proxies);
    const path = pathOf(request.url);
    if (path !== "/ws") return this.#http(request, address, path);
    return this.#upgrade(request, server, address);
  }

  #upgrade(request: Request, server: Server<SocketData>, address: string): Response | undefined {
    if (this.#draining || this.#connections === undefined || this.#connections.full) {
      return plain(CODE.unavailable);
    }
    if (!this.#rates.take(rateKey(address), this.#clock.monotonicMs())) {
      return plain(CODE.rateLimited);
    }
    const { headers } = request;
    const origin = headers.get("origin");
    if (origin !== null && this.#origins.size > 0 && !this.#origins.has(origin.toLowerCase())) {
      return plain(CODE.forbidden, "origin");
    }
    const query = queryOf(request.url);
    const named = headers.get("deviceType") ?? query.get("deviceType") ?? undefined;
    const claims = this.#claims(headers, query, named);
    if (claims === undefined) {
      const banned = this.#credentials.isBanned(tokenOf(headers, query));
      return banned ? plain(CODE.forbidden, "banned") : plain(CODE.unauthorized);
    }
    const asked = named ?? claims.dev;
    // The one string of the list: a connection keeps none of its own.
    const device = DEVICES.find((known) => known === asked);
    if (device === undefined) return plain(CODE.badRequest, "deviceType");
    const offered = headers.get("sec-websocket-protocol");
    const framing = offered === null ? undefined : choose(offered);
    if (offered !== null && framing === undefined) {
      return plain(CODE.badRequest, `subprotocols are ${SUBPROTOCOLS.join(", ")}`);
    }
    const { uid: userId, sub: externalId, iat, tkt: ticket = "" } = claims;
    const issuedMs = Math.round(iat * 1000);
    const data = { slot: -1, userId, externalId, device, framing, issuedMs, ticket };
    const chosen = framing === undefined ? {} : { "Sec-WebSocket-Protocol": framing };
    if (server.upgrade(request, { data, headers: chosen })) return undefined;
    return plain(CODE.badRequest, "this is a WebSocket address");
  }

  /** A token in the headers, else a ticket or a token in the address. */
  #claims(headers: Headers, query: URLSearchParams, device: string | undefined) {
    const ticket = query.get("ticket");
    const inHeaders = headers.has("token") || headers.has("authorization");
    if (!inHeaders && ticket !== null) return this.#credentials.ofTicket(ticket, device);
    return this.#credentials.ofToken(tokenOf(headers, query), device);
  }
}

function tokenOf(headers: Headers, query: URLSearchParams): string {
  return headers.get("token") ?? headers.get("authorization") ?? query.get("token") ?? "";
}

/** The first that both sides know. */
function choose(offered: string): Subprotocol | undefined {
  for (const name of offered.split(",")) {
    const framing = SUBPROTOCOLS.find((known) => known === name.trim());
    if (framing !== undefined) return framing;
  }
  return undefined;
}

function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  if (start < 0) return "/";
  const end = url.indexOf("?", start);
  return end < 0 ? url.slice(start) : url.slice(start, end);
}

/** Not by URL, which throws when the Host header is nonsense. */
function queryOf(url: string): URLSearchParams {
  const start = url.indexOf("?");
  return new URLSearchParams(start < 0 ? "" : url.slice(start));
}

function plain(code: number, what = ""): Response {
  const msg = what === "" ? CODE_TEXT[code] : `${CODE_TEXT[code]}: ${what}`;
  return Response.json({ code, msg }, { status: code });
}
