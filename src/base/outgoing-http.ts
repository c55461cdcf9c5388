/**
 * What the server posts to hosts that others name: webhooks, callbacks, offline pushes. A host's
 * name is resolved once, judged, and that very address is connected to, so that a name that answers
 * differently the second time leads nowhere. No redirect is followed; all of it is bounded.
 */
import { lookup } from "node:dns/promises";
import { request as plainRequest, type ClientRequest, type IncomingMessage } from "node:http";
import { request as secureRequest, type RequestOptions } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import {
  isListedAddress,
  isPublicAddress,
  type ListedHosts,
  readListedHosts,
} from "./public-address.ts";

/**
 * `refused`: not sent, and never will be to this address; `failed`: not sent, or it is not known
 * what became of it.
 */
export type PostOutcome =
  | {
      kind: "answer";
      status: number;
      headers: Readonly<Record<string, string>>;
      body: Uint8Array;
    }
  | { kind: "refused"; problem: string }
  | { kind: "failed"; problem: string };

export interface Post {
  url: string;
  body: string | Uint8Array;
  headers?: Readonly<Record<string, string>>;
  /** From the resolving of the name to the answer's last byte. */
  timeoutMs: number;
  /** 64 KiB unless said; a longer answer is a failure. */
  answerBytesMax?: number;
}

export type Resolve = (host: string) => Promise<readonly { address: string; family: number }[]>;

export const OUTGOING_BODY_BYTES_MAX = 4 << 20;
const ANSWER_BYTES_MAX = 64 << 10;

export class OutgoingHttp {
  readonly #listed: ListedHosts;
  readonly #resolve: Resolve;
  readonly #certificates: string[] | undefined;

  /**
   * `listed` may be private, and may be spoken to without TLS. `certificates` (PEM) are trusted
   * instead of the usual ones.
   */
  constructor(
    parts: { listed?: ListedHosts; resolve?: Resolve; certificates?: string[] | undefined } = {},
  ) {
    this.#listed = parts.listed ?? (readListedHosts("") as ListedHosts);
    this.#resolve = parts.resolve ?? resolveAll;
    this.#certificates = parts.certificates;
  }

  /**
   * The address to connect to for a URL, or a sentence why not. Never rejects for what the URL
   * says; rejects when the name can't be resolved.
   */
  async addressOf(url: URL): Promise<{ address: string; family: number } | string> {
    const problem = urlProblem(url);
    if (problem !== undefined) return problem;
    const host = hostOf(url);
    const family = isIP(host);
    const addresses = family === 0 ? await this.#resolve(host) : [{ address: host, family }];
    const [first] = addresses;
    if (first === undefined) throw new Error(`${host} has no address`);
    const isNamed = this.#listed.names.has(host);
    for (const { address } of addresses) {
      const isListed = isNamed || isListedAddress(this.#listed, address);
      if (isListed) continue;
      if (!isPublicAddress(address)) return `${host} leads to a private address, and is not listed`;
      if (url.protocol === "http:") return `${host} is not listed, so it takes https`;
    }
    return first;
  }

  async post(post: Post): Promise<PostOutcome> {
    const url = URL.parse(post.url);
    if (url === null) return { kind: "refused", problem: "no URL" };
    const body = typeof post.body === "string" ? Buffer.from(post.body) : post.body;
    if (body.length > OUTGOING_BODY_BYTES_MAX) return { kind: "refused", problem: "too large" };
    const { promise, resolve } = Promise.withResolvers<PostOutcome>();
    const fail = (problem: string): void => resolve({ kind: "failed", problem });
    let sent: ClientRequest | undefined;
    let isOver = false;
    const timer = setTimeout(() => {
      isOver = true;
      fail(`no answer within ${post.timeoutMs} ms`);
      sent?.destroy();
    }, post.timeoutMs);
    const start = async (): Promise<void> => {
      const target = await this.addressOf(url);
      if (typeof target === "string") return resolve({ kind: "refused", problem: target });
      if (isOver) return;
      sent = this.#send(url, target, { ...post, body }, { resolve, fail });
    };
    start().catch((error: unknown) => fail(String(error)));
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      isOver = true;
      sent?.destroy();
    }
  }

  #send(
    url: URL,
    target: { address: string; family: number },
    post: Post & { body: Uint8Array },
    end: { resolve: (outcome: PostOutcome) => void; fail: (problem: string) => void },
  ): ClientRequest {
    const host = hostOf(url);
    const pinned: LookupFunction = (_name, options, callback) => {
      if (options.all) callback(null, [target]);
      else callback(null, target.address, target.family);
    };
    const options: RequestOptions = {
      host,
      port: url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port),
      path: `${url.pathname}${url.search}`,
      method: "POST",
      // Each connection has been judged for its own request, so none is kept for another.
      agent: false,
      lookup: pinned,
      headers: {
        ...post.headers,
        host: url.host,
        "content-length": String(post.body.length),
        connection: "close",
      },
      ...(this.#certificates ? { ca: this.#certificates } : {}),
      ...(isIP(host) === 0 ? { servername: host } : {}),
    };
    const ask = url.protocol === "https:" ? secureRequest : plainRequest;
    const sent = ask(options, (answer) => gather(answer, post.answerBytesMax, end));
    sent.on("error", (error) => end.fail(String(error)));
    sent.end(post.body);
    return sent;
  }
}

function gather(
  answer: IncomingMessage,
  bytesMax: number | undefined,
  end: { resolve: (outcome: PostOutcome) => void; fail: (problem: string) => void },
): void {
  const parts: Buffer[] = [];
  let bytes = 0;
  answer.on("data", (part: Buffer) => {
    bytes += part.length;
    if (bytes > (bytesMax ?? ANSWER_BYTES_MAX)) end.fail("the answer is too large");
    else parts.push(part);
  });
  answer.on("error", (error) => end.fail(String(error)));
  answer.on("aborted", () => end.fail("the answer was cut off"));
  answer.on("end", () => {
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(answer.headers)) {
      if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
    }
    const status = answer.statusCode ?? 0;
    end.resolve({ kind: "answer", status, headers, body: Buffer.concat(parts) });
  });
}

/** What is wrong with a URL before any name is resolved. */
export function urlProblem(url: URL): string | undefined {
  if (url.protocol !== "https:" && url.protocol !== "http:") return "only https and http";
  if (url.username !== "" || url.password !== "") return "a URL carries no password";
  return undefined;
}

/** The host in lower case, an IPv6 address without its brackets, a name without its last dot. */
function hostOf(url: URL): string {
  const host = url.hostname.toLowerCase();
  return host.startsWith("[") ? host.slice(1, -1) : host.replace(/\.$/, "");
}

function resolveAll(host: string): Promise<{ address: string; family: number }[]> {
  return lookup(host, { all: true, order: "ipv4first" });
}
