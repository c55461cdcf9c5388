// Many one-to-one conversations at once: straight into the tables of a run's own database, or over
// HTTP where a deployment stands already.
import postgres from "postgres";
import { CONVERSATION } from "../../src/wire/commands.ts";
import { Application } from "./accounts.ts";
import type { Services } from "./services.ts";

/** Who talks with whom, by the host application's ids. */
type Couple = readonly [string, string];

const INSERT_MOST = 20_000;

/** The ids of the conversations, in the order of the couples: friends from now on. */
export async function makeConversations(
  target: { services: Services | undefined; base: string; appKey: string },
  couples: readonly Couple[],
): Promise<number[]> {
  if (target.services === undefined) {
    const application = new Application(target.base, target.appKey);
    await application.befriend(couples);
    return (await application.conversationsOf(couples)).map(({ id }) => id);
  }
  const sql = postgres(target.services.databaseUrl, { max: 1, onnotice: () => {} });
  try {
    const ids: number[] = [];
    for (let from = 0; from < couples.length; from += INSERT_MOST) {
      ids.push(...(await insertSome(sql, couples.slice(from, from + INSERT_MOST))));
    }
    // Queries from here on would be planned as if these were empty.
    await sql`ANALYZE users, relations, conversations, members`;
    return ids;
  } finally {
    await sql.end();
  }
}

async function insertSome(sql: postgres.Sql, couples: readonly Couple[]): Promise<number[]> {
  const list = (names: readonly string[]) => `{${names.join(",")}}`;
  const rows = await sql<{ id: string }[]>`
    WITH pair AS (
      SELECT least(a.id, b.id) AS low, greatest(a.id, b.id) AS high, q.place
      FROM unnest(${list(couples.map(([one]) => one))}::text::text[],
        ${list(couples.map(([, other]) => other))}::text::text[])
        WITH ORDINALITY AS q(one, other, place)
      JOIN users a ON a.external_id = q.one JOIN users b ON b.external_id = q.other
    ), friends AS (
      INSERT INTO relations (user_id, peer_id, friend)
      SELECT low, high, true FROM pair UNION ALL SELECT high, low, true FROM pair
    ), made AS (
      INSERT INTO conversations (type, pair_low, pair_high)
      SELECT ${CONVERSATION.single}::int2, low, high FROM pair ORDER BY place
      RETURNING id, pair_low, pair_high
    ), joined AS (
      INSERT INTO members (conversation_id, user_id)
      SELECT id, unnest(ARRAY[pair_low, pair_high]) FROM made
    )
    SELECT made.id FROM made JOIN pair ON low = pair_low AND high = pair_high ORDER BY place`;
  if (rows.length !== couples.length) throw new Error("not every couple got a conversation");
  return rows.map((row) => Number(row.id));
}
