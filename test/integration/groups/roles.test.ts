// The table role × operation × code, over every framing and over HTTP.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Framing, FRAMINGS } from "../../../src/wire/frame.ts";
import { type Cast, type Member, startCast } from "./cast.ts";

const ROLES = ["owner", "administrator", "member", "stranger"] as const;
type Role = (typeof ROLES)[number];
type Codes = readonly [owner: number, administrator: number, member: number, stranger: number];

interface Operation {
  codes: Codes;
  sdk: (groups: Member["groups"], id: number) => Promise<{ code: number }>;
  http: (id: string) => readonly [method: string, path: string, input: object];
}

const LATER = 4_000_000_000_000;
const change = (changes: object) => ({
  sdk: (groups: Member["groups"], id: number) => groups.update(id, changes),
  http: (conversationId: string) =>
    ["POST", "/group/update", { conversationId, ...changes }] as const,
});
const mute = (userIds: string[] | undefined) => ({
  sdk: (groups: Member["groups"], id: number) => groups.mute(id, LATER, userIds),
  http: (conversationId: string) =>
    ["POST", "/group/mute", { conversationId, userIds, until: LATER }] as const,
});
const kick = (userIds: string[] | undefined) => ({
  sdk: (groups: Member["groups"], id: number) => groups.leave(id, userIds),
  http: (conversationId: string) =>
    ["DELETE", "/group/member", { conversationId, userIds }] as const,
});

const OPERATIONS: Readonly<Record<string, Operation>> = {
  rename: { codes: [200, 200, 2005, 2003], ...change({ name: "new" }) },
  announce: { codes: [200, 200, 2005, 2003], ...change({ announcement: "hear, hear" }) },
  "change how one joins": { codes: [200, 200, 2005, 2003], ...change({ joinMode: "free" }) },
  "change nothing": { codes: [1005, 1005, 1005, 1005], ...change({}) },
  "an unknown way to join": {
    codes: [1004, 1004, 1004, 1004],
    ...change({ joinMode: "by magic" }),
  },
  "too long a name": { codes: [413, 413, 413, 413], ...change({ name: "n".repeat(257) }) },
  "make an administrator": {
    codes: [200, 2005, 2005, 2003],
    ...change({ roles: [{ userId: "second member", role: 1 }] }),
  },
  "unmake an administrator": {
    codes: [200, 2005, 2005, 2003],
    ...change({ roles: [{ userId: "second administrator", role: 0 }] }),
  },
  "a role that can't be given": {
    codes: [1004, 1004, 1004, 1004],
    ...change({ roles: [{ userId: "second member", role: 2 }] }),
  },
  "a role for who is not in it": {
    codes: [2003, 2005, 2005, 2003],
    ...change({ roles: [{ userId: "another stranger", role: 1 }] }),
  },
  "a role for nobody": {
    codes: [404, 404, 404, 404],
    ...change({ roles: [{ userId: "nobody", role: 1 }] }),
  },
  "a role for the owner": {
    codes: [403, 2005, 2005, 2003],
    ...change({ roles: [{ userId: "owner", role: 0 }] }),
  },
  transfer: { codes: [200, 2005, 2005, 2003], ...change({ owner: "second member" }) },
  "transfer to who is not in it": {
    codes: [2003, 2005, 2005, 2003],
    ...change({ owner: "another stranger" }),
  },
  "transfer to the owner": { codes: [403, 2005, 2005, 2003], ...change({ owner: "owner" }) },
  "mute a member": { codes: [200, 200, 2005, 2003], ...mute(["second member"]) },
  "mute an administrator": { codes: [200, 2005, 2005, 2003], ...mute(["second administrator"]) },
  "mute the owner": { codes: [403, 2005, 2005, 2003], ...mute(["owner"]) },
  "mute who is not in it": { codes: [2003, 2003, 2005, 2003], ...mute(["another stranger"]) },
  "mute all": { codes: [200, 200, 2005, 2003], ...mute(undefined) },
  "kick a member": { codes: [200, 200, 2005, 2003], ...kick(["second member"]) },
  "kick an administrator": { codes: [200, 2005, 2005, 2003], ...kick(["second administrator"]) },
  "kick one who may be kicked and one who may not": {
    codes: [200, 2005, 2005, 2003],
    ...kick(["second member", "second administrator"]),
  },
  "kick who is not in it": { codes: [2003, 2003, 2005, 2003], ...kick(["another stranger"]) },
  leave: { codes: [403, 200, 200, 2003], ...kick(undefined) },
  invite: {
    codes: [200, 200, 200, 2003],
    sdk: (groups, id) => groups.join(id, ["another stranger"]),
    http: (conversationId) =>
      ["POST", "/group/member", { conversationId, userIds: ["another stranger"] }] as const,
  },
  join: {
    codes: [200, 200, 200, 200],
    sdk: (groups, id) => groups.join(id),
    http: (conversationId) => ["POST", "/group/member", { conversationId }] as const,
  },
  "list the members": {
    codes: [200, 200, 200, 2003],
    sdk: (groups, id) => groups.members(id),
    http: (conversationId) => ["GET", "/group/member", { conversationId }] as const,
  },
  "list the requests": {
    codes: [200, 200, 2005, 2003],
    sdk: (groups, id) => groups.requests(id),
    http: (conversationId) => ["GET", "/group/request", { conversationId }] as const,
  },
  "decide on a request that nobody made": {
    codes: [404, 404, 2005, 2003],
    sdk: (groups, id) => groups.answer(id, "999999", true),
    http: (conversationId) =>
      ["POST", "/group/request", { conversationId, requestId: "999999", accept: true }] as const,
  },
  dissolve: {
    codes: [200, 2005, 2005, 2003],
    sdk: (groups, id) => groups.dismiss(id),
    http: (conversationId) => ["DELETE", "/group", { conversationId }] as const,
  },
};

