// Tokens: one algorithm, keys by name, and the change of keys.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createHmac, generateKeyPairSync, sign as signBytes } from "node:crypto";
import { startServer, type TestServer } from "../http/server.ts";
import { openSocket, upgradeStatus } from "./socket.ts";

const OLD = "old:0123456789abcdef0123456789abcdef";
const NEW = "new:fedcba9876543210fedcba9876543210";

let before: TestServer;
let during: TestServer;
let after: TestServer;
let token = "";

beforeAll(async () => {
  before = await startServer({ LINNET_TOKEN_KEYS: OLD });
  const same = { DATABASE_URL: before.databaseUrl, REDIS_URL: before.redis.url };
  during = await startServer({ ...same, LINNET_TOKEN_KEYS: `${NEW},${OLD}` });
  after = await startServer({ ...same, LINNET_TOKEN_KEYS: NEW });
  token = await login(before, "alice");
}, 60_000);

afterAll(async () => {
  for (const server of [after, during, before]) await server.stop();
});

async function login(server: TestServer, id: string): Promise<string> {
  return ((await server.login(id)).token ?? "").replace("Bearer ", "");
}

const status = (server: TestServer, given: string): Promise<number> =>
  upgradeStatus(server.url, { token: given, deviceType: "im_web" });

async function syncCode(server: TestServer, given: string): Promise<number> {
  return (await server.call("GET", "/openapi/v1/sync", { token: `Bearer ${given}` }, {})).code;
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const headOf = (given: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(given.split(".")[0] ?? "", "base64url").toString());
const bodyOf = (given: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(given.split(".")[1] ?? "", "base64url").toString());

/** A token signed with a right key, whatever its header and claims say. */
function signed(header: object, claims: object, secret = OLD.slice(4), digest = "sha256"): string {
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${createHmac(digest, secret).update(text).digest("base64url")}`;
}

test("the algorithm is HS256 and no other, whatever the header says", async () => {
  const claims = bodyOf(token);
  const head = { alg: "HS256", typ: "JWT", kid: "old" };
  expect(await status(before, signed(head, claims))).toBe(101);
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const rsText = `${part({ ...head, alg: "RS256" })}.${part(claims)}`;
  const rs = signBytes("sha256", Buffer.from(rsText), privateKey).toString("base64url");
  const [head0 = "", , signature = ""] = token.split(".");
  const forged = {
    none: `${part({ ...head, alg: "none" })}.${part(claims)}.`,
    "none, signed": signed({ ...head, alg: "none" }, claims),
    None: signed({ ...head, alg: "None" }, claims),
    RS256: `${rsText}.${rs}`,
    "RS256, signed as HS256": signed({ ...head, alg: "RS256" }, claims),
    HS512: signed({ ...head, alg: "HS512" }, claims, OLD.slice(4), "sha512"),
    "no algorithm": signed({ typ: "JWT", kid: "old" }, claims),
    "no kid": signed({ alg: "HS256" }, claims),
    "another kid": signed({ ...head, kid: "other" }, claims),
    "a kid of the prototype": signed({ ...head, kid: "__proto__" }, claims),
    "another secret": signed(head, claims, "x".repeat(32)),
    "an empty secret": signed(head, claims, ""),
    "another user": [head0, part({ ...claims, uid: 1e9 }), signature].join("."),
    "no signature": `${token.split(".").slice(0, 2).join(".")}.`,
    "two parts": token.split(".").slice(0, 2).join("."),
    "no end": signed(head, { ...claims, exp: undefined }),
    "an end that was": signed(head, { ...claims, exp: 1 }),
    "no beginning": signed(head, { ...claims, iat: undefined }),
    "a name for an id": signed(head, { ...claims, uid: "1" }),
    long: `${token}${"A".repeat(4000)}`,
  };
  for (const [what, given] of Object.entries(forged)) {
    expect([what, await status(before, given)]).toEqual([what, 401]);
    expect([what, await syncCode(before, given)]).toEqual([what, 401]);
  }
});

test("keys change without anybody logging in again: the first signs, all verify", async () => {
  expect(headOf(token)["kid"]).toBe("old");
  const newer = await login(during, "alice");
  expect(headOf(newer)["kid"]).toBe("new");
  expect(await status(during, token)).toBe(101);
  expect(await status(during, newer)).toBe(101);
  expect(await status(after, newer)).toBe(101);
  expect(await status(after, token)).toBe(401);
  expect(await syncCode(after, token)).toBe(401);
  expect(await status(before, newer)).toBe(401);
  const socket = openSocket(after.url, { token: newer, deviceType: "im_web" });
  await socket.greeted;
  socket.close();
});
