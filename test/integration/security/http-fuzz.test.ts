// Whatever a call says, it is answered by a code that isn't 500, and the server goes on.
import { afterAll, beforeAll, expect, test } from "bun:test";
import * as fc from "fast-check";
import { type As, AS_APP, startServer, type TestServer } from "../http/server.ts";

const RUNS = Number(Bun.env["LINNET_FUZZ_RUNS"] ?? 60);

let server: TestServer;
let alice: As;
let conversationId = "";

interface Schema {
  properties?: Record<string, unknown>;
}

interface Operation {
  parameters?: { name: string; in: string }[];
  requestBody?: { content: { "application/json": { schema: Schema; example?: object } } };
}

interface Call {
  method: string;
  path: string;
  fields: string[];
  example: object;
}

let calls: Call[] = [];

beforeAll(async () => {
  const ample = "1000000000";
  server = await startServer({
    LINNET_HTTP_PER_SECOND: ample,
    LINNET_HTTP_BURST: ample,
    LINNET_ADDRESS_HTTP_PER_SECOND: ample,
    LINNET_ADDRESS_HTTP_BURST: ample,
  });
  alice = await server.login("alice");
  await server.login("bob");
  const group = { ownerId: "alice", name: "g", memberIds: ["bob"] };
  const made = await server.call("POST", "/openapi/v1/group", AS_APP, group);
  conversationId = (made.data as { conversationId: string }).conversationId;
  calls = await allCalls();
}, 60_000);

afterAll(() => server.stop());

/** Every call that the server itself documents, so that none is forgotten. */
async function allCalls(): Promise<Call[]> {
  const response = await fetch(`${server.url}/openapi.json`);
  const { paths } = (await response.json()) as { paths: Record<string, Record<string, Operation>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => {
      const { schema = {}, example = {} } = requestBody?.content["application/json"] ?? {};
      const fields = Object.keys(schema.properties ?? {});
      const names = parameters.map(({ name }) => name);
      return { method: method.toUpperCase(), path, fields: [...fields, ...names], example };
    }),
  );
}

const text = fc.oneof(
  fc.constantFrom("alice", "bob", "", "0", "-1", "1e99", "\0", "\ud800", "9007199254740993"),
  fc.constantFrom("im_web", "__proto__", "9223372036854775808", "true", "null", "ä".repeat(70)),
  fc.string({ unit: "binary", maxLength: 100 }),
);
const odd: fc.Arbitrary<unknown> = fc.oneof(
  text,
  fc.constantFrom(null, true, 0, -1, 1, 2, 4, 1.5, 1e300, 2 ** 53, [], {}, [null], [[]]),
  fc.integer(),
  fc.array(text, { maxLength: 5 }),
  fc.constant(Array.from({ length: 501 }, (_, i) => `u${i}`)),
  fc.jsonValue({ maxDepth: 4 }),
  fc.dictionary(
    fc.constantFrom(
      "text",
      "items",
      "mentions",
      "quote",
      "extension",
      "data",
      "uids",
      "all",
      "ttl",
    ),
    fc.jsonValue(),
  ),
);

/** Fields that a call knows, with values that are right, odd, or absent. */
function bodies({ fields, example }: Call): fc.Arbitrary<Record<string, unknown>> {
  const shaped = fc.record(Object.fromEntries(fields.map((name) => [name, odd])), {
    requiredKeys: [],
  });
  const right = { ...example, ...(fields.includes("conversationId") ? { conversationId } : {}) };
  return fc.oneof(
    shaped,
    shaped.map((some) => {
      const [first] = Object.entries(some);
      return first === undefined ? right : { ...right, [first[0]]: first[1] };
    }),
    fc.dictionary(fc.string(), odd),
  );
}

async function statusOf(call: Call, as: As, input: unknown): Promise<number> {
  const headers: Record<string, string> = {};
  if (as.appKey !== undefined) headers["x-app-key"] = as.appKey;
  if (as.token !== undefined) headers["authorization"] = as.token;
  const isGet = call.method === "GET";
  const query = new URLSearchParams();
  if (isGet) {
    for (const [name, value] of Object.entries(input as object)) {
      const written = typeof value === "string" ? value : JSON.stringify(value);
      query.set(name, written.slice(0, 500));
    }
  }
  const raw = typeof input === "string" || input instanceof Uint8Array;
  const body = isGet ? {} : { body: raw ? (input as string) : JSON.stringify(input) };
  const address = `${server.url}${call.path}?${query}`;
  const response = await fetch(address, { method: call.method, headers, ...body });
  const answer = await response.text();
  // An export is lines, not an answer with a code.
  if (response.headers.get("content-type")?.includes("ndjson")) return response.status;
  const answered = JSON.parse(answer) as { code: number; msg: string };
  expect(typeof answered.msg).toBe("string");
  expect(answered.code).not.toBe(500);
  return response.status;
}

test("every documented call, with fields that are odd", async () => {
  expect(calls.length).toBeGreaterThanOrEqual(15);
  const seen = new Map<number, number>();
  for (const call of calls) {
    await fc.assert(
      fc.asyncProperty(bodies(call), fc.boolean(), async (body, asApp) => {
        const status = await statusOf(call, asApp ? AS_APP : alice, body);
        seen.set(status, (seen.get(status) ?? 0) + 1);
        if (status === 401) alice = await server.login("alice");
        expect([call.path, status, status < 500]).toEqual([call.path, status, true]);
      }),
      { numRuns: RUNS },
    );
  }
  // The fuzz reaches what is behind the checks, too.
  expect(seen.get(200) ?? 0).toBeGreaterThan(RUNS / 2);
  expect(seen.get(400) ?? 0).toBeGreaterThan(RUNS);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
}, 120_000);

test("every documented call, with bodies that are no objects", async () => {
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ unit: "binary" }),
    fc.json(),
    fc.json().map((json) => json.slice(0, -1)),
  );
  for (const call of calls.filter(({ method }) => method !== "GET")) {
    await fc.assert(
      fc.asyncProperty(body, async (bytes) => {
        const status = await statusOf(call, AS_APP, bytes);
        expect(status < 500).toBe(true);
      }),
      { numRuns: RUNS / 2 },
    );
  }
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
}, 120_000);

test("paths and headers of any kind", async () => {
  const headers = fc.dictionary(
    fc.constantFrom("authorization", "x-app-key", "content-type", "x-forwarded-for", "origin"),
    fc.string({ maxLength: 200 }).map((value) => value.replace(/[^\x20-\x7e]/g, "?").trim()),
  );
  await fc.assert(
    fc.asyncProperty(fc.webPath(), headers, async (path, some) => {
      const response = await fetch(`${server.url}/${path}`, { method: "POST", headers: some });
      await response.body?.cancel();
      expect(response.status).toBeLessThan(500);
    }),
    { numRuns: RUNS * 3 },
  );
});
