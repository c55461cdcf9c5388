// The SDK and the terminal chat against a server of their own: what was sent is in every log once
// and in order, in each framing, in narrow and wide groups, and through a killed server.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { type Client, type ClientOptions, createClient } from "../../src/sdk/client.ts";
import type { LogEvent } from "../../src/sdk/logs.ts";
import { memoryStore } from "../../src/sdk/store.ts";
import { FRAMINGS } from "../../src/wire/frame.ts";
import { freePort, freshDatabase, startRedis, type TestService } from "../support/services.ts";

const CHECKOUT = resolve(import.meta.dir, "..", "..");
const APP_KEY = "sdk-test";
const PATIENT = 60_000;

let redis: TestService;
let databaseUrl: string;
let port: number;
let server: Bun.Subprocess;
const clients: Client[] = [];

beforeAll(async () => {
  redis = await startRedis();
  databaseUrl = (await freshDatabase()).url;
  port = await freePort();
  server = await startServer();
}, PATIENT);

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  server.kill("SIGKILL");
  await server.exited;
  await redis.stop();
}, PATIENT);

async function startServer(): Promise<Bun.Subprocess> {
  const child = Bun.spawn([process.execPath, "src/main.ts"], {
    cwd: CHECKOUT,
    env: {
      PATH: process.env["PATH"] ?? "",
      DATABASE_URL: databaseUrl,
      REDIS_URL: redis.url,
      LINNET_PORT: `${port}`,
      LINNET_HOST: "127.0.0.1",
      LINNET_APP_KEY: APP_KEY,
      LINNET_FAN_OUT_MEMBERS: "3",
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const ready = Promise.withResolvers<void>();
  void listen(child.stdout, ready);
  await ready.promise;
  return child;
}

/** To the server's end: a pipe that nobody reads would stop it. */
async function listen(
  lines: ReadableStream<Uint8Array>,
  ready: { resolve(): void; reject(error: Error): void },
): Promise<void> {
  let said = "";
  for await (const bytes of lines) {
    said += new TextDecoder().decode(bytes);
    if (said.includes('"msg":"ready"')) ready.resolve();
  }
  ready.reject(new Error(`the server ended: ${said}`));
}

async function call(path: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(`http://127.0.0.1:${port}/openapi/v1/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-app-key": APP_KEY },
    body: JSON.stringify(body),
  });
  const { code, data } = (await response.json()) as { code: number; data: object };
  expect(code).toBe(200);
  return data as Record<string, unknown>;
}

/** A client that is online, with everything that it heard. */
async function user(id: string, options: Partial<ClientOptions> = {}) {
  const { token } = await call("user/login", { id });
  const client = createClient({
    url: `http://127.0.0.1:${port}`,
    token: String(token),
    deviceType: "im_web",
    ...options,
  });
  clients.push(client);
  const events: LogEvent[] = [];
  client.on("event", (event) => events.push(event));
  client.on("error", (error) => console.error(id, error));
  const synced = next(client, "synced");
  await client.connect();
  await synced;
  /** Settles when an event was handed over that is `wanted`. */
  const heard = (wanted: (event: LogEvent) => boolean) =>
    new Promise<void>((done) => {
      if (events.some(wanted)) return done();
      const off = client.on("event", (event) => {
        if (!wanted(event)) return;
        off();
        done();
      });
    });
  return { client, events, heard };
}

function next(client: Client, name: "synced"): Promise<void> {
  return new Promise((done) => {
    const off = client.on(name, () => {
      off();
      done();
    });
  });
}

const saying = (text: string) => (event: LogEvent) => event.envelope.content?.text === text;
const numbers = (events: LogEvent[], log: LogEvent["log"]) =>
  events.filter((event) => event.log === log).map((event) => event.position);
const upTo = (length: number, from = 1) => Array.from({ length }, (_, index) => index + from);
const texts = (events: LogEvent[]) =>
  events.flatMap(({ envelope }) => envelope.content?.text ?? []);

for (const framing of FRAMINGS) {
  test(`${framing}: both hear all once and in order, a later device too`, async () => {
    const [one, two] = [`one-${framing}`, `two-${framing}`];
    await call("user/register", { id: one });
    await call("user/register", { id: two });
    await call("friend", { userId: one, friendId: two });
    const [first, second] = await Promise.all([user(one, { framing }), user(two, { framing })]);
    const sends = upTo(20).flatMap((n) => [
      first.client.send({ to: two, text: `${one} ${n}` }),
      second.client.send({ to: one, text: `${two} ${n}` }),
    ]);
    const results = await Promise.all(sends);
    expect(results.every((result) => result.ok)).toBe(true);
    expect(results.map((result) => result.seq).sort((a, b) => (a ?? 0) - (b ?? 0))).toEqual(
      upTo(40, 0),
    );
    await Promise.all([
      first.heard(saying(`${two} 20`)),
      second.heard(saying(`${one} 20`)),
      first.heard(saying(`${one} 20`)),
    ]);
    const later = await user(one, { framing, deviceType: "im_app_ios" });
    for (const { client, events } of [first, second, later]) {
      expect(numbers(events, "own")).toEqual(upTo(client.cursor().pts));
      expect(texts(events).filter((text) => text.startsWith(one))).toEqual(
        upTo(20).map((n) => `${one} ${n}`),
      );
    }
    expect(texts(later.events)).toEqual(texts(first.events));
    const seqs = later.events.flatMap(
      (event) => event.envelope.messageExtra?.conversationSeq ?? [],
    );
    expect(seqs).toEqual(upTo(40, 0));
  });
}

describe("groups", () => {
  test(
    "one that turns wide is followed by those in it and by those who join",
    async () => {
      const [owner, second, third, fourth] = await Promise.all(
        ["w-owner", "w-2", "w-3", "w-4"].map((id) => user(id)),
      );
      if (!owner || !second || !third || !fourth) throw new Error("unreachable");
      const made = await owner.client.groups.create({ name: "g", memberIds: ["w-2", "w-3"] });
      expect(made.ok).toBe(true);
      const { conversationId } = made.data;
      expect((await owner.client.send({ conversationId, text: "narrow" })).ok).toBe(true);
      await third.heard(saying("narrow"));
      expect((await owner.client.groups.join(conversationId, ["w-4"])).ok).toBe(true);
      for (const n of upTo(5)) {
        const sent = await second.client.send({ conversationId, text: `wide ${n}` });
        expect(sent.conversationPts).toBeGreaterThan(0);
      }
      for (const one of [owner, second, third, fourth]) {
        await one.heard(saying("wide 5"));
        const wide = numbers(one.events, conversationId);
        expect(wide).toEqual(upTo(wide.length, wide[0]));
        expect(texts(one.events).slice(-5)).toEqual(upTo(5).map((n) => `wide ${n}`));
        expect(numbers(one.events, "own")).toEqual(upTo(one.client.cursor().pts));
      }
      const page = await fourth.client.conversations();
      expect(page.data.conversations.map((entry) => entry.conversationId)).toEqual([
        conversationId,
      ]);
    },
    PATIENT,
  );

  test(
    "what was missed in a wide one while away is there after the return",
    async () => {
      const store = memoryStore();
      const owner = await user("m-owner");
      const before = await user("m-2", { store });
      const members = ["m-2", "w-3", "w-4"];
      const made = await owner.client.groups.create({ name: "g", memberIds: members });
      const { conversationId } = made.data;
      await owner.client.send({ conversationId, text: "before" });
      await before.heard(saying("before"));
      await before.client.close();
      for (const n of upTo(3)) await owner.client.send({ conversationId, text: `away ${n}` });
      const after = await user("m-2", { store });
      await after.heard(saying("away 3"));
      expect(texts(after.events)).toEqual(["away 1", "away 2", "away 3"]);
    },
    PATIENT,
  );
});

test(
  "a newer login of the same device type stops the older, for good",
  async () => {
    const older = await user("twice");
    const stopped = new Promise<number>((done) => {
      older.client.on("state", (state) => {
        if (state.name === "stopped") done(state.code);
      });
    });
    await user("twice");
    expect(await stopped).toBe(4000);
  },
  PATIENT,
);

test(
  "sends outlive a killed server: each is one message, in its order",
  async () => {
    await call("user/register", { id: "k-2" });
    await call("user/register", { id: "k-1" });
    await call("friend", { userId: "k-1", friendId: "k-2" });
    const [sender, receiver] = await Promise.all([
      user("k-1", { framing: "proto" }),
      user("k-2", { framing: "msgpack" }),
    ]);
    const sends = upTo(30).map((n) => sender.client.send({ to: "k-2", text: `line ${n}` }));
    await sends[9];
    server.kill("SIGKILL");
    await server.exited;
    server = await startServer();
    const results = await Promise.all(sends);
    expect(results.map((result) => result.seq)).toEqual(upTo(30, 0));
    await receiver.heard(saying("line 30"));
    const all = upTo(30).map((n) => `line ${n}`);
    for (const { events, client } of [sender, receiver]) {
      expect(texts(events)).toEqual(all);
      expect(numbers(events, "own")).toEqual(upTo(client.cursor().pts));
    }
  },
  PATIENT,
);

describe("the terminal chat", () => {
  const [alice, bob] = [`alice-${process.pid}`, `bob-${process.pid}`];
  const memory = [alice, bob].map((name) => resolve(CHECKOUT, ".linnet", "chat", `${name}.json`));
  afterAll(() => {
    for (const path of memory) rmSync(path, { force: true });
  });

  test(
    "sends what is piped into it, tells its state, and tells what was missed",
    async () => {
      const first = await chat(alice, bob, "hello bob\nare you there?\n");
      expect(first.code).toBe(0);
      expect(first.out).toContain(`#0 ${alice}: hello bob  ✓ stored seq 0`);
      expect(first.out).toContain(`#1 ${alice}: are you there?  ✓ stored seq 1`);
      const second = await chat(bob, alice, "yes\n");
      expect(second.out).toContain(
        `— the last 2 —\n#0 ${alice}: hello bob\n#1 ${alice}: are you there?`,
      );
      expect(second.out).toContain(`#2 ${bob}: yes  ✓ stored seq 2`);
      const third = await chat(alice, bob, "");
      expect(third.out).toContain(`— while you were away —\n#2 ${bob}: yes`);
      expect(third.out).not.toContain("hello bob");
    },
    PATIENT,
  );

  test(
    "does more than send, by lines that begin with a slash",
    async () => {
      const lines = ["/help", "//slash", "/read", "/typing", "/online", "/friends", "/history #1"];
      const first = await chat(alice, bob, `${lines.join("\n")}\n/group crew ${bob}\n`);
      expect(first.code).toBe(0);
      for (const name of ["group <name>", "block <user>", "search <words>", "history [seq]"]) {
        expect(first.out).toContain(`  /${name}`);
      }
      expect(first.out).toContain(`#3 ${alice}: /slash  ✓ stored seq 3`);
      for (const outcome of ["read up to #", "told", "online: nobody", `friends: ${bob}; asking`]) {
        expect(first.out).toContain(`— ${outcome}`);
      }
      expect(first.out).toContain(`#1 ${alice}: are you there?`);
      expect(first.out).toContain("— 4 messages —");
      const group = /group (\d+): bun run chat/.exec(first.out)?.[1] as string;
      const wrong = ["/kick", "/nonsense", "/join 99999999", "/kick nobody-there"];
      const inGroup = ["/members", `/kick ${bob}`, "hi", "/leave", ...wrong].join("\n");
      const second = await chat(alice, { group }, `${inGroup}\n`);
      expect(second.out).toContain(`— crew, 2: ${alice} (owner), ${bob} —`);
      expect(second.out).toContain(`— gone: ${bob} —`);
      expect(second.out).toContain("✗ /kick: say whom");
      expect(second.out).toContain("✗ /nonsense: no such line; /help shows them all");
      expect(second.out).toContain("✗ /join: 1003");
      expect(second.code).toBe(1);
      const more = [`/block ${alice}`, `/unblock ${alice}`, "/search hello"];
      more.push("/react #0 +1", "/edit #2 no", "/pin 0", "/delete 1", "/recall #2", "/clear");
      const third = await chat(bob, alice, `${more.join("\n")}\n`);
      for (const outcome of [
        "blocked",
        "unblocked",
        "react: #0",
        "edit: #2",
        "delete: #1",
        "cleared",
      ]) {
        expect(third.out).toContain(`— ${outcome} —`);
      }
      expect(third.out).toContain(" found —");
    },
    PATIENT,
  );
});

async function chat(as: string, where: string | { group: string }, input: string) {
  const place = typeof where === "string" ? ["--to", where] : ["--group", where.group];
  const child = Bun.spawn([process.execPath, "src/app/chat/main.ts", "--as", as, ...place], {
    cwd: CHECKOUT,
    env: {
      PATH: process.env["PATH"] ?? "",
      LINNET_URL: `http://127.0.0.1:${port}`,
      LINNET_APP_KEY: APP_KEY,
    },
    stdin: new TextEncoder().encode(input),
    stdout: "pipe",
    stderr: "inherit",
  });
  return { out: await child.stdout.text(), code: await child.exited };
}
