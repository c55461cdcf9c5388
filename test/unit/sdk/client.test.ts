import { describe, expect, test } from "bun:test";
import { type Client, type ClientOptions, createClient } from "../../../src/sdk/client.ts";
import type { LogEvent } from "../../../src/sdk/logs.ts";
import type { Reset } from "../../../src/sdk/sync.ts";
import { memoryStore, webStore } from "../../../src/sdk/store.ts";
import { CMD } from "../../../src/wire/commands.ts";
import { DIRECTION, type Envelope } from "../../../src/wire/envelope.ts";
import { FRAMINGS } from "../../../src/wire/frame.ts";
import { answer, FakeServer } from "./fake-server.ts";
import { FakeClock, seeded, settle } from "./fake-time.ts";

function setUp(options: Partial<ClientOptions> = {}, server = new FakeServer()) {
  const clock = new FakeClock();
  const client = createClient({
    url: "http://server:9688",
    token: "Bearer t",
    deviceType: "im_web",
    clock,
    random: seeded(1),
    socket: server.socket,
    ...options,
  });
  const seen = watch(client);
  return { clock, client, server, ...seen };
}

function watch(client: Client) {
  const events: LogEvent[] = [];
  const resets: Reset[] = [];
  const states: string[] = [];
  const synced: number[] = [];
  client.on("event", (event) => events.push(event));
  client.on("reset", (reset) => resets.push(reset));
  client.on("state", (state) => states.push(state.name));
  client.on("synced", (greeting) => synced.push(greeting.pts));
  return { events, resets, states, synced };
}

const own = (events: LogEvent[]) =>
  events.filter((event) => event.log === "own").map((event) => event.position);
const wideOf = (events: LogEvent[], id: number) =>
  events.filter((event) => event.log === id).map((event) => event.position);
const asked = (server: FakeServer, cmd: number) =>
  server.requests.filter((request) => request.cmd === cmd);

const turnsWide = (conversationId: number, conversationPts: number): Partial<Envelope> => ({
  cmd: CMD.conversationUpdate,
  route: { conversationId, conversationType: 2 },
  content: { data: { wide: true, conversationPts } },
});

