// A member kicked out of a stream of 1,000 messages/s: nothing of his after the kick, nothing to
// him after it, in every log.
import { afterAll, beforeAll, expect, test } from "bun:test";
import postgres from "postgres";
import { wait } from "../../support/pace.ts";
import { type Cast, type Member, startCast } from "./cast.ts";

const PER_SECOND = 1000;
const TALK_MS = 1500;
const KICK_AT_MS = 600;

interface LogRow {
  position: number;
  id: string;
  cmd: number;
  sender: string | null;
}

let cast: Cast;
let sql: postgres.Sql;
let owner: Member;
let victim: Member;
let talkers: Member[];

beforeAll(async () => {
  cast = await startCast({ LINNET_FAN_OUT_MEMBERS: "5" });
  sql = postgres(cast.server.databaseUrl, { max: 1 });
  owner = await cast.member("owner", "json");
  victim = await cast.member("victim", "proto");
  const others = await Promise.all([cast.member("one", "proto"), cast.member("two", "msgpack")]);
  talkers = [owner, victim, ...others];
  for (const id of ["idle-0", "idle-1", "idle-2"]) await cast.server.login(id);
}, 60_000);

afterAll(async () => {
  await sql.end();
  await cast.stop();
});

/** Everybody says what is due; in between the victim is kicked, and says on. */
async function talkAndKick(id: number): Promise<{ mine: number[]; kicked: number }> {
  const answers: Promise<number>[] = [];
  const mine: Promise<number>[] = [];
  let kick: Promise<number> | undefined;
  const startMs = performance.now();
  for (let sent = 0; ; ) {
    const passedMs = performance.now() - startMs;
    if (passedMs >= TALK_MS) break;
    if (kick === undefined && passedMs >= KICK_AT_MS) {
      kick = owner.groups.leave(id, ["victim"]).then(({ code }) => code);
    }
    for (const due = Math.floor((passedMs * PER_SECOND) / 1000); sent < due; sent++) {
      const talker = talkers[sent % talkers.length] as Member;
      const text = `${talker.name} ${sent}`;
      const answer = talker.client.send({ conversationId: id, cmd: 2, text });
      const code = answer.then((result) => result.code);
      (talker === victim ? mine : answers).push(code);
    }
    await wait(1);
  }
  expect(new Set(await Promise.all(answers))).toEqual(new Set([200]));
  return { mine: await Promise.all(mine), kicked: (await kick) ?? 0 };
}

function expectKicked(mine: readonly number[]): void {
  expect(mine.length).toBeGreaterThan(100);
  // Taken until the kick, refused ever after, and nothing in between.
  const refused = mine.indexOf(2003);
  expect(refused).toBeGreaterThan(0);
  expect(new Set(mine.slice(0, refused))).toEqual(new Set([200]));
  expect(new Set(mine.slice(refused))).toEqual(new Set([2003]));
}

/** The kick's place in a log, and that nothing of the victim's stands behind it. */
function kickIn(log: readonly LogRow[]): number {
  const at = log.findIndex(({ cmd }) => cmd === 43);
  expect(at).toBeGreaterThan(0);
  expect(log.slice(0, at).some(({ sender }) => sender === "victim")).toBe(true);
  expect(log.slice(at + 1).filter(({ sender }) => sender === "victim")).toEqual([]);
  return at;
}

test("in a narrow group", async () => {
  const id = await cast.group({ owner: "owner", members: ["victim", "one", "two"] });
  const { mine, kicked } = await talkAndKick(id);
  expect(kicked).toBe(200);
  expectKicked(mine);
  await Promise.all(talkers.map((member) => member.caughtUp()));
  for (const { name } of talkers) {
    const log = await sql<LogRow[]>`
      SELECT i.pts::int AS position, coalesce(m.id, e.id)::text AS id,
        coalesce(m.cmd, e.cmd) AS cmd,
        (SELECT external_id FROM users WHERE users.id = m.sender_id) AS sender
      FROM inbox i LEFT JOIN messages m ON m.id = i.message_id
      LEFT JOIN events e ON e.id = i.event_id
      WHERE i.user_id = (SELECT u.id FROM users u WHERE external_id = ${name})
        AND coalesce(m.conversation_id, e.conversation_id) = ${id}
      ORDER BY i.pts`;
    const at = kickIn(log);
    if (name === "victim") expect(log.length).toBe(at + 1);
    else expect(log.length).toBeGreaterThan(at + 100);
  }
  expect(victim.of(id).at(-1)?.cmd).toBe(43);
  const [last] = await sql<{ seqs: number; newest: number }[]>`
    SELECT count(*)::int AS seqs, max(seq)::int AS newest FROM messages
    WHERE conversation_id = ${id}`;
  expect(last?.seqs).toBe((last?.newest ?? 0) + 1);
}, 30_000);

test("in a wide group", async () => {
  const idle = ["idle-0", "idle-1", "idle-2"];
  const id = await cast.group({ owner: "owner", members: ["victim", "one", "two", ...idle] });
  const { mine, kicked } = await talkAndKick(id);
  expect(kicked).toBe(200);
  expectKicked(mine);
  await Promise.all(talkers.map((member) => member.caughtUp()));
  const log = await sql<LogRow[]>`
    SELECT conversation_pts::int AS position, m.id::text AS id, cmd,
      (SELECT external_id FROM users WHERE users.id = m.sender_id) AS sender
    FROM messages m WHERE conversation_id = ${id} AND conversation_pts IS NOT NULL
    UNION ALL
    SELECT conversation_pts::int, id::text, cmd, NULL FROM events
    WHERE conversation_id = ${id} AND conversation_pts IS NOT NULL ORDER BY position`;
  expect(log.map(({ position }) => position)).toEqual(log.map((_, at) => at + 1));
  const at = kickIn(log);
  const kickPts = log[at]?.position ?? 0;
  expect(log.length).toBeGreaterThan(at + 100);
  const heard = victim.of(id).flatMap(({ messageExtra }) => messageExtra?.conversationPts ?? []);
  expect(Math.max(...heard)).toBeLessThan(kickPts);
  expect((await victim.client.history(id)).code).toBe(2003);
  const sync = await victim.client.request(71, {
    conversationId: id,
    data: { conversationPts: 0 },
  });
  expect(sync.code).toBe(2003);
}, 30_000);
