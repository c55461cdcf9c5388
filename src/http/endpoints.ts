/**
 * The life of a call: who calls, may he, what does the request say, the handler, the answer. Each
 * call is registered once, for the router and for /openapi.json.
 */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { Histogram, type Registry } from "prom-client";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { errorCode } from "../postgres/client.ts";
import { CODE } from "../wire/errors.ts";
import { answer, type Outcome, Refusal } from "./answer.ts";
import type { Access, Authorize, Caller } from "./auth.ts";
import { check, readBody, readQuery } from "./input.ts";
import type { HttpRates } from "./rates.ts";

type Method = "get" | "post" | "delete";

export interface Endpoint<Input extends z.ZodObject> {
  method: Method;
  path: string;
  tag: string;
  summary: string;
  access: Access;
  /** Of the query with GET, of the body otherwise. */
  input: Input;
  /** A body for the documentation. */
  example?: Record<string, unknown>;
  /** `data` of the answer. */
  data: z.ZodType;
  /** The answer is `data` line by line. */
  lines?: boolean;
  handle: (input: z.infer<Input>, caller: Caller) => Promise<Outcome>;
}

interface Environment {
  Bindings: { peerAddress: string };
}

export class Endpoints {
  readonly app = new OpenAPIHono<Environment>();
  readonly #authorize: Authorize;
  readonly #rates: HttpRates;
  readonly #bodyBytes: number;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #seconds: Histogram<"call" | "status">;
  readonly #methods = new Map<string, string[]>();

  constructor(parts: {
    authorize: Authorize;
    rates: HttpRates;
    bodyBytes: number;
    clock: Clock;
    log: Log;
    registry: Registry;
  }) {
    this.#clock = parts.clock;
    this.#authorize = parts.authorize;
    this.#rates = parts.rates;
    this.#bodyBytes = parts.bodyBytes;
    this.#log = parts.log;
    this.#seconds = new Histogram({
      name: "linnet_http_seconds",
      help: "Seconds from a call's headers to its answer",
      labelNames: ["call", "status"],
      buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
      registers: [parts.registry],
    });
  }

  add<Input extends z.ZodObject>(endpoint: Endpoint<Input>): void {
    const { method, path } = endpoint;
    this.app.openAPIRegistry.registerPath(documented(endpoint));
    const call = `${method.toUpperCase()} ${path}`;
    this.#allow(path, method);
    this.app.on(method.toUpperCase(), path, async (context) => {
      const startedMs = this.#clock.monotonicMs();
      const response = await this.#serve(endpoint, context.req.raw, context.env.peerAddress);
      const seconds = (this.#clock.monotonicMs() - startedMs) / 1000;
      this.#seconds.observe({ call, status: response.status }, seconds);
      return response;
    });
  }

  /** A page outside of the API: no credentials, nothing in /openapi.json. */
  addPage(path: string, page: () => Response | Promise<Response>): void {
    this.#allow(path, "get");
    this.app.get(path, page);
  }

  /** After all calls: what is left is no call. */
  close(): void {
    for (const [path, methods] of this.#methods) {
      const allow = methods.join(", ");
      this.app.all(path, () => answer(new Refusal(405, `${path} takes ${allow}`), { allow }));
    }
    this.app.notFound(({ req }) => answer(new Refusal(CODE.notFound, `there is no ${req.path}`)));
    this.app.onError((error, { req }) => answer(this.#failed(error, `${req.method} ${req.path}`)));
  }

  #allow(path: string, method: Method): void {
    this.#methods.set(path, [...(this.#methods.get(path) ?? []), method.toUpperCase()]);
  }

  async #serve<Input extends z.ZodObject>(
    endpoint: Endpoint<Input>,
    request: Request,
    peerAddress: string,
  ): Promise<Response> {
    const { access, method, path } = endpoint;
    const caller = this.#authorize(request.headers, access);
    const known = caller instanceof Refusal ? undefined : caller.user;
    const bounded = caller instanceof Refusal || known !== undefined;
    if (bounded && !this.#rates.take(known?.id, peerAddress, this.#clock.monotonicMs())) {
      return answer(new Refusal(CODE.rateLimited));
    }
    if (caller instanceof Refusal) {
      this.#log.info({ peerAddress, path, code: caller.code }, "call refused");
      return answer(caller);
    }
    try {
      const where = method === "get" ? "query" : "body";
      const given =
        method === "get" ? readQuery(request.url) : await readBody(request, this.#bodyBytes);
      if (given instanceof Refusal) return answer(given);
      const input = check(given, endpoint.input, where);
      if (input instanceof Refusal) return answer(input);
      return answer(await endpoint.handle(input, caller));
    } catch (error) {
      return answer(this.#failed(error, `${method.toUpperCase()} ${path}`));
    }
  }

  /** What went wrong is for the log; Postgres' own texts can quote what users wrote. */
  #failed(error: unknown, call: string): Refusal {
    const code = errorCode(error);
    if (AWAY.test(code)) {
      this.#log.warn({ call, error: code }, "store away during a call");
      return new Refusal(CODE.unavailable);
    }
    const what = code === "" && error instanceof Error ? (error.stack ?? error.message) : code;
    this.#log.error({ call, error: what }, "call failed");
    return new Refusal(CODE.internal);
  }
}

/** Postgres is away, overloaded or stopping (SQLSTATE classes), or the connection to it is lost. */
const AWAY = /^(?:08|53|57)|^CONNECT|^ECONN|^EPIPE|^ETIMEDOUT|^ENOTFOUND|^EAI_AGAIN|^ENOENT/;

function documented(endpoint: Endpoint<z.ZodObject>) {
  const { method, path, tag, summary, access, input, data } = endpoint;
  const keys: Record<string, string[]> =
    access === "administrator" ? { adminKey: [] } : { appKey: [] };
  const security = [keys];
  if (access === "anyone known") security.push({ userToken: [] });
  const json = (schema: z.ZodType) => ({ content: { "application/json": { schema } } });
  const example = endpoint.example ?? {};
  const body = { required: true, content: { "application/json": { schema: input, example } } };
  const answered = (of: z.ZodType) => json(z.object({ code: z.int(), msg: z.string(), data: of }));
  return createRoute({
    method,
    path,
    tags: [tag],
    summary,
    security,
    request: method === "get" ? { query: input } : { body },
    responses: {
      200: {
        description: "Done",
        ...(endpoint.lines === true
          ? { content: { "application/x-ndjson": { schema: data } } }
          : answered(data)),
      },
      default: {
        description: "Refused: `code` says why, `msg` what is wrong and where",
        ...answered(z.null()),
      },
    },
  });
}
