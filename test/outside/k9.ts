/** K9: a frame written for imai works unchanged: sparse, with nulls, a number as conversationId. */

import { messageRows } from "./compare.ts";
import { befriend, login } from "./http-client.ts";
import { code, connect, describe, type RawClient, textMessage } from "./raw-client.ts";
import { gateway, openSql, runName, type Sql, type Target } from "./target.ts";

export async function run(target: Target): Promise<string[]> {
  const name = runName("k9");
  const [alice, bob] = [`${name}-alice`, `${name}-bob`];
  const base = gateway(target, 0);
  const token = await login(target, alice, "im_web");
  const bobToken = await login(target, bob, "im_web");
  await befriend(target, alice, bob);
  const sender = await connect({ base, token, device: "im_web", subprotocol: false });
  const reader = await connect({ base, token: bobToken, device: "im_web", subprotocol: false });
  const sql = openSql(target);
  try {
    const first = await sender.request(textMessage(1, { to: bob }, `${name}-0`, "first"));
    if (code(first) !== 200) return [`the first message: ${describe(first)}`];
    const conversationId = Number(first?.route?.conversationId);
    const sparse = {
      direction: 1,
      cmd: 1,
      header: { localId: `${name}-sparse` },
      route: { conversationId },
      content: { text: "imai says hello" },
    };
    const nulls = {
      direction: 1,
      cmd: "conversation.chat",
      header: { version: null, localId: `${name}-nulls`, timestamp: null, deviceId: null },
      route: { type: null, conversationId, conversationType: 1, to: null, target: null },
      content: { text: "with nulls", items: null, mentions: null, quote: null, data: null },
      control: null,
      options: null,
      response: null,
      messageExtra: null,
    };
    const failures = [
      ...(await tryFrame(sender, reader, sql, sparse, 1)),
      ...(await tryFrame(sender, reader, sql, nulls, 2)),
    ];
    console.log(`k9: ${failures.length === 0 ? "both frames" : "not all"} taken and stored`);
    return failures;
  } finally {
    sender.close();
    reader.close();
    await sql.end({ timeout: 2 });
  }
}

interface Frame {
  cmd: number | string;
  header: { localId: string };
  route: { conversationId: number };
  content: { text: string };
}

async function tryFrame(
  sender: RawClient,
  reader: RawClient,
  sql: Sql,
  frame: Frame,
  seq: number,
): Promise<string[]> {
  const { localId } = frame.header;
  const { text } = frame.content;
  sender.sendRaw(JSON.stringify(frame));
  const answered = await sender.find((envelope) => envelope.header?.localId === localId, 12_000);
  const answer = answered?.envelope;
  const failures: string[] = [];
  if (typeof answered?.raw !== "string") return [`${localId}: no answer in JSON`];
  if (answer?.direction !== 2 || code(answer) !== 200) return [`${localId}: ${describe(answer)}`];
  // The answer repeats the command: as its number, or by the name that was asked with.
  if (Number(answer.cmd) !== 1 && answer.cmd !== frame.cmd)
    failures.push(`${localId}: answered with cmd ${answer.cmd}`);
  if (answer.messageExtra?.conversationSeq !== seq) {
    failures.push(`${localId}: seq ${answer.messageExtra?.conversationSeq} where ${seq} belongs`);
  }
  if (!/"messageId":\s*"\d+"/.test(answered.raw)) {
    failures.push(`${localId}: messageId is no decimal string in ${answered.raw}`);
  }
  const rows = await messageRows(sql, String(frame.route.conversationId));
  const row = rows[seq];
  if (row?.localId !== localId || !row.content.includes(text)) {
    failures.push(`${localId}: the row is ${JSON.stringify(row)}`);
  }
  const push = await reader.find((envelope) => envelope.content?.text === text, 5000);
  if (push?.envelope.messageExtra?.messageId !== answer.messageExtra?.messageId) {
    failures.push(`${localId}: the recipient got ${JSON.stringify(push?.envelope)}`);
  }
  return failures;
}
