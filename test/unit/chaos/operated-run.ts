// The run in which all went well, and after it operations on its messages, which went well too.
import { CMD } from "../../../src/wire/commands.ts";
import type { Applied, EventRow, MessageRow, Rec, Tables } from "../../chaos/record.ts";
import { smallRun, WIDE } from "./small-run.ts";

interface Done {
  localId: string;
  user: string;
  cmd: number;
  messageId: string;
  told: Partial<Applied>;
  asked: { text?: string; reaction?: string; remove?: boolean };
}

/**
 * Of the pair, 100 is edited twice, 102 recalled, 104 liked by both, and no more by ann. Of the
 * wide group, 101 is edited, 103 deleted for all, 105 liked by bob.
 */
export function operatedRun(): { records: Rec[]; tables: Tables } {
  const run = smallRun();
  const edit = (localId: string, messageId: string, text: string, version: number): Done => ({
    ...{ localId, user: "ann", cmd: CMD.edit, messageId },
    ...{ told: { text, version }, asked: { text } },
  });
  const take = (localId: string, cmd: number, messageId: string): Done => ({
    ...{ localId, user: "ann", cmd, messageId },
    ...{ told: {}, asked: {} },
  });
  const like = (localId: string, user: string, messageId: string, count: number): Done => ({
    ...{ localId, user, cmd: CMD.reaction, messageId },
    ...{ told: { reaction: "+", count }, asked: { reaction: "+" } },
  });
  operate(run, edit("o0", "100", "text 0, better", 1));
  operate(run, edit("o1", "100", "text 0, best", 2));
  operate(run, take("o2", CMD.recall, "102"));
  operate(run, like("o3", "bob", "104", 1));
  operate(run, like("o4", "ann", "104", 2));
  operate(run, { ...like("o5", "ann", "104", 1), asked: { reaction: "+", remove: true } });
  operate(run, edit("o6", "101", "text 1, better", 1));
  operate(run, take("o7", CMD.delete, "103"));
  operate(run, like("o8", "bob", "105", 1));
  for (const record of run.records) {
    if (record.kind === "unread" && record.client === "bob/im_web") record.unread -= 1;
  }
  return run;
}

function operate({ records, tables }: { records: Rec[]; tables: Tables }, done: Done): void {
  const { localId, user, cmd, messageId, told, asked } = done;
  const client = `${user}/im_web`;
  const row = tables.messages.find(({ id }) => id === messageId) as MessageRow;
  const { conversationId } = row;
  const wide = conversationId === WIDE;
  const about = [messageId];
  const atMs = 300;
  const what = { cmd, conversationId, messageId, ...asked };
  records.push({ kind: "operation", atMs, client, localId, ...what });
  store(tables, row, done);
  const conversationPts = wide ? newest(tables, WIDE) + 1 : null;
  const id = `7${localId}`;
  const event: EventRow = { id, conversationId, conversationPts, cmd, actor: user, localId, about };
  tables.events.push(event);
  for (const member of ["ann", "bob"]) {
    const log = wide ? WIDE : "own";
    const position = conversationPts ?? ownNewest(tables, member) + 1;
    if (!wide) {
      tables.inbox.push({ user: member, pts: position, messageId: null, eventId: id });
    }
    const place = { client: `${member}/im_web`, log, position, conversationId } as const;
    records.push({ kind: "received", atMs, way: "push", ...place });
    records.push({ kind: "applied", atMs, cmd, from: user, localId, about, ...told, ...place });
  }
  records.push({ kind: "operated", atMs, client, localId, code: 200 });
}

function store(tables: Tables, row: MessageRow, { cmd, user, told, asked }: Done): void {
  const messageId = row.id;
  if (cmd === CMD.edit) {
    tables.edits.push({ messageId, version: row.version, text: row.text });
    Object.assign(row, { text: told.text, version: told.version });
  } else if (cmd === CMD.reaction) {
    const given = { messageId, user, reaction: asked.reaction ?? "" };
    const others = tables.reactions.filter(
      (one) => one.messageId !== messageId || one.user !== user || one.reaction !== given.reaction,
    );
    tables.reactions = asked.remove === true ? others : [...others, given];
    const counts = tables.reactionCounts.filter((one) => one.messageId !== messageId);
    const count = told.count ?? 0;
    tables.reactionCounts = [...counts, { messageId, reaction: given.reaction, count }];
  } else {
    Object.assign(row, { text: "", emptied: true, recalled: true });
  }
}

function newest({ messages, events }: Tables, conversationId: number): number {
  const rows = [...messages, ...events].filter((row) => row.conversationId === conversationId);
  return Math.max(...rows.map((row) => row.conversationPts ?? 0));
}

function ownNewest({ inbox }: Tables, user: string): number {
  return Math.max(...inbox.filter((row) => row.user === user).map(({ pts }) => pts));
}

/** What a client applied of an operation. */
export function appliedOf(records: Rec[], user: string, localId: string): Applied {
  const found = records.find(
    (record): record is Applied =>
      record.kind === "applied" && record.client === `${user}/im_web` && record.localId === localId,
  );
  if (found === undefined) throw new Error(`${user} did not apply ${localId}`);
  return found;
}