for (const framing of FRAMINGS) {
  test(`${framing}: what was missed comes first, then what is pushed, and an answer moves on`, async () => {
    const { client, server, events, synced } = setUp({ framing });
    for (let count = 0; count < 7; count += 1) server.append();
    server.pageMax = 3;
    expect((await client.connect()).name).toBe("online");
    await settle();
    expect(synced).toEqual([7]);
    server.arrive();
    const result = await client.send({ to: "bob", text: "hello" });
    expect(result).toMatchObject({ ok: true, code: 200, seq: 8, pts: 9, conversationId: 7 });
    server.arrive();
    expect(own(events)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    // The sender's own message, as its other devices see it.
    expect(events[8]?.envelope).toMatchObject({
      direction: DIRECTION.push,
      cmd: CMD.singleChat,
      header: { localId: result.localId },
      route: { from: "me", conversationId: 7 },
      content: { text: "hello" },
      messageExtra: { conversationSeq: 8, pts: 9 },
    });
    expect(asked(server, CMD.syncMsg)).toHaveLength(3);
    expect(client.cursor()).toEqual({ epoch: "e1", pts: 10, wide: {}, listDue: false });
  });
}

describe("what is missing", () => {
  test("has half a second to come by itself", async () => {
    const { client, server, events, clock } = setUp();
    await client.connect();
    const [first, second] = [server.append(), server.append()];
    server.push(second);
    await clock.advance(499);
    expect(events).toEqual([]);
    server.push(first);
    await clock.advance(1000);
    expect(own(events)).toEqual([1, 2]);
    expect(asked(server, CMD.syncMsg)).toEqual([]);
  });

  test("is asked for after that", async () => {
    const { client, server, events, clock } = setUp();
    await client.connect();
    server.append();
    server.arrive();
    await clock.advance(500);
    expect(own(events)).toEqual([1, 2]);
    expect(asked(server, CMD.syncMsg)[0]?.content?.data).toMatchObject({ epoch: "e1", pts: 0 });
  });

  test("a hint is followed at once, also one that says nothing new", async () => {
    const { client, server, events } = setUp();
    await client.connect();
    server.append();
    server.push({ direction: 3, cmd: CMD.syncMsg, content: { data: { pts: 1 } } });
    await settle();
    expect(own(events)).toEqual([1]);
    server.push({ direction: 3, cmd: CMD.syncMsg, content: { data: { pts: 1 } } });
    await settle();
    expect(asked(server, CMD.syncMsg)).toHaveLength(2);
  });

  test("the answer to a heartbeat tells of a push that was lost", async () => {
    const { client, server, events, clock } = setUp();
    await client.connect();
    server.append();
    await clock.advance(30_600);
    expect(own(events)).toEqual([1]);
  });

  test("a sync that is answered 503 is tried again after a pause, not in a loop", async () => {
    const { client, server, events, clock } = setUp();
    server.append();
    server.answers = (request) => (request.cmd === CMD.syncMsg ? answer(request, 503) : undefined);
    await client.connect();
    await clock.advance(20_000);
    const tries = asked(server, CMD.syncMsg).length;
    expect(tries).toBeGreaterThan(2);
    expect(tries).toBeLessThan(12);
    server.answers = () => undefined;
    await clock.advance(20_000);
    expect(own(events)).toEqual([1]);
  });

  test("pages without progress are no loop", async () => {
    const { client, server, clock } = setUp();
    server.append();
    server.answers = (request) =>
      request.cmd === CMD.syncMsg ? answer(request, 200, { events: [], pts: 0 }) : undefined;
    await client.connect();
    await clock.advance(20_000);
    expect(asked(server, CMD.syncMsg).length).toBeLessThan(12);
  });
});

describe("a reset", () => {
  test("of another epoch: nothing is applied before it, the list is read, and on it goes", async () => {
    const store = memoryStore();
    await store.saveCursor({ epoch: "old", pts: 4, wide: { 9: 50 }, listDue: false });
    const server = new FakeServer();
    for (let count = 0; count < 4; count += 1) server.append();
    server.arriveWide(9);
    server.arriveWide(9);
    // Pushed before the client knows: 5 would be the next one by its old cursor.
    server.answers = (request) => {
      server.answers = () => undefined;
      if (request.cmd === CMD.syncMsg) server.arrive();
      return undefined;
    };
    const { client, events, resets } = setUp({ store }, server);
    await client.connect();
    await settle();
    expect(resets).toHaveLength(1);
    expect(resets[0]).toMatchObject({ log: "own", position: 5 });
    expect(resets[0]?.conversations[0]).toMatchObject({ conversationId: 9, conversationPts: 2 });
    server.arrive();
    server.arriveWide(9);
    expect(own(events)).toEqual([6]);
    expect(wideOf(events, 9)).toEqual([3]);
    expect(client.cursor()).toEqual({ epoch: "e1", pts: 6, wide: { 9: 3 }, listDue: false });
  });

  test("of a cursor older than the log keeps the position in the wide logs", async () => {
    const store = memoryStore();
    await store.saveCursor({ epoch: "e1", pts: 1, wide: { 9: 1 }, listDue: false });
    const server = new FakeServer();
    for (let count = 0; count < 6; count += 1) server.append();
    server.floor = 3;
    for (let count = 0; count < 3; count += 1) server.arriveWide(9);
    const { client, events, resets } = setUp({ store }, server);
    await client.connect();
    await settle();
    expect(resets).toHaveLength(1);
    expect(own(events)).toEqual([]);
    expect(wideOf(events, 9)).toEqual([2, 3]);
  });
});

describe("wide conversations", () => {
  test("are followed from the position that event 33 names", async () => {
    const { client, server, events } = setUp();
    await client.connect();
    for (let count = 0; count < 3; count += 1) server.arriveWide(9);
    server.arrive(turnsWide(9, 1));
    await settle();
    server.arriveWide(9);
    expect(wideOf(events, 9)).toEqual([2, 3, 4]);
    expect(client.cursor().wide).toEqual({ 9: 4 });
  });

  test("what was missed in them is found by the list", async () => {
    const { client, server, events, clock } = setUp();
    await client.connect();
    server.arrive(turnsWide(9, 0));
    server.arriveWide(9);
    await settle();
    server.close(1006, "");
    server.arriveWide(9);
    server.arriveWide(9);
    await clock.advance(1000);
    expect(wideOf(events, 9)).toEqual([1, 2, 3]);
    expect(asked(server, CMD.syncMsg).at(-1)?.content?.data).toMatchObject({ conversationPts: 1 });
  });

  test("are followed no more after one has left, but others may", async () => {
    const { client, server, events } = setUp();
    await client.connect();
    server.arrive(turnsWide(9, 0));
    const leave = (userIds: string[]) =>
      server.arrive({
        cmd: CMD.groupLeave,
        route: { conversationId: 9, conversationType: 2 },
        content: { data: { userIds } },
      });
    leave(["carol"]);
    server.arriveWide(9);
    leave(["me"]);
    server.arriveWide(9);
    await settle();
    expect(wideOf(events, 9)).toEqual([1]);
    expect(client.cursor().wide).toEqual({});
  });

  test("one that can't be read any more is left alone", async () => {
    const store = memoryStore();
    await store.saveCursor({ epoch: "e1", pts: 0, wide: { 9: 0 }, listDue: false });
    const server = new FakeServer();
    server.arriveWide(9);
    server.answers = (request) => (request.cmd === CMD.syncMsg ? answer(request, 2003) : undefined);
    const { client, synced } = setUp({ store }, server);
    await client.connect();
    await settle();
    expect(synced).toHaveLength(1);
    expect(client.cursor().wide).toEqual({});
  });
});

describe("a connection that ends", () => {
  test("for good stops the client, with the reason", async () => {
    const { client, server, clock, states } = setUp();
    await client.connect();
    server.close(4000, "replaced by a newer login");
    await clock.advance(60_000);
    expect(client.state).toEqual({
      name: "stopped",
      reason: "replaced by a newer login",
      code: 4000,
    });
    expect(states).toEqual(["connecting", "online", "stopped"]);
    expect(server.urls).toEqual(["ws://server:9688/ws?token=t&deviceType=im_web"]);
  });

  test("for a drain is followed by another within the time that it names", async () => {
    const { client, server, clock } = setUp({ random: () => 0.25 });
    await client.connect();
    server.close(4100, "4000");
    await clock.advance(999);
    expect(server.urls).toHaveLength(1);
    await clock.advance(1);
    expect(client.state.name).toBe("online");
  });

  test("is noticed when two heartbeats have no answer", async () => {
    const { client, server, clock, states } = setUp();
    await client.connect();
    server.answers = () => "silence";
    await clock.advance(89_999);
    expect(states).toEqual(["connecting", "online"]);
    await clock.advance(1);
    expect(states.at(-1)).toBe("waiting");
    server.answers = () => undefined;
    await clock.advance(1000);
    expect(client.state.name).toBe("online");
    expect(asked(server, CMD.heartbeat)).toHaveLength(2);
  });

  test("is given up when no greeting comes", async () => {
    const { client, server, clock } = setUp();
    server.greets = false;
    const connected = client.connect();
    await clock.advance(10_000);
    expect(client.state).toMatchObject({ name: "waiting", reason: "no greeting" });
    server.greets = true;
    await clock.advance(1000);
    expect((await connected).name).toBe("online");
  });

  test("a token that can't be had is asked for again", async () => {
    let tries = 0;
    const getToken = () => {
      tries += 1;
      if (tries < 3) throw new Error("no network");
      return "t";
    };
    const server = new FakeServer();
    const clock = new FakeClock();
    const { socket } = server;
    const client = createClient({ url: "ws://s/ws", getToken, deviceType: "x", clock, socket });
    const errors: string[] = [];
    client.on("error", (error) => errors.push(error.message));
    const connected = client.connect();
    await clock.advance(10_000);
    expect((await connected).name).toBe("online");
    expect(errors).toEqual(["no token: Error: no network", "no token: Error: no network"]);
  });
});

describe("a send", () => {
  test("without its answer is sent again after the reconnect, and is one message", async () => {
    const { client, server, clock, events } = setUp();
    await client.connect();
    server.passes = (envelope) => envelope.cmd !== CMD.singleChat;
    const sent = client.send({ to: "bob", text: "once" });
    await settle();
    server.passes = () => true;
    server.close(1006, "");
    await clock.advance(2000);
    expect(await sent).toMatchObject({ ok: true, seq: 0, pts: 1, duplicate: true });
    expect(own(events)).toEqual([1]);
    expect(new Set(asked(server, 1).map((request) => request.header?.localId)).size).toBe(1);
  });

  test("before there is a connection waits for it; beyond the bound it is refused", async () => {
    const { client, server } = setUp({ outboxMax: 2 });
    const sends = [1, 2, 3].map((n) => client.send({ to: "bob", text: `${n}` }));
    expect(await sends[2]).toMatchObject({
      ok: false,
      code: 503,
      message: "the outbox is full: 2 messages have no answer yet",
    });
    await client.connect();
    expect((await Promise.all(sends.slice(0, 2))).map((result) => result.seq)).toEqual([0, 1]);
    expect(server.log).toHaveLength(2);
  });

  test("survives the process in a store, with its place and its localId", async () => {
    const kept = new Map<string, string>();
    const storage = {
      get length() {
        return kept.size;
      },
      key: (index: number) => [...kept.keys()][index] ?? null,
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
    const first = setUp({ store: webStore(storage, "linnet") });
    const lost = ["a", "b"].map((text) => first.client.send({ to: "bob", text, localId: text }));
    await first.client.close();
    expect((await Promise.all(lost)).map((result) => result.code)).toEqual([504, 504]);

    const second = setUp({ store: webStore(storage, "linnet") });
    const results: string[] = [];
    second.client.on("sent", (result) => results.push(`${result.localId} ${result.seq}`));
    await second.client.connect();
    await settle();
    expect(results).toEqual(["a 0", "b 1"]);
    expect([...kept.keys()]).toEqual(["linnet:cursor"]);

    const third = setUp({ store: webStore(storage, "linnet") }, second.server);
    await third.client.connect();
    await settle();
    expect(third.events).toEqual([]);
    expect(third.client.cursor().pts).toBe(2);
  });
});

describe("requests", () => {
  test("are answered with the server's code and data, or 503 without a connection", async () => {
    const { client, server } = setUp();
    expect(await client.request(CMD.readAll)).toMatchObject({ ok: false, code: 503 });
    await client.connect();
    server.answers = (request) =>
      request.cmd === CMD.groupCreate
        ? answer(request, 200, { conversationId: 12 })
        : answer(request, 1003);
    const made = await client.groups.create({ name: "g", memberIds: ["bob"] });
    expect(made).toMatchObject({ ok: true, data: { conversationId: 12 } });
    expect(await client.history(5)).toMatchObject({
      ok: false,
      code: 1003,
      data: { messages: [], final: false },
    });
  });

  test("have 15 s, and are lost with their connection", async () => {
    const { client, server, clock } = setUp();
    await client.connect();
    server.answers = () => "silence";
    const late = client.read(7, 0);
    await clock.advance(15_000);
    expect(await late).toMatchObject({ code: 504, message: "no answer came" });
    const lost = client.read(7, 0);
    server.close(1006, "");
    expect(await lost).toMatchObject({ code: 504, message: "the connection was lost" });
  });
});

test("a listener that throws harms neither the log nor other listeners", async () => {
  const { client, server, events } = setUp();
  const errors: string[] = [];
  client.on("error", (error) => errors.push(error.message));
  client.on("message", () => {
    throw new Error("listener");
  });
  await client.connect();
  server.arrive();
  server.arrive();
  expect(own(events)).toEqual([1, 2]);
  expect(errors).toEqual(["listener", "listener"]);
});

test("nothing is left ticking after close", async () => {
  const { client, clock, states } = setUp();
  await client.connect();
  await client.close();
  await settle();
  expect(states.at(-1)).toBe("stopped");
  expect(clock.timers).toBe(0);
});
