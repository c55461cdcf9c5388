// A group of 100,000: its list comes in bounded pages, and a change of one is told as that one.
import { afterAll, beforeAll, expect, test } from "bun:test";
import postgres from "postgres";
import { type Cast, type Member, startCast } from "./cast.ts";

const MEMBERS = 100_000;
const PAGE = 500;

let cast: Cast;
let owner: Member;
let id: number;

beforeAll(async () => {
  cast = await startCast();
  owner = await cast.member("owner", "proto");
  for (const name of ["late", "later"]) await cast.server.login(name);
  id = await cast.group({ owner: "owner", members: [], type: 5 });
  // As 200 invitations of 500 leave them, without waiting for those.
  const sql = postgres(cast.server.databaseUrl, { max: 1 });
  await sql`
    WITH made AS (INSERT INTO users (external_id)
      SELECT 'one-of-many-' || n FROM generate_series(2, ${MEMBERS}::int) AS n RETURNING id)
    INSERT INTO members (conversation_id, user_id, version)
    SELECT ${id}, id, 1 + row_number() OVER (ORDER BY id) FROM made`;
  await sql`
    UPDATE conversations SET member_count = ${MEMBERS}, members_version = ${MEMBERS}
    WHERE id = ${id}`;
  await sql`ANALYZE`;
  await sql.end();
}, 60_000);

afterAll(() => cast.stop());

test("the whole list in pages, then only what changed", async () => {
  const seen = new Set<string>();
  let cursor = "";
  let pages = 0;
  let version = 0;
  for (let final = false; !final; pages++) {
    const { code, data } = await owner.groups.members(id, { cursor, limit: PAGE });
    expect(code).toBe(200);
    expect(data.members.length).toBeLessThanOrEqual(PAGE);
    expect(data.reset).toBe(pages === 0);
    expect(data.group.memberCount).toBe(MEMBERS);
    for (const { userId } of data.members) seen.add(userId);
    ({ cursor, final, version } = data);
  }
  expect(seen.size).toBe(MEMBERS);
  expect(pages).toBeLessThanOrEqual(MEMBERS / PAGE + 1);
  expect((await owner.groups.join(id, ["late", "later"])).code).toBe(200);
  expect((await owner.groups.leave(id, ["one-of-many-77", "later"])).code).toBe(200);
  const { data } = await owner.groups.members(id, { version, limit: PAGE });
  expect(data).toMatchObject({ final: true, reset: false });
  expect(data.members.map(({ userId }) => userId)).toEqual(["late"]);
  expect(new Set(data.removed)).toEqual(new Set(["one-of-many-77", "later"]));
  expect(data.group.memberCount).toBe(MEMBERS);
  expect((await owner.groups.members(id, { limit: 501 })).code).toBe(413);
}, 60_000);

test("a change of a group of so many touches no row but its own", async () => {
  const sql = postgres(cast.server.databaseUrl, { max: 1 });
  const written = async () => {
    const [row] = await sql<{ inbox: number; events: number }[]>`
      SELECT (SELECT count(*)::int FROM inbox) AS inbox,
        (SELECT count(*)::int FROM events) AS events`;
    return row ?? { inbox: 0, events: 0 };
  };
  const before = await written();
  expect((await owner.groups.update(id, { announcement: "so many" })).code).toBe(200);
  expect((await owner.groups.mute(id, 4e12)).code).toBe(200);
  expect(await written()).toEqual({ inbox: before.inbox, events: before.events + 2 });
  await sql.end();
});
