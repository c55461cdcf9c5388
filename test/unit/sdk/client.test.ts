// What reaches the application: each event of each log once and in order, whatever is missed.
import { describe, expect, test } from "bun:test";
import { memoryStore } from "../../../src/sdk/store.ts";
import { CMD } from "../../../src/wire/commands.ts";
import { DIRECTION, type Envelope } from "../../../src/wire/envelope.ts";
import { FRAMINGS } from "../../../src/wire/frame.ts";
import { answer, FakeServer } from "./fake-server.ts";
import { settle } from "./fake-time.ts";
import { asked, own, setUp, wideOf } from "./set-up.ts";

const turnsWide = (conversationId: number, conversationPts: number): Partial<Envelope> => ({
  cmd: CMD.conversationUpdate,
  route: { conversationId, conversationType: 2 },
  content: { data: { wide: true, conversationPts } },
});

for (const framing of FRAMINGS) {
  test(`${framing}: what was missed comes first, then pushes and answers`, async () => {
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
  test("of another epoch: nothing is applied before it, then it goes on", async () => {
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

  test("one that event 33 is still to name isn't begun from the list", async () => {
    const store = memoryStore();
    await store.saveCursor({ epoch: "e1", pts: 0, wide: { 8: 0 }, listDue: false });
    const server = new FakeServer();
    server.arriveWide(8);
    server.arriveWide(9);
    const { client, events } = setUp({ store }, server);
    await client.connect();
    await settle();
    server.arrive(turnsWide(9, 0));
    await settle();
    expect(wideOf(events, 8)).toEqual([1]);
    expect(wideOf(events, 9)).toEqual([1]);
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

test("who was away and back before his own log said so is told nothing twice", async () => {
  const { client, server, events, clock } = setUp();
  await client.connect();
  server.arrive(turnsWide(7, 0));
  for (let count = 0; count < 3; count += 1) server.arriveWide(7);
  server.arrive({
    cmd: CMD.groupLeave,
    route: { conversationId: 7, conversationType: 2 },
    content: { data: { userIds: ["me"] } },
  });
  server.arrive(turnsWide(7, 1));
  server.arriveWide(7);
  await clock.advance(1000);
  expect(wideOf(events, 7)).toEqual([1, 2, 3, 4]);
});
