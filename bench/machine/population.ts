// Many users at once: straight into the tables of a run's own database, or over HTTP, a login
// each, where a deployment stands already.
import postgres from "postgres";
import { TOKEN_SECONDS, Tokens } from "../../src/base/token.ts";
import { loadSettings } from "../../src/postgres/settings.ts";
import { type Account, Application } from "./accounts.ts";
import type { Services } from "./services.ts";

const INSERT_MOST = 20_000;

/** Tokens are made for the first `withTokens` only. */
export async function makeUsers(
  target: { services: Services | undefined; base: string; appKey: string },
  count: number,
  withTokens = count,
): Promise<Account[]> {
  const run = crypto.randomUUID().slice(0, 8);
  const ids = Array.from({ length: count }, (_, n) => `bench-${run}-${n}`);
  if (target.services === undefined) {
    return new Application(target.base, target.appKey).logins(ids);
  }
  return insertUsers(target.services.databaseUrl, ids, withTokens);
}

async function insertUsers(
  databaseUrl: string,
  ids: readonly string[],
  withTokens: number,
): Promise<Account[]> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    const { tokenKey } = await loadSettings(sql);
    const tokens = new Tokens([{ id: "db", secret: tokenKey }]);
    const inner = new Map<string, number>();
    for (let from = 0; from < ids.length; from += INSERT_MOST) {
      const part = ids.slice(from, from + INSERT_MOST);
      const rows = await sql<{ id: string; external_id: string }[]>`
        INSERT INTO users (external_id) SELECT unnest(${`{${part.join(",")}}`}::text::text[])
        RETURNING id, external_id`;
      for (const row of rows) inner.set(row.external_id, Number(row.id));
    }
    const issuedAt = Math.floor(Date.now() / 1000);
    return ids.map((id, n) => {
      if (n >= withTokens) return { id, token: "" };
      const claims = { sub: id, uid: inner.get(id) ?? 0, dev: "", iat: issuedAt };
      return { id, token: `Bearer ${tokens.sign({ ...claims, exp: issuedAt + TOKEN_SECONDS })}` };
    });
  } finally {
    await sql.end();
  }
}
