// What becomes of a group: told to every member, the same to a device that was away.
import { afterAll, beforeAll, expect, test } from "bun:test";
import postgres from "postgres";
import type { LogEvent } from "../../../src/sdk/logs.ts";
import { CMD } from "../../../src/wire/commands.ts";
import { until } from "../../support/pace.ts";
import { type Cast, type Member, startCast } from "./cast.ts";

let cast: Cast;
let ann: Member;
let ben: Member;
let cat: Member;
let dan: Member;

beforeAll(async () => {
  cast = await startCast({ LINNET_FAN_OUT_MEMBERS: "6" });
  ann = await cast.member("ann", "json");
  ben = await cast.member("ben", "proto");
  cat = await cast.member("cat", "msgpack");
  dan = await cast.member("dan", "proto");
  for (let at = 0; at < 12; at++) await cast.server.login(`extra-${at}`);
}, 60_000);

afterAll(() => cast.stop());

const shown = (events: LogEvent["envelope"][]) =>
  events.map(({ cmd, content, route }) => ({ cmd, data: content?.data, from: route?.from }));

const codesOf = (answers: { code: number }[]) =>
  answers.map(({ code }) => code).sort((a, b) => a - b);

/** What a new device of a member reads of a conversation. */
async function asAway(member: Member, id: number): Promise<LogEvent["envelope"][]> {
  const { data } = await cast.asServer("GET", "/sync", { userId: member.name, limit: "500" });
  const { events } = data as { events: { cmd: number; route?: { conversationId?: string } }[] };
  return events.filter((e) => e.route?.conversationId === String(id)) as never;
}

test("a change is one event in every member's log, pushed and synced alike", async () => {
  const id = await cast.group({ owner: "ann", members: ["ben", "cat"] });
  const changes = { name: "Choir", announcement: "Monday", avatar: "a.png" };
  expect((await ann.groups.update(id, changes)).code).toBe(200);
  expect((await ann.groups.update(id, { roles: [{ userId: "ben", role: 1 }] })).code).toBe(200);
  expect((await ben.groups.mute(id, 4e12, ["cat"])).code).toBe(200);
  expect((await ben.groups.mute(id, 0, ["cat"])).code).toBe(200);
  expect((await ann.groups.update(id, { owner: "ben" })).code).toBe(200);
  expect((await ben.groups.leave(id, ["cat"])).code).toBe(200);
  await Promise.all([ann.caughtUp(), ben.caughtUp(), cat.caughtUp()]);
  const told = [
    { cmd: CMD.groupUpdate, data: changes, from: "ann" },
    { cmd: CMD.groupUpdate, data: { roles: [{ userId: "ben", role: 1 }] }, from: "ann" },
    { cmd: CMD.groupMute, data: { userIds: ["cat"], until: 4e12 }, from: "ben" },
    { cmd: CMD.groupMute, data: { userIds: ["cat"], until: 0 }, from: "ben" },
    {
      cmd: CMD.groupUpdate,
      data: { roles: [{ userId: "ben", role: 2 }, { userId: "ann" }], owner: "ben" },
      from: "ann",
    },
    { cmd: CMD.groupLeave, data: { userIds: ["cat"] }, from: "ben" },
  ];
  for (const member of [ann, ben, cat]) {
    expect(shown(member.of(id)).slice(1)).toEqual(told);
    expect(shown(await asAway(member, id)).slice(1)).toEqual(told);
  }
  const { group, members } = (await ben.groups.members(id)).data;
  expect(group).toMatchObject({ name: "Choir", announcement: "Monday", owner: "ben" });
  expect(new Map(members.map(({ userId, role }) => [userId, role]))).toEqual(
    new Map([
      ["ann", 0],
      ["ben", 2],
    ]),
  );
});

test("the same change twice is done once", async () => {
  const id = await cast.group({ owner: "ann", members: ["ben"] });
  const options = { conversationId: id, data: { name: "once" }, localId: "same" };
  expect((await ann.client.request(CMD.groupUpdate, options)).code).toBe(200);
  expect((await ann.client.request(CMD.groupUpdate, options)).code).toBe(200);
  await ben.caughtUp();
  expect(ben.of(id).filter(({ cmd }) => cmd === CMD.groupUpdate).length).toBe(1);
});

