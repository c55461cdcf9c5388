// Search over one's own messages, history around a seq, and the export of a conversation.
import { afterAll, beforeAll, expect, test } from "bun:test";
import postgres from "postgres";
import { pause } from "../../../src/base/backoff.ts";
import { APP_KEY, type Answer, AS_APP, type As, startServer, type TestServer } from "./server.ts";

let server: TestServer;
let ann: As;
let eve: As;
let group = "";

const TEXTS = [
  "The quick brown fox",
  "我在东京都工作",
  "FOXES are quick",
  "plain talk",
  "京东购物",
];

beforeAll(async () => {
  server = await startServer();
  [ann, eve] = await Promise.all([server.login("ann"), server.login("eve"), server.login("ben")]);
  const made = await post("/group", { ownerId: "ann", name: "g", memberIds: ["ben"] });
  group = (made.data as { conversationId: string }).conversationId;
  for (const text of TEXTS) await say("ben", text);
  await searchable(TEXTS.length);
}, 60_000);

afterAll(() => server.stop());

const post = (path: string, input: unknown): Promise<Answer> =>
  server.call("POST", `/openapi/v1${path}`, AS_APP, input);

async function say(from: string, text: string, more: object = {}): Promise<string> {
  const message = { from, conversationId: group, cmd: 2, type: 1, content: { text }, ...more };
  const answer = await post("/message", { ...message, localId: crypto.randomUUID() });
  expect(answer.code).toBe(200);
  return (answer.data as { messageId: string }).messageId;
}

/** Settles when so many messages can be found. */
async function searchable(count: number): Promise<void> {
  const sql = postgres(server.databaseUrl, { max: 1 });
  for (;;) {
    const [row] = await sql`SELECT count(*)::int AS n FROM search`;
    if (Number(row?.["n"]) >= count) break;
    await pause(20);
  }
  await sql.end();
}

async function find(as: As, input: Record<string, string>): Promise<string[] | number> {
  const { code, data } = await server.call("GET", "/openapi/v1/search", as, input);
  if (code !== 200) return code;
  const { messages } = data as { messages: { content: { text: string } }[] };
  return messages.map(({ content }) => content.text);
}

test("all words must be there, by their beginnings, newest first", async () => {
  expect(await find(ann, { text: "fox" })).toEqual(["FOXES are quick", "The quick brown fox"]);
  expect(await find(ann, { text: "quick foxes" })).toEqual(["FOXES are quick"]);
  expect(await find(ann, { text: "rown" })).toEqual([]);
  expect(await find(ann, { text: "!?" })).toBe(1004);
});

test("Chinese is found by any part, in its order", async () => {
  expect(await find(ann, { text: "东京" })).toEqual(["我在东京都工作"]);
  expect(await find(ann, { text: "京都工" })).toEqual(["我在东京都工作"]);
  expect(await find(ann, { text: "京" })).toEqual(["京东购物", "我在东京都工作"]);
  expect(await find(ann, { text: "都京" })).toEqual([]);
});

test("pages go on before the last message; senders and conversations narrow", async () => {
  const first = await server.call("GET", "/openapi/v1/search", ann, { text: "quick", limit: "1" });
  const page = first.data as { messages: { messageExtra: { messageId: string } }[] };
  expect(page).toMatchObject({ final: false, messages: [{ content: { text: TEXTS[2] } }] });
  const before = page.messages[0]?.messageExtra.messageId ?? "";
  expect(await find(ann, { text: "quick", before })).toEqual([TEXTS[0] as string]);
  expect(await find(ann, { text: "quick", from: "ann" })).toEqual([]);
  expect(await find(ann, { text: "quick", conversationId: group })).toHaveLength(2);
  expect(await find(ann, { text: "quick", conversationId: "999999" })).toBe(1003);
});

test("a stranger finds nothing of a conversation, a new member nothing from before", async () => {
  expect(await find(eve, { text: "quick" })).toEqual([]);
  expect(await find(eve, { text: "quick", conversationId: group })).toBe(2003);
  expect(await find(ann, { text: "quick", userId: "ben" })).toBe(403);
  await post("/group/member", { conversationId: group, userIds: ["eve"] });
  await say("ben", "quick again");
  await searchable(TEXTS.length + 1);
  expect(await find(eve, { text: "quick" })).toEqual(["quick again"]);
  await server.call("DELETE", "/openapi/v1/group/member", AS_APP, {
    conversationId: group,
    userIds: ["eve"],
  });
  expect(await find(eve, { text: "quick" })).toEqual([]);
});

test("a message for some is found by them alone", async () => {
  await say("ben", "secretive", { target: ["ben"] });
  await searchable(TEXTS.length + 2);
  expect(await find(ann, { text: "secretive" })).toEqual([]);
});

test("history around a seq has it in the middle", async () => {
  const { data } = await server.call("GET", "/openapi/v1/message", ann, {
    conversationId: group,
    fromSeq: "3",
    limit: "4",
    around: "true",
  });
  const { messages } = data as { messages: { messageExtra: { conversationSeq: number } }[] };
  expect(messages.map(({ messageExtra }) => messageExtra.conversationSeq)).toEqual([1, 2, 3, 4]);
});

test("an export has every seq as a line, and a last line that says it is whole", async () => {
  const response = await fetch(
    `${server.url}/openapi/v1/conversation/export?conversationId=${group}`,
    { headers: { "x-app-key": APP_KEY } },
  );
  expect(response.headers.get("content-type")).toContain("application/x-ndjson");
  const lines = (await response.text()).trimEnd().split("\n");
  const parsed = lines.map((line) => JSON.parse(line) as { content?: { text: string } });
  expect(parsed.at(-1)).toEqual({ final: true, messages: lines.length - 1 } as never);
  expect(parsed.slice(0, 5).map(({ content }) => content?.text)).toEqual(TEXTS);
  const refused = await server.call("GET", "/openapi/v1/conversation/export", eve, {
    conversationId: group,
  });
  expect(refused.code).toBe(2003);
});

test("one user's searches are bounded", async () => {
  const asked = Array.from({ length: 40 }, () => find(eve, { text: "quick" }));
  expect((await Promise.all(asked)).filter((code) => code === 429).length).toBeGreaterThan(10);
});
