// Friend requests, friendships and blocks: by commands in each framing and over HTTP alike.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import postgres from "postgres";
import { CMD } from "../../../src/wire/commands.ts";
import { FRAMINGS } from "../../../src/wire/frame.ts";
import { AS_APP, startServer, type TestServer } from "../http/server.ts";
import { type Device, Devices, expectSame, logOf, told } from "./people.ts";

let server: TestServer;
let ann: Device;
let annsPhone: Device;
let ben: Device;
let devices: Devices;

beforeAll(async () => {
  server = await startServer({
    LINNET_FRIEND_REQUESTS_OPEN: "3",
    LINNET_FRIEND_REQUESTS_DAILY: "5",
  });
  devices = new Devices(server);
  ann = await devices.open("ann");
  annsPhone = await devices.open("ann", "im_app_ios");
  ben = await devices.open("ben");
}, 60_000);

afterAll(async () => {
  await devices.close();
  await server.stop();
}, 60_000);

const app = (method: string, path: string, input: unknown) =>
  server.call(method, `/openapi/v1${path}`, AS_APP, input);

describe.each([...FRAMINGS])("over %s", (framing) => {
  test("asked, told to both, accepted, told to all devices, ended", async () => {
    const [from, to] = [`${framing}-from`, `${framing}-to`];
    const asker = await devices.open(from, "im_web", framing);
    const asked = await devices.open(to, "im_web", framing);
    const request = await asker.client.friends.add(to, "it is me");
    expect(request.code).toBe(200);
    const { requestId } = request.data;
    const said = { requestId, message: "it is me" };
    await asked.heard(told(CMD.friendAdd, { ...said, userId: from }));
    await asker.heard(told(CMD.friendAdd, { ...said, userId: to }));
    const list = await asked.client.friends.requests();
    expect(list.data.requests).toMatchObject([{ ...said, userId: from, incoming: true }]);
    const accepted = await asked.client.friends.answer(requestId, true);
    expect(accepted).toMatchObject({ code: 200, data: { requestId } });
    await asker.heard(told(CMD.friendAdd, { requestId, accept: true, userId: to }));
    expect((await asked.client.friends.requests()).data.requests).toEqual([]);
    const sent = await asker.client.send({ to, cmd: CMD.singleChat, text: "hi" });
    expect(sent.code).toBe(200);
    expect((await asked.client.friends.update(from, "my friend")).code).toBe(200);
    await asked.heard(told(CMD.friendUpdate, { userId: from, remark: "my friend" }));
    const { data } = await asked.client.friends.sync();
    expect(data.friends).toMatchObject([{ userId: from, friend: true, remark: "my friend" }]);
    expect((await asker.client.friends.delete(to)).code).toBe(200);
    await asked.heard(told(CMD.friendDelete, { userId: from }));
    const gone = await asked.client.friends.sync(data.version);
    expect(gone.data.friends).toMatchObject([{ userId: from, deleted: true, remark: "" }]);
    expect(gone.data).toMatchObject({ final: true, reset: false });
    // Nothing is different, so nobody is told.
    expect((await asker.client.friends.delete(to)).code).toBe(200);
    expect((await asked.client.friends.update(from, "who?")).code).toBe(1006);
    await expectSame(server, asker);
    await expectSame(server, asked);
  });
});

test("refused: both are told, and an answer that contradicts is a conflict", async () => {
  const { data } = await ann.client.friends.add("ben");
  const { requestId } = data;
  expect((await ann.client.friends.answer(requestId, true)).code).toBe(404);
  expect((await ben.client.friends.answer(requestId, false)).code).toBe(200);
  await annsPhone.heard(told(CMD.friendAdd, { requestId, accept: false }));
  expect((await ben.client.friends.answer(requestId, false)).code).toBe(200);
  expect((await ben.client.friends.answer(requestId, true)).code).toBe(409);
  expect((await ben.client.friends.answer("nothing", true)).code).toBe(404);
});

