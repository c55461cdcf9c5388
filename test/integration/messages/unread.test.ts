// What counts as unread and as an unread mention: members named one by one, in narrow and in wide
// conversations, the bound of what is looked through, and what its sender wants not to count.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import postgres from "postgres";
import { MessageState } from "../../../src/sdk/message-state.ts";
import { FRAMINGS } from "../../../src/wire/frame.ts";
import { LIMIT } from "../../../src/wire/limits.ts";
import { until } from "../../support/pace.ts";
import { type Device, startWorld, type World } from "./users.ts";

const PATIENT = 20_000;

let world: World;
let sql: postgres.Sql;
let ann: Device;
let ben: Device;

beforeAll(async () => {
  world = await startWorld();
  sql = postgres(world.server.databaseUrl, { max: 2, onnotice: () => {} });
  for (const id of ["ann", "ben", "cat", "dan", "eve"]) await world.server.login(id);
  await world.friends("ann", "ben");
  [ann, ben] = await Promise.all([world.device("ann"), world.device("ben")]);
}, 60_000);

afterAll(async () => {
  await sql.end();
  await world.end();
}, 60_000);

/** Unread and unread mentions, as a user's list has them over HTTP. */
async function counts(userId: string, conversationId: unknown): Promise<[number, number]> {
  const { data } = await world.get("conversation", { userId, limit: "500" });
  const { conversations } = data as {
    conversations: { conversationId: string; unread: number; unreadMentions: number }[];
  };
  const entry = conversations.find((one) => one.conversationId === String(conversationId));
  return [entry?.unread ?? -1, entry?.unreadMentions ?? -1];
}

async function rowsOf(conversationId: string): Promise<string[]> {
  const rows = await sql<{ name: string; seq: number }[]>`
    SELECT u.external_id AS name, n.seq::int FROM mentions n JOIN users u ON u.id = n.user_id
    WHERE n.conversation_id = ${conversationId} ORDER BY n.seq, u.id`;
  return rows.map(({ name, seq }) => `${seq} ${name}`);
}

const naming = (uids: string[], all = false) => ({ text: "you", mentions: { uids, all } });

describe.each([
  ["narrow", ["ben", "cat"]],
  ["wide", ["ben", "cat", "dan"]],
])("%s", (kind, members) => {
  test("who is named has an unread mention, on each device, and nobody else a row", async () => {
    const id = await world.group("ann", members);
    await ann.client.send({ conversationId: id, text: "plain" });
    const content = naming(["ben", "ben", "ann", "eve", "nobody"]);
    const sent = await ann.client.send({ conversationId: id, content, localId: `named ${kind}` });
    const again = await ann.client.send({ conversationId: id, content, localId: `named ${kind}` });
    expect(again).toMatchObject({ duplicate: true, messageId: sent.messageId });
    await ann.client.send({ conversationId: id, content: naming(["ben"], true) });
    expect(await rowsOf(id)).toEqual(["1 ben"]);
    expect(await counts("ben", id)).toEqual([3, 2]);
    expect(await counts("cat", id)).toEqual([3, 1]);
    expect(await counts("ann", id)).toEqual([0, 0]);
    for (const framing of FRAMINGS) {
      const away = await world.device("ben", { deviceType: "im_app_ios", framing });
      const { data } = await away.client.conversations();
      const entry = data.conversations.find((one) => String(one.conversationId) === id);
      expect(entry).toMatchObject({ unread: 3, unreadMentions: 2 });
      await away.client.close();
    }
  });

  test("a mention counts until it is read, recalled, deleted or cleared", async () => {
    const id = await world.group("ann", members);
    const sent: string[] = [];
    for (let n = 0; n < 5; n++) {
      const said = { conversationId: id, content: naming(n === 4 ? ["cat"] : ["ben", "cat"]) };
      sent.push(String((await ann.client.send(said)).messageId));
    }
    expect(await counts("ben", id)).toEqual([5, 4]);
    await ben.client.read(id, 0);
    expect(await counts("ben", id)).toEqual([4, 3]);
    await ann.client.recall(id, sent[1] as string);
    expect(await counts("ben", id)).toEqual([3, 2]);
    expect(await counts("cat", id)).toEqual([4, 4]);
    await ben.client.deleteMessages(id, [sent[2] as string]);
    expect(await counts("ben", id)).toEqual([2, 1]);
    // An edit changes nothing of who was counted as mentioned.
    await ann.client.edit(id, sent[3] as string, { text: "nobody" });
    await ann.client.edit(id, sent[4] as string, naming(["ben"]));
    expect(await counts("ben", id)).toEqual([2, 1]);
    await ben.client.unread(id, 0);
    expect(await counts("ben", id)).toEqual([3, 2]);
    await ben.client.clearConversation(id);
    await ann.client.send({ conversationId: id, text: "later" });
    expect(await counts("ben", id)).toEqual([1, 0]);
    await ben.client.readAll();
    expect(await counts("ben", id)).toEqual([0, 0]);
  });

  test("a mention of who was no member then is none, also once he is back", async () => {
    const id = await world.group("ann", members);
    const about = { conversationId: id, userIds: ["ben"] };
    await ann.client.send({ conversationId: id, content: naming(["ben"]) });
    await world.remove("group/member", about);
    await ann.client.send({ conversationId: id, content: naming(["ben"]) });
    await world.post("group/member", about);
    expect(await counts("ben", id)).toEqual([0, 0]);
    await ann.client.send({ conversationId: id, content: naming(["ben"]) });
    expect(await counts("ben", id)).toEqual([1, 1]);
  });
});

