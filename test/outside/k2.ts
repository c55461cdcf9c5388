/** K2: what was answered survives kill -9 of every Postgres process at that moment. */

import { befriend, login } from "./http-client.ts";
import { findPostmaster, killWithChildren, postgresBack } from "./kill-postgres.ts";
import {
  code,
  connectPatiently,
  describe,
  type RawClient,
  sendSurely,
  textMessage,
} from "./raw-client.ts";
import { gateway, openSql, runName, type Sql, type Target } from "./target.ts";

export async function run(target: Target): Promise<string[]> {
  const name = runName("k2");
  const [alice, bob] = [`${name}-alice`, `${name}-bob`];
  const token = await login(target, alice, "im_web");
  await login(target, bob, "im_web");
  await befriend(target, alice, bob);
  const options = { base: gateway(target, 0), token, device: "im_web" };
  const failures: string[] = [];
  let sender = await connectPatiently(options);
  let reconnects = 0;
  let slowestMs = 0;
  const times = target.times ?? 30;
  for (let round = 0; round < times; round += 1) {
    if (sender.isClosed) {
      reconnects += 1;
      sender = await connectPatiently(options);
    }
    const startMs = performance.now();
    failures.push(...(await oneRound(target, sender, bob, `${name}-${round}`, round)));
    slowestMs = Math.max(slowestMs, performance.now() - startMs);
    if (failures.length > 5) break;
  }
  console.log(`k2: ${times} rounds, slowest ${slowestMs.toFixed(0)} ms, ${reconnects} reconnects`);
  sender.close();
  return failures;
}

async function oneRound(
  target: Target,
  sender: RawClient,
  to: string,
  localId: string,
  round: number,
): Promise<string[]> {
  const kill = await readyToKill(target);
  const answer = await sendSurely(sender, textMessage(1, { to }, localId, `round ${round}`));
  await kill();
  if (code(answer) !== 200) return [`round ${round}: ${describe(answer)}`];
  await postgresBack(target);
  const sql = openSql(target, 1);
  try {
    return await judge(sql, answer?.messageExtra?.messageId ?? "", round);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function judge(sql: Sql, messageId: string, round: number): Promise<string[]> {
  const rows = await sql`SELECT seq FROM messages WHERE id = ${messageId}`;
  if (rows.length !== 1) return [`round ${round}: ${rows.length} rows of message ${messageId}`];
  const seq = Number(rows[0]?.["seq"]);
  return seq === round ? [] : [`round ${round}: the row has seq ${seq}`];
}

/** Everything slow is done before the send, so that the blow falls on the answer. */
async function readyToKill(target: Target): Promise<() => Promise<void>> {
  if (target.killPostgres) return target.killPostgres;
  const sql = openSql(target, 1);
  try {
    const postmaster = await findPostmaster(sql);
    return async () => {
      killWithChildren(postmaster);
    };
  } finally {
    await sql.end({ timeout: 1 });
  }
}