test("who asks waits; the first decision counts, and he hears it", async () => {
  const id = await cast.group({ owner: "ann", members: ["ben"], mode: "approval" });
  await ann.groups.update(id, { roles: [{ userId: "ben", role: 1 }] });
  const asked = await cat.groups.join(id, undefined, "it is me");
  expect(asked.code).toBe(200);
  const { requestId } = asked.data;
  expect(requestId).toMatch(/^\d+$/);
  expect((await cat.groups.join(id)).data.requestId).toBe(requestId);
  expect((await cat.client.send({ conversationId: id, cmd: 2, text: "in?" })).code).toBe(2003);
  expect((await dan.groups.join(id)).data.requestId).not.toBe(requestId);
  const first = (await ben.groups.requests(id, { limit: 1 })).data;
  expect(first.requests).toMatchObject([{ requestId, userId: "cat", message: "it is me" }]);
  expect(first.final).toBe(false);
  const second = (await ann.groups.requests(id, { limit: 2, cursor: first.cursor })).data;
  expect(second.requests.map(({ userId }) => userId)).toEqual(["dan"]);
  expect(second.final).toBe(true);
  const decisions = await Promise.all([
    ann.groups.answer(id, requestId, true),
    ben.groups.answer(id, requestId, true),
  ]);
  expect(codesOf(decisions)).toEqual([200, 404]);
  expect((await cat.client.send({ conversationId: id, cmd: 2, text: "in" })).code).toBe(200);
  const other = second.requests[0]?.requestId ?? "";
  expect((await ben.groups.answer(id, other, false)).code).toBe(200);
  expect((await ben.groups.requests(id)).data.requests).toEqual([]);
  await Promise.all([ann.caughtUp(), cat.caughtUp(), dan.caughtUp()]);
  expect(shown(dan.of(id))).toEqual([
    {
      cmd: CMD.groupJoin,
      data: { userIds: ["dan"], requestId: other, accept: false },
      from: "ben",
    },
  ]);
  expect(cat.of(id)[0]?.content?.data).toMatchObject({ userIds: ["cat"], accept: true });
  const ofAnn = ann.of(id).filter(({ cmd }) => cmd === CMD.groupJoin);
  expect(ofAnn.map(({ content }) => content?.data?.["accept"])).toEqual([
    undefined,
    undefined,
    true,
    false,
  ]);
  // A member has no say in who comes in where administrators decide.
  expect((await cat.groups.join(id, ["extra-1"])).code).toBe(2005);
  expect((await ben.groups.join(id, ["extra-1"])).code).toBe(200);
});

test("where members bring others in, nobody comes by himself, or by who is blocked", async () => {
  const id = await cast.group({ owner: "ann", members: ["ben"], mode: "invite" });
  expect((await dan.groups.join(id)).code).toBe(403);
  await cast.asServer("POST", "/block", { userId: "dan", blockedId: "ben" });
  expect((await ben.groups.join(id, ["dan"])).code).toBe(1007);
  await cast.asServer("DELETE", "/block", { userId: "dan", blockedId: "ben" });
  expect((await ben.groups.join(id, ["dan"])).code).toBe(200);
  expect((await dan.client.send({ conversationId: id, cmd: 2, text: "here" })).code).toBe(200);
});

test("a mute ends by itself at its time; administrators are heard when all are mute", async () => {
  const id = await cast.group({ owner: "ann", members: ["ben", "cat"] });
  await ann.groups.update(id, { roles: [{ userId: "ben", role: 1 }] });
  const say = async (member: Member) =>
    (await member.client.send({ conversationId: id, cmd: 2, text: "hear me" })).code;
  const ends = Date.now() + 1500;
  expect((await ann.groups.mute(id, ends)).code).toBe(200);
  expect(await Promise.all([say(ann), say(ben), say(cat)])).toEqual([200, 200, 2002]);
  expect((await cat.groups.members(id)).data.group.mutedUntil).toBe(ends);
  const heard = await until(async () => (await say(cat)) === 200, 5000, 20);
  expect(heard).toBe(true);
  expect(Date.now()).toBeGreaterThanOrEqual(ends - 50);
  expect((await ann.groups.mute(id, Date.now() + 60_000, ["ben"])).code).toBe(200);
  expect(await say(ben)).toBe(2002);
  expect((await ann.groups.mute(id, 0, ["ben"])).code).toBe(200);
  expect(await say(ben)).toBe(200);
  expect((await ben.groups.members(id)).data.group.mutedUntil).toBe(0);
});

