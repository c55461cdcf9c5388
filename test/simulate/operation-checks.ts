/** Recalls and edits in a settled world: in the tables, once in the logs, as clients show it. */
import { CMD } from "../../src/wire/commands.ts";
import { contentOf } from "../../src/wire/content-bytes.ts";
import { CODE } from "../../src/wire/errors.ts";
import type { AskedOperation } from "./cast.ts";
import type { SimClient } from "./client.ts";
import type { MessageTableRow, Tables } from "./tables.ts";
import type { World } from "./world.ts";

const RECALLED = 256;

interface Told {
  messageId: string;
  /** "" of a recall. */
  text: string;
  version: number;
}

export function checkOperations(world: World, tables: Tables): void {
  const told = [...tables.events.values()].flatMap(({ cmd, content }): Told[] => {
    if (cmd !== CMD.recall && cmd !== CMD.edit) return [];
    const { data = {}, text = "" } = read(content, cmd);
    return [{ messageId: String(data["messageId"]), text, version: Number(data["version"] ?? 0) }];
  });
  for (const asked of world.operations) checkTold(world, asked, told);
  for (const row of tables.messageIds.values()) {
    if (row.expiresAtMs === null) checkRow(world, row, told);
  }
}

/** Of an edit as many events as were answered, or one of one without an answer; of recalls one. */
function checkTold(world: World, asked: AskedOperation, told: readonly Told[]): void {
  const { messageId, text, code } = asked;
  const times = told.filter((one) => one.messageId === messageId && one.text === text).length;
  if (times > 1 || (times === 0 && code === CODE.ok)) {
    const what = text === "" ? "recall" : text;
    world.violation(`${what} of ${messageId}, answered ${code}, is told of ${times} times`);
  }
}

/** What the row is, is what the events about it say last. */
function checkRow(world: World, row: MessageTableRow, told: readonly Told[]): void {
  const { id, cmd, flags, content, version } = row;
  const about = told.filter(({ messageId }) => messageId === id);
  const isRecalled = about.some(({ text }) => text === "");
  if (((flags & RECALLED) !== 0) !== isRecalled || (isRecalled && content.length > 0)) {
    return world.violation(`${id} is not taken back as its events say`);
  }
  if (isRecalled) return;
  const last = about.findLast((edit) => edit.version === about.length);
  const text = last?.text ?? row.localId;
  if ((version ?? 0) === about.length && read(content, cmd).text === text) return;
  world.violation(`${id} is version ${version}, after ${about.length} edits, the last ${text}`);
}

/** What a member's device shows of what was said since he came is what the tables have. */
export function checkShown(world: World, client: SimClient, tables: Tables): void {
  for (const [id, rows] of tables.messages) {
    const member = tables.member(id, client.userId);
    if (member === undefined) continue;
    const { messages } = client.shown.get(id);
    for (const row of rows.values()) {
      const held = messages.get(row.id);
      if (row.seq < member.joinedSeq || row.expiresAtMs !== null || held === undefined) continue;
      const recalled = (row.flags & RECALLED) !== 0;
      const text = recalled ? undefined : read(row.content, row.cmd).text;
      if (held.recalled === recalled && held.content?.text === text) continue;
      world.violation(`${client.name} shows ${row.id} as ${held.content?.text}, not ${text}`);
    }
  }
}

function read(bytes: Buffer, cmd: number) {
  return contentOf({ bytes, start: 0, end: bytes.length }, cmd);
}
