// Whom the server posts to on somebody else's word, and how much of an answer it takes.
import { afterAll, beforeAll, expect, test } from "bun:test";
import * as fc from "fast-check";
import { BlockList } from "node:net";
import { OutgoingHttp } from "../../../src/base/outgoing-http.ts";
import {
  addressBytes,
  isListedAddress,
  isPublicAddress,
  type ListedHosts,
  readListedHosts,
} from "../../../src/base/public-address.ts";
import { isSignature, signature, signedHeaders } from "../../../src/base/signature.ts";

const seen: { path: string; host: string | null; body: string; signature: string | null }[] = [];
let server: ReturnType<typeof Bun.serve>;

beforeAll(() => {
  server = Bun.serve({ port: 0, hostname: "127.0.0.1", idleTimeout: 5, fetch: answer });
});

afterAll(() => server.stop(true));

async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  seen.push({
    path: pathname,
    host: request.headers.get("host"),
    body: await request.text(),
    signature: request.headers.get("x-linnet-signature"),
  });
  if (pathname === "/moved") return Response.redirect(`http://127.0.0.1:${server.port}/fine`, 307);
  if (pathname === "/silent") await new Promise(() => {});
  if (pathname === "/long") return new Response("x".repeat(100_000));
  if (pathname === "/endless") {
    return new Response(new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(8192)) }));
  }
  return Response.json({ fine: true });
}

function listed(text: string): ListedHosts {
  return readListedHosts(text) as ListedHosts;
}

const PRIVATE = [
  ["127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1"],
  ["169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1"],
  ["fc00::1", "fd12:3456::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::127.0.0.1"],
  ["64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:1::1"],
  ["fec0::1", "100::1", "fe80::1%eth0", "localhost", ""],
].flat();

test("private, loopback, link-local, multicast and unspecified addresses are not public", () => {
  for (const address of PRIVATE)
    expect([address, isPublicAddress(address)]).toEqual([address, false]);
  const open = ["1.1.1.1", "172.32.0.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"];
  for (const address of open) expect([address, isPublicAddress(address)]).toEqual([address, true]);
});

test("any address in a private network is refused, however it is wrapped or written", () => {
  const privates = new BlockList();
  privates.addSubnet("10.0.0.0", 8);
  privates.addSubnet("127.0.0.0", 8);
  privates.addSubnet("192.168.0.0", 16);
  privates.addSubnet("169.254.0.0", 16);
  privates.addSubnet("172.16.0.0", 12);
  privates.addSubnet("224.0.0.0", 3);
  const byte = fc.integer({ min: 0, max: 255 });
  const start = fc.oneof(byte, fc.constantFrom(10, 127, 192, 169, 172, 224));
  const address = fc.tuple(start, fc.oneof(byte, fc.constantFrom(168, 254, 16, 31)), byte, byte);
  fc.assert(
    fc.property(address, ([a, b, c, d]) => {
      const plain = `${a}.${b}.${c}.${d}`;
      const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
      const forms = [plain, `::ffff:${plain}`, `::FFFF:${hex}`, `64:ff9b::${hex}`];
      const answers = forms.map(isPublicAddress);
      expect(new Set(answers).size).toBe(1);
      if (privates.check(plain)) expect(answers[0]).toBe(false);
      for (const form of forms) expect(isListedAddress(listed(`${plain}/32`), form)).toBe(true);
    }),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      const bytes = addressBytes(text) as Uint8Array;
      // Bun's own URL refuses "::" that stands for one group before an IPv4 address.
      if (!URL.canParse(`http://[${text}]/`)) return;
      const written = new URL(`http://[${text}]/`).hostname.slice(1, -1);
      expect(addressBytes(written)).toEqual(bytes);
      if (isPublicAddress(text)) {
        expect((bytes[0] as number) >> 5 === 1 || text.includes("ffff") || bytes[1] === 0x64).toBe(
          true,
        );
      }
    }),
    { numRuns: 2000 },
  );
});

