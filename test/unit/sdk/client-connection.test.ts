// How the client keeps its connection, and what becomes of sends and requests when it ends.
import { describe, expect, test } from "bun:test";
import { createClient } from "../../../src/sdk/client.ts";
import { webStore } from "../../../src/sdk/store.ts";
import { CMD } from "../../../src/wire/commands.ts";
import { answer, FakeServer } from "./fake-server.ts";
import { FakeClock, settle } from "./fake-time.ts";
import { asked, own, setUp } from "./set-up.ts";

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

  test("for a drain is followed by another at the moment that it names", async () => {
    const { client, server, clock } = setUp();
    await client.connect();
    server.close(4100, "1000");
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

test("nothing is left ticking after close", async () => {
  const { client, clock, states } = setUp();
  await client.connect();
  await client.close();
  await settle();
  expect(states.at(-1)).toBe("stopped");
  expect(clock.timers).toBe(0);
});
