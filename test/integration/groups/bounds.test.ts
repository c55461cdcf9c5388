// How much a user may have of groups; and changes that are messages too, where that is wanted.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { CMD } from "../../../src/wire/commands.ts";
import { type Cast, type Member, startCast } from "./cast.ts";

let cast: Cast;
let ann: Member;
let ben: Member;
let cat: Member;

beforeAll(async () => {
  cast = await startCast({
    LINNET_GROUP_MEMBERS: "4",
    LINNET_GROUP_ADMINISTRATORS: "1",
    LINNET_GROUPS_OWNED: "2",
    LINNET_GROUPS_PER_DAY: "3",
    LINNET_GROUP_NOTICES: "1",
  });
  ann = await cast.member("ann", "json");
  ben = await cast.member("ben", "proto");
  cat = await cast.member("cat", "msgpack");
  for (const id of ["dan", "eve"]) await cast.server.login(id);
}, 60_000);

afterAll(() => cast.stop());

test("a user owns so many groups and makes so many a day; the server may make more", async () => {
  const make = () => ben.groups.create({ name: "of ben", memberIds: ["cat"] });
  const made = [await make(), await make(), await make()];
  expect(made.map(({ code }) => code)).toEqual([200, 200, 413]);
  const other = await cast.group({ owner: "cat", members: ["ben"] });
  expect((await cat.groups.update(other, { owner: "ben" })).code).toBe(413);
  expect((await ben.groups.dismiss(made[0]?.data.conversationId ?? 0)).code).toBe(200);
  expect((await cat.groups.update(other, { owner: "ben" })).code).toBe(200);
  expect((await ben.groups.dismiss(other)).code).toBe(200);
  expect([(await make()).code, (await make()).code]).toEqual([200, 429]);
  await cast.group({ owner: "ben", members: [] });
});

test("a group that is full takes nobody, and has but so many administrators", async () => {
  const id = await cast.group({ owner: "ann", members: ["ben", "cat"] });
  expect((await ann.groups.join(id, ["dan", "eve"])).code).toBe(2004);
  expect((await ann.groups.join(id, ["dan"])).code).toBe(200);
  expect((await ann.groups.join(id, ["eve"])).code).toBe(2004);
  expect((await ann.groups.leave(id, ["dan"])).code).toBe(200);
  expect((await ann.groups.join(id, ["eve"])).code).toBe(200);
  const asMember = { userId: "cat", role: 0 } as const;
  expect((await ann.groups.update(id, { roles: [{ userId: "ben", role: 1 }] })).code).toBe(200);
  expect((await ann.groups.update(id, { roles: [{ userId: "cat", role: 1 }] })).code).toBe(413);
  const swapped = [{ userId: "ben", role: 0 } as const, { ...asMember, role: 1 as const }];
  expect((await ann.groups.update(id, { roles: swapped })).code).toBe(200);
  const five = { ownerId: "ann", memberIds: ["ben", "cat", "dan", "eve"] };
  expect((await cast.asServer("POST", "/group", five)).code).toBe(2004);
  expect((await cast.asServer("POST", "/group", { ...five, conversationType: 5 })).code).toBe(200);
});

test("notices take the next seqs among what is said, and go to who is a member then", async () => {
  const id = await cast.group({ owner: "ann", members: ["ben"] });
  const say = (member: Member, text: string) =>
    member.client.send({ conversationId: id, cmd: 2, text });
  expect((await say(ann, "first")).seq).toBe(0);
  expect((await ann.groups.join(id, ["cat"])).code).toBe(200);
  expect((await say(cat, "second")).seq).toBe(2);
  expect((await ann.groups.update(id, { name: "Choir" })).code).toBe(200);
  expect((await ann.groups.leave(id, ["cat"])).code).toBe(200);
  const sent = await Promise.all([say(ann, "third"), say(ben, "fourth"), say(ann, "fifth")]);
  expect(new Set(sent.map(({ seq }) => seq))).toEqual(new Set([5, 6, 7]));
  await Promise.all([ann.caughtUp(), ben.caughtUp(), cat.caughtUp()]);
  const numbered = (member: Member) =>
    member.of(id).flatMap(({ messageExtra }) => messageExtra?.conversationSeq ?? []);
  expect(numbered(ann)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(numbered(ben)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  // Not the notice of his own kick, nor what came after it.
  expect(numbered(cat)).toEqual([1, 2, 3]);
  const notices = ben.of(id).filter(({ cmd }) => cmd === CMD.sysNotify);
  expect(notices.map(({ route }) => [route?.type, route?.source, route?.from])).toEqual(
    Array.from({ length: 3 }, () => [41, "system", undefined]),
  );
  expect(notices.map(({ content }) => JSON.parse(content?.extension ?? "") as unknown)).toEqual([
    { cmd: CMD.groupJoin, by: "ann", userIds: ["cat"] },
    { cmd: CMD.groupUpdate, by: "ann", name: "Choir" },
    { cmd: CMD.groupLeave, by: "ann", userIds: ["cat"] },
  ]);
  const { messages } = (await ann.client.history(id, { fromSeq: 0 })).data;
  expect(messages.map(({ messageExtra }) => messageExtra?.conversationSeq)).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7,
  ]);
});