test("asked twice is one request; two that cross are a friendship", async () => {
  await devices.open("kim");
  const kim = await devices.open("kim", "im_pc_mac");
  const lee = await devices.open("lee");
  const [first, second] = await Promise.all([
    kim.client.friends.add("lee"),
    kim.client.friends.add("lee"),
  ]);
  expect(first?.data).toEqual(second?.data);
  const crossing = await lee.client.friends.add("kim");
  expect(crossing).toMatchObject({ code: 200, data: first?.data });
  await kim.heard(told(CMD.friendAdd, { accept: true, userId: "lee" }));
  expect((await kim.client.friends.add("lee")).code).toBe(409);
  const asks = (await logOf(server, lee.as)).filter(([cmd]) => cmd === CMD.friendAdd);
  expect(asks).toHaveLength(2);
});

test("at the same time from two devices one wins, and both end equal", async () => {
  const mia = await devices.open("mia");
  const miasPhone = await devices.open("mia", "im_app_ios");
  const { requestId } = (await ben.client.friends.add("mia")).data;
  await mia.heard(told(CMD.friendAdd, { requestId }));
  const codes = await Promise.all([
    mia.client.friends.answer(requestId, true),
    miasPhone.client.friends.answer(requestId, false),
  ]);
  expect(codes.map(({ code }) => code).toSorted((a, b) => a - b)).toEqual([200, 409]);
  const yes = codes[0]?.code === 200;
  await miasPhone.heard(told(CMD.friendAdd, { requestId, accept: yes }));
  await mia.heard(told(CMD.friendAdd, { requestId, accept: yes }));
  const { data } = await ben.client.friends.sync();
  expect(data.friends.some(({ userId }) => userId === "mia")).toBe(yes);
  await expectSame(server, miasPhone);
});

test("the same localId again is answered alike and done once", async () => {
  await server.login("ned");
  const ask = () => ben.client.request(CMD.friendAdd, { data: { userId: "ned" }, localId: "once" });
  const [one, two] = [await ask(), await ask()];
  expect(one).toMatchObject({ code: 200, data: two.data });
  const asked = { userId: "ned", friendId: "ben", localId: "h1" };
  expect(await app("POST", "/friend/request", asked)).toMatchObject({ code: 200, data: one.data });
  expect(await app("POST", "/friend/request", asked)).toMatchObject({ code: 200, data: one.data });
});

test("who is blocked can't ask, and who blocks must unblock first", async () => {
  await server.login("eve");
  expect((await ann.client.friends.block("eve")).code).toBe(200);
  await annsPhone.heard(told(CMD.friendBlock, { userId: "eve", blocked: true }));
  const ask = { userId: "eve", friendId: "ann" };
  expect(await app("POST", "/friend/request", ask)).toMatchObject({ code: 1007, status: 422 });
  expect((await ann.client.friends.add("eve")).code).toBe(1007);
  const blocked = (await ann.client.friends.sync()).data;
  expect(blocked.friends).toMatchObject([{ userId: "eve", blocked: true, friend: false }]);
  const request = (data: object) => ann.client.request(CMD.userBlock, { data: { ...data } });
  expect((await request({ userId: "eve", blocked: false })).code).toBe(200);
  await annsPhone.heard(told(CMD.userBlock, { userId: "eve", blocked: false }));
  const { data } = await ann.client.friends.sync(blocked.version);
  expect(data.friends).toMatchObject([{ userId: "eve", deleted: true }]);
  expect((await app("POST", "/friend/request", ask)).code).toBe(200);
});