let cast: Cast;
const members = {} as Record<Framing, Record<Role, Member>>;

beforeAll(async () => {
  cast = await startCast();
  for (const id of ["second administrator", "second member", "another stranger"]) {
    await cast.server.login(id);
  }
  for (const framing of FRAMINGS) {
    const of = {} as Record<Role, Member>;
    for (const role of ROLES) of[role] = await cast.member(role, framing);
    members[framing] = of;
  }
}, 60_000);

afterAll(() => cast.stop());

async function makeGroup(): Promise<number> {
  const others = ["administrator", "second administrator", "member", "second member"];
  const id = await cast.group({ owner: "owner", members: others });
  const roles = ["administrator", "second administrator"].map((userId) => ({ userId, role: 1 }));
  const named = await cast.asServer("POST", "/group/update", { conversationId: id, roles });
  expect(named.code).toBe(200);
  return id;
}

for (const way of [...FRAMINGS, "http"] as const) {
  describe(way, () => {
    let group = 0;
    for (const [name, { codes, sdk, http }] of Object.entries(OPERATIONS)) {
      test(name, async () => {
        const got: number[] = [];
        for (const role of ROLES) {
          if (group === 0) group = await makeGroup();
          const member = members[way === "http" ? "json" : way][role];
          const run = async () => {
            if (way !== "http") return await sdk(member.groups, group);
            const [method, path, input] = http(String(group));
            return await cast.server.call(method, `/openapi/v1${path}`, member.as, input);
          };
          const { code } = await run();
          got.push(code);
          // What was refused has changed nothing; what was done may have.
          if (code === 200) group = 0;
        }
        expect(got).toEqual([...codes]);
      });
    }
  });
}

test("what is no conversation or no group is 1003, and what is dissolved stays so", async () => {
  const { owner } = members.json;
  await cast.asServer("POST", "/friend", { userId: "owner", friendId: "member" });
  const pair = await owner.client.send({ to: "member", text: "hi" });
  for (const id of [pair.conversationId ?? 0, 999_999]) {
    expect((await owner.groups.update(id, { name: "x" })).code).toBe(1003);
    expect((await owner.groups.mute(id, 0)).code).toBe(1003);
    expect((await owner.groups.members(id)).code).toBe(1003);
    const asked = await cast.asServer("POST", "/group/update", { conversationId: id, name: "x" });
    expect(asked.code).toBe(1003);
  }
  const group = await makeGroup();
  expect((await owner.groups.dismiss(group)).code).toBe(200);
  expect((await owner.groups.dismiss(group)).code).toBe(2001);
  expect((await owner.groups.update(group, { name: "x" })).code).toBe(2001);
  expect((await owner.groups.join(group, ["another stranger"])).code).toBe(2001);
  expect((await owner.groups.leave(group, ["member"])).code).toBe(2001);
  expect((await owner.groups.members(group)).data.group.dissolved).toBe(true);
  // Nothing keeps anybody in what is over.
  expect((await owner.groups.leave(group)).code).toBe(200);
  expect((await owner.groups.members(group)).code).toBe(2003);
});