test("a list that holds something else than names and networks is none", () => {
  for (const text of ["10.0.0.0/33", "a b", "http://a", "::1/129", "a:80", "10.0.0.0/"]) {
    expect([text, readListedHosts(text)]).toEqual([text, undefined]);
  }
  const hosts = listed("Hooks.Example, 10.0.0.0/8,fd00::/8,");
  expect(hosts.names.has("hooks.example")).toBe(true);
  expect(isListedAddress(hosts, "10.9.9.9")).toBe(true);
  expect(isListedAddress(hosts, "fd01::2")).toBe(true);
  expect(isListedAddress(hosts, "11.0.0.1")).toBe(false);
});

test("a name is resolved once, that address connected to, and Host stays the name", async () => {
  let resolved = 0;
  const rebinding = new OutgoingHttp({
    listed: listed("made-up.example"),
    resolve: async () => {
      resolved += 1;
      return [{ address: resolved === 1 ? "127.0.0.1" : "192.0.2.1", family: 4 }];
    },
  });
  const url = `http://made-up.example:${server.port}/named?a=1`;
  const headers = signedHeaders("secret", 1700, "{}");
  const outcome = await rebinding.post({ url, body: "{}", headers, timeoutMs: 4000 });
  expect(outcome).toMatchObject({ kind: "answer", status: 200 });
  expect(resolved).toBe(1);
  const call = seen.find(({ path }) => path === "/named");
  expect(call?.host).toBe(`made-up.example:${server.port}`);
  expect(isSignature(call?.signature ?? "", "secret", "1700", call?.body ?? "")).toBe(true);
  expect(isSignature(signature("other", "1700", "{}"), "secret", "1700", "{}")).toBe(false);
});

test("what is private and not listed is refused before a connection is made", async () => {
  const before = seen.length;
  const client = new OutgoingHttp({
    resolve: async (host) =>
      host === "two.example"
        ? [
            { address: "1.1.1.1", family: 4 },
            { address: "127.0.0.1", family: 4 },
          ]
        : [{ address: "127.0.0.1", family: 4 }],
  });
  const { port } = server;
  const hosts = [
    "127.0.0.1",
    "0x7f.1",
    "2130706433",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "evil.example",
  ];
  for (const host of [...hosts, "two.example", "127.0.0.1."]) {
    for (const scheme of ["http", "https"]) {
      const url = `${scheme}://${host}:${port}/`;
      const outcome = await client.post({ url, body: "", timeoutMs: 2000 });
      expect([url, outcome.kind]).toEqual([url, "refused"]);
    }
  }
  const others = [
    "ftp://1.1.1.1/",
    "http://1.1.1.1/",
    "https://a:b@1.1.1.1/",
    "file:///etc/passwd",
  ];
  for (const url of [...others, "nothing", ""]) {
    const outcome = await client.post({ url, body: "", timeoutMs: 2000 });
    expect([url, outcome.kind]).toEqual([url, "refused"]);
  }
  expect(seen.length).toBe(before);
});

test("no redirect is followed; silence and long answers are bounded", async () => {
  const client = new OutgoingHttp({ listed: listed("127.0.0.0/8") });
  const post = (path: string, timeoutMs: number) =>
    client.post({ url: `http://127.0.0.1:${server.port}${path}`, body: "x", timeoutMs });
  const before = seen.length;
  expect(await post("/moved", 4000)).toMatchObject({ kind: "answer", status: 307 });
  expect(seen.length).toBe(before + 1);
  expect(await post("/silent", 200)).toMatchObject({ kind: "failed" });
  expect(await post("/long", 4000)).toMatchObject({ kind: "failed" });
  expect(await post("/endless", 4000)).toMatchObject({ kind: "failed" });
  const nobody = await client.post({ url: "http://127.0.0.1:1/", body: "", timeoutMs: 2000 });
  expect(nobody.kind).toBe("failed");
});

test("a name that hangs in the resolver ends with the deadline", async () => {
  const client = new OutgoingHttp({ resolve: () => new Promise(() => {}) });
  const outcome = await client.post({ url: "https://a.example/", body: "", timeoutMs: 100 });
  expect(outcome.kind).toBe("failed");
});