test.each([
  ["narrow", ["ben", "cat"]],
  ["wide", ["ben", "cat", "dan"]],
])("%s: up to the bound of seqs it is exact, beyond it there may be more", async (_, members) => {
  const id = await world.group("ann", members);
  await fill(id, 6000);
  // Every fourth names him.
  expect(await counts("ben", id)).toEqual([LIMIT.unreadSeqs, LIMIT.unreadSeqs / 4]);
  const edge = 5999 - LIMIT.unreadSeqs;
  await readTo(id, edge - 1);
  expect(await counts("ben", id)).toEqual([LIMIT.unreadSeqs, LIMIT.unreadSeqs / 4]);
  await readTo(id, edge);
  expect(await counts("ben", id)).toEqual([LIMIT.unreadSeqs, LIMIT.unreadSeqs / 4]);
  await readTo(id, edge + 1);
  // The first of the window named him.
  expect(await counts("ben", id)).toEqual([LIMIT.unreadSeqs - 1, LIMIT.unreadSeqs / 4 - 1]);
});

/** The cursor of ben's, where the tables were filled behind the writer's back. */
async function readTo(conversationId: string, seq: number): Promise<void> {
  await sql`
    UPDATE members SET read_seq = ${seq} WHERE conversation_id = ${conversationId}
      AND user_id = (SELECT id FROM users WHERE external_id = 'ben')`;
}

/** So many messages of ann's, each whose seq is a multiple of 4 naming ben. */
async function fill(conversationId: string, count: number): Promise<void> {
  await sql`
    INSERT INTO messages (id, conversation_id, seq, sender_id, dedupe_key, conversation_pts, cmd,
      type, flags, device_id, local_id, content)
    SELECT 1000 + n + ${conversationId}::int8 * 10000, ${conversationId}, n,
      (SELECT id FROM users WHERE external_id = 'ann'), n,
      CASE WHEN wide THEN n + 10 END, 2, 1, 0, 'd', n::text, ''
    FROM generate_series(0, ${count - 1}::int8) AS n
    JOIN conversations ON conversations.id = ${conversationId}`;
  await sql`
    INSERT INTO mentions (user_id, conversation_id, seq)
    SELECT (SELECT id FROM users WHERE external_id = 'ben'), ${conversationId}, n
    FROM generate_series(0, ${count - 1}::int8) AS n WHERE n % 4 = 0`;
}

test("mentions from before a group turned wide and after it are counted alike", async () => {
  const id = await world.group("ann", ["ben", "cat"]);
  await ann.client.send({ conversationId: id, content: naming(["ben"]) });
  await world.post("group/member", { conversationId: id, userIds: ["dan"] });
  const wide = await ann.client.send({ conversationId: id, content: naming(["ben"]) });
  expect(wide.conversationPts).toBeGreaterThan(0);
  expect(await counts("ben", id)).toEqual([2, 2]);
});

test("of two, and with target, who is named and can see it has a mention", async () => {
  const sent = await ann.client.send({ to: "ben", content: naming(["ben"]) });
  expect(await counts("ben", sent.conversationId)).toEqual([1, 1]);
  const id = await world.group("ann", ["ben", "cat"]);
  const content = naming(["ben", "cat"]);
  await ann.client.send({ conversationId: id, content, target: ["cat"] });
  expect(await counts("ben", id)).toEqual([0, 0]);
  expect(await counts("cat", id)).toEqual([1, 1]);
});

