/** Reads what a request carries, bounded in bytes and depth, and checks it by a schema. */
import type { z } from "@hono/zod-openapi";
import { CODE } from "../wire/errors.ts";
import { nestsDeeper } from "../wire/json-depth.ts";
import { LIMIT } from "../wire/limits.ts";
import { Refusal } from "./answer.ts";

/** The body as an object without its nulls: `null` is absent. */
export async function readBody(
  request: Request,
  bytesMax: number,
): Promise<Record<string, unknown> | Refusal> {
  const bytes = await readBytes(request, bytesMax);
  if (bytes instanceof Refusal) return bytes;
  const body = parse(bytes);
  if (body instanceof Refusal) return body;
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return new Refusal(CODE.malformed, "body: not an object");
  }
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}

/** The first value of each name; an empty one is absent. */
export function readQuery(url: string): Record<string, unknown> {
  const query = new Map<string, string>();
  const start = url.indexOf("?");
  // Not by URL, which throws when the Host header is nonsense.
  for (const [key, value] of new URLSearchParams(start < 0 ? "" : url.slice(start))) {
    if (value !== "" && !query.has(key)) query.set(key, value);
  }
  return Object.fromEntries(query);
}

/** `where` is "body" or "query". */
export function check<Schema extends z.ZodObject>(
  value: Record<string, unknown>,
  schema: Schema,
  where: string,
): z.infer<Schema> | Refusal {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue === undefined) return new Refusal(CODE.malformed, where);
  const path = issue.path.map((step) =>
    typeof step === "number" ? `[${step}]` : `.${String(step)}`,
  );
  const code = codeOf(issue, value);
  const message = code === CODE.incomplete && issue.code !== "custom" ? "absent" : issue.message;
  return new Refusal(code, `${where}${path.join("")}: ${message}`);
}

function codeOf(issue: z.core.$ZodIssue, value: unknown): number {
  if (issue.code === "custom") return Number(issue.params?.["code"] ?? CODE.malformed);
  if (issue.code === "too_big") return CODE.tooLarge;
  return valueAt(value, issue.path) === undefined ? CODE.incomplete : CODE.malformed;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<PropertyKey, unknown>)[step];
  }
  return at;
}

async function readBytes(request: Request, bytesMax: number): Promise<Uint8Array | Refusal> {
  const tooLarge = new Refusal(CODE.tooLarge, `body: more than ${bytesMax} bytes`);
  if (Number(request.headers.get("content-length") ?? 0) > bytesMax) return tooLarge;
  if (request.body === null) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of request.body) {
      length += chunk.length;
      if (length > bytesMax) return tooLarge;
      chunks.push(chunk);
    }
  } catch {
    return new Refusal(CODE.malformed, "body: it broke off");
  }
  return Buffer.concat(chunks, length);
}

function parse(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new Refusal(CODE.malformed, "body: not UTF-8");
  }
  if (nestsDeeper(text, LIMIT.depth)) {
    return new Refusal(CODE.malformed, `body: nested deeper than ${LIMIT.depth}`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return new Refusal(CODE.malformed, "body: not JSON");
  }
}