test("a list of members syncs by version through a narrow group that turns wide", async () => {
  const id = await cast.group({ owner: "ann", members: ["ben", "cat"] });
  const held = new Map<string, number>();
  let version = 0;
  const sync = async () => {
    const changes: string[] = [];
    let cursor = "";
    for (let final = false; !final; ) {
      const { code, data } = await ann.groups.members(id, { version, cursor, limit: 2 });
      expect(code).toBe(200);
      expect(data.members.length + data.removed.length).toBeLessThanOrEqual(2);
      if (data.reset) held.clear();
      for (const { userId, role } of data.members) held.set(userId, role);
      for (const name of data.removed) held.delete(name);
      changes.push(...data.members.map(({ userId }) => userId), ...data.removed);
      ({ cursor, final } = data);
      if (final) version = data.version;
    }
    const sql = postgres(cast.server.databaseUrl, { max: 1 });
    const rows = await sql<{ name: string; role: number }[]>`
      SELECT u.external_id AS name, m.role FROM members m JOIN users u ON u.id = m.user_id
      WHERE m.conversation_id = ${id}`;
    await sql.end();
    expect(held).toEqual(new Map(rows.map(({ name, role }) => [name, role])));
    return changes.sort();
  };
  expect(await sync()).toEqual(["ann", "ben", "cat"]);
  expect(await sync()).toEqual([]);
  await ann.groups.join(id, ["dan", "extra-0", "extra-1", "extra-2", "extra-3"]);
  await ann.groups.leave(id, ["extra-0"]);
  expect(await sync()).toEqual(["dan", "extra-0", "extra-1", "extra-2", "extra-3"]);
  await ann.groups.update(id, { roles: [{ userId: "dan", role: 1 }] });
  await dan.groups.mute(id, 4e12, ["extra-1"]);
  await ann.groups.join(id, ["extra-0"]);
  expect(await sync()).toEqual(["dan", "extra-0", "extra-1"]);
  await ann.groups.update(id, { owner: "dan" });
  await ben.groups.leave(id);
  expect(await sync()).toEqual(["ann", "ben", "dan"]);
  // A version that is none of this group's, as after a restore: all of it again.
  version = 1_000_000;
  expect((await sync()).length).toBe(7);
  expect((await ann.groups.members(id)).data.group).toMatchObject({ memberCount: 7, owner: "dan" });
});

test("members who change while the list is read are in it at its end", async () => {
  const extras = Array.from({ length: 12 }, (_, at) => `extra-${at}`);
  const id = await cast.group({ owner: "ann", members: [...extras, "ben"], type: 5 });
  const held = new Set<string>();
  let cursor = "";
  for (let page = 0, final = false; !final; page++) {
    const { data } = await ann.groups.members(id, { cursor, limit: 3 });
    for (const { userId } of data.members) held.add(userId);
    for (const name of data.removed) held.delete(name);
    if (page === 1) {
      await ann.groups.leave(id, ["extra-0", "extra-11"]);
      await cat.groups.join(id);
    }
    ({ cursor, final } = data);
  }
  const left = extras.filter((name) => name !== "extra-0" && name !== "extra-11");
  expect([...held].sort()).toEqual(["ann", "ben", "cat", ...left].sort());
});

test("two administrators at once, two devices at once, a kick while he joins", async () => {
  const id = await cast.group({ owner: "ann", members: ["ben", "cat"] });
  const roles = [
    { userId: "ben", role: 1 as const },
    { userId: "cat", role: 1 as const },
  ];
  expect((await ann.groups.update(id, { roles })).code).toBe(200);
  // Each would take the other's role away; nobody but the owner may, and both stay.
  const against = await Promise.all([ben.groups.leave(id, ["cat"]), cat.groups.leave(id, ["ben"])]);
  expect(against.map(({ code }) => code)).toEqual([2005, 2005]);
  const phone = await cast.member("dan", "json");
  const joins = await Promise.all([dan.groups.join(id), phone.groups.join(id)]);
  expect(joins.map(({ code }) => code)).toEqual([200, 200]);
  await Promise.all([dan.caughtUp(), phone.caughtUp(), ann.caughtUp()]);
  const joined = (member: Member) => member.of(id).filter(({ cmd }) => cmd === CMD.groupJoin);
  expect([joined(dan).length, joined(phone).length, joined(ann).length]).toEqual([1, 1, 1]);
  for (let round = 0; round < 5; round++) {
    const both = await Promise.all([
      ben.groups.leave(id, ["dan"]),
      cat.groups.leave(id, ["dan"]),
      dan.groups.join(id),
    ]);
    expect(both.slice(0, 2).some(({ code }) => code === 200)).toBe(true);
    expect(both[2]?.code).toBe(200);
    const inside = (await ann.groups.members(id)).data.members.some((m) => m.userId === "dan");
    const sent = await dan.client.send({ conversationId: id, cmd: 2, text: `round ${round}` });
    expect(sent.code).toBe(inside ? 200 : 2003);
    await dan.groups.join(id);
  }
  const owners = await Promise.all([
    ann.groups.update(id, { owner: "ben" }),
    ann.groups.update(id, { owner: "cat" }),
  ]);
  expect(codesOf(owners)).toEqual([200, 2005]);
});