test("wrong shapes, nobody, oneself, too long", async () => {
  const request = (cmd: number, data: object) => ann.client.request(cmd, { data: { ...data } });
  for (const cmd of [CMD.friendAdd, CMD.friendDelete, CMD.friendBlock, CMD.userBlock]) {
    expect((await request(cmd, {})).code).toBe(1005);
    expect((await request(cmd, { userId: "nobody" })).code).toBe(404);
    expect((await request(cmd, { userId: "ann" })).code).toBe(403);
    expect((await request(cmd, { userId: 7 })).code).toBe(1004);
  }
  expect((await request(CMD.friendAdd, { requestId: "1" })).code).toBe(1005);
  const long = await request(CMD.friendAdd, { userId: "lee", message: "é".repeat(600) });
  expect(long.code).toBe(413);
  expect((await ben.client.friends.sync(0, 501)).code).toBe(413);
  const http = { userId: "ann", friendId: "ann" };
  expect((await app("POST", "/friend/request", http)).code).toBe(403);
  expect((await app("POST", "/friend/request", { userId: "ann" })).code).toBe(1005);
  expect((await server.call("POST", "/openapi/v1/friend", ann.as, http)).code).toBe(403);
});

test("an expired request is none: not listed, not answered, asked anew", async () => {
  await server.login("old");
  const { requestId } = (await ben.client.friends.add("old")).data;
  const sql = postgres(server.databaseUrl, { max: 1 });
  await sql`UPDATE friend_requests SET expires_at = now() WHERE id = ${requestId}`;
  await sql.end();
  const listed = (await ben.client.friends.requests()).data.requests;
  expect(listed.some((one) => one.requestId === requestId)).toBe(false);
  const accept = { userId: "old", requestId, accept: true };
  expect((await app("POST", "/friend/answer", accept)).code).toBe(404);
  const again = (await ben.client.friends.add("old")).data;
  expect(again.requestId).not.toBe(requestId);
  const answer = { userId: "old", requestId: again.requestId, accept: true };
  expect((await app("POST", "/friend/answer", answer)).code).toBe(200);
});

test("open requests and those of a day have a bound", async () => {
  const zoe = await devices.open("zoe");
  for (let i = 0; i < 7; i++) await server.login(`asked-${i}`);
  const ask = (i: number) => zoe.client.friends.add(`asked-${i}`);
  const ids: string[] = [];
  for (let i = 0; i < 3; i++) ids.push((await ask(i)).data.requestId);
  expect((await ask(3)).code).toBe(413);
  const one = (await zoe.client.friends.requests({ limit: 2 })).data;
  expect(one).toMatchObject({ final: false, requests: [{ userId: "asked-2" }, {}] });
  const two = (await zoe.client.friends.requests({ limit: 2, cursor: one.cursor })).data;
  expect(two).toMatchObject({ final: true, requests: [{ userId: "asked-0", incoming: false }] });
  for (let i = 0; i < 3; i++) {
    const answer = { userId: `asked-${i}`, requestId: ids[i], accept: false };
    expect((await app("POST", "/friend/answer", answer)).code).toBe(200);
  }
  expect((await ask(4)).code).toBe(200);
  expect((await ask(5)).code).toBe(200);
  expect((await ask(6)).code).toBe(429);
});

test("the list syncs in pages by version, and begins anew for a version of another", async () => {
  const ida = await devices.open("ida");
  for (let i = 0; i < 5; i++) {
    await server.login(`friend-${i}`);
    await app("POST", "/friend", { userId: "ida", friendId: `friend-${i}` });
  }
  await app("DELETE", "/friend", { userId: "ida", friendId: "friend-1" });
  const names: string[] = [];
  let version = 0;
  for (let final = false; !final; ) {
    const { data } = await ida.client.friends.sync(version, 2);
    names.push(...data.friends.filter((one) => one.friend).map(({ userId }) => userId));
    ({ version, final } = data);
  }
  expect(names).toEqual(["friend-0", "friend-2", "friend-3", "friend-4"]);
  expect(version).toBe(6);
  const http = await server.call("GET", "/openapi/v1/friend", ida.as, { version: "5" });
  expect(http.data).toMatchObject({
    version: 6,
    final: true,
    friends: [{ userId: "friend-1", deleted: true }],
  });
  const beyond = await ida.client.friends.sync(99);
  expect(beyond.data).toMatchObject({ version: 6, reset: true, final: true });
  expect(beyond.data.friends).toHaveLength(4);
});