test("a wide log is one for all: it names who is meant, and marks nobody", async () => {
  const narrow = await world.group("ann", ["ben", "cat"]);
  const wide = await world.group("ann", ["ben", "cat", "dan"]);
  for (const id of [narrow, wide]) {
    const said = await ann.client.send({ conversationId: id, content: naming(["ben"]) });
    const push = await ben.heard(({ messageExtra }) => messageExtra?.messageId === said.messageId);
    expect(push.content?.mentions).toEqual({ uids: ["ben"] });
    expect(push.messageExtra?.mentioned).toBe(id === narrow ? true : undefined);
  }
  const seen: unknown[] = [];
  const away = await world.device("ben", { deviceType: "im_pc_mac" }, ({ route, messageExtra }) => {
    if (route?.conversationId === Number(narrow)) seen.push(messageExtra?.mentioned);
  });
  expect(seen).toContain(true);
  await away.client.close();
});

test(
  "what its sender wants not to count is no unread message and no mention, in each framing",
  async () => {
    const uncounted = { conversation: { unread: false } };
    for (const framing of FRAMINGS) {
      const sender = await world.device("ann", { deviceType: "im_app_ios", framing });
      for (const members of [
        ["ben", "cat"],
        ["ben", "cat", "dan"],
      ]) {
        const id = await world.group("ann", members);
        const said = { conversationId: id, content: naming(["ben"]) };
        const { messageId } = await sender.client.send({ ...said, options: uncounted });
        await sender.client.send({ ...said, content: naming([], true), options: uncounted });
        await sender.client.send({ ...said, options: { conversation: { unread: true } } });
        await sender.client.send({ conversationId: id, text: "plain" });
        expect(await counts("ben", id)).toEqual([2, 1]);
        // It is there all the same, and says so to whoever counts for himself.
        const push = await ben.heard(({ messageExtra }) => messageExtra?.messageId === messageId);
        expect(push.options).toEqual(uncounted);
        const { data } = await ben.client.history(id, { fromSeq: 0 });
        const held = new MessageState("ben");
        for (const message of data.messages) held.apply(message);
        expect(held.get(Number(id)).unread("ben")).toBe(2);
      }
      await sender.client.close();
    }
  },
  PATIENT,
);

test(
  "the same over HTTP, of what is sent later, and of a broadcast",
  async () => {
    const id = await world.group("ann", ["ben", "cat"]);
    const options = { conversation: { unread: false } };
    const said = { from: "ann", conversationId: id, content: naming(["ben"]), options };
    expect((await world.post("message", { ...said, localId: "http" })).code).toBe(200);
    const control = { sendAt: Date.now() + 300 };
    expect((await world.post("message", { ...said, control, localId: "later" })).code).toBe(200);
    expect(await until(async () => (await sentIn(id)) === 2, 10_000, 50)).toBe(true);
    expect(await counts("ben", id)).toEqual([0, 0]);
    const broadcast = { userIds: ["dan"], content: { text: "by the way" }, options };
    expect((await world.post("broadcast", { ...broadcast, localId: "aside" })).code).toBe(200);
    const told = async () => (await world.get("conversation", { userId: "dan" })).data;
    expect(await until(async () => JSON.stringify(await told()).includes("way"), 10_000, 50)).toBe(
      true,
    );
    const { conversations } = (await told()) as { conversations: Record<string, unknown>[] };
    const system = conversations.find((one) => one["conversationType"] === 6);
    expect(system).toMatchObject({ lastSeq: 0, unread: 0 });
  },
  PATIENT,
);

async function sentIn(conversationId: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    SELECT count(*)::int AS count FROM messages WHERE conversation_id = ${conversationId}`;
  return row?.count ?? 0;
}

test("rows of mentions go with their message when its time is over", async () => {
  const id = await world.group("ann", ["ben", "cat", "dan"]);
  const said = { conversationId: id, content: naming(["ben"]) };
  await ann.client.send({ ...said, control: { ttl: 1 } });
  await ann.client.send(said);
  expect(await rowsOf(id)).toEqual(["0 ben", "1 ben"]);
  expect(await until(async () => (await rowsOf(id)).length === 1, 15_000, 100)).toBe(true);
  expect(await counts("ben", id)).toEqual([1, 1]);
}, 20_000);
