/** Asks the writer for a change, for commands that name at most one other user. */
import { type CommandAnswer, type CommandContext, refusedWith } from "../gateway/command.ts";
import { changeRecord } from "../path/change-record.ts";
import type { Ingest } from "../path/ingest.ts";
import type { Requests } from "../path/requests.ts";
import type { Sql } from "../postgres/client.ts";
import { userIdsOf } from "../store/users.ts";
import { contentBytes } from "../wire/content-bytes.ts";
import { type Data, DIRECTION } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { textOf } from "./parameters.ts";

export interface AskParts {
  sql: Sql;
  ingest: Ingest;
  requests: Requests;
}

interface Asked {
  conversationId?: number;
  peerId?: number;
  value?: number;
  /** What the record carries, as an event would. */
  data: Data;
}

/** `conversationId` is the number that the change answers with, whatever it counts. */
export async function ask(
  { ingest, requests }: AskParts,
  { sender, envelope, cmd, localId }: CommandContext,
  { data, ...asked }: Asked,
): Promise<CommandAnswer & { conversationId: number }> {
  const deviceId = envelope.header?.deviceId || sender.device;
  const content = contentBytes({ data }, cmd, DIRECTION.push);
  const record = changeRecord(ingest, sender, deviceId, localId, { cmd, ...asked, content });
  const { code, message, conversationId } = await requests.change(record);
  return { code, message, data: undefined, conversationId };
}

/** The other user, whom `data.userId` names. */
export async function peerOf(
  { sql }: AskParts,
  { sender }: CommandContext,
  data: Data,
): Promise<{ id: number } | CommandAnswer> {
  const name = textOf(data, "userId");
  if (name === "") return refusedWith(CODE.incomplete, "content.data.userId is required");
  const users = await userIdsOf(sql, [name]);
  if ("unknown" in users) return refusedWith(CODE.notFound, `there is no user ${name}`);
  const id = users.ids[0] as number;
  if (id === sender.userId) return refusedWith(CODE.forbidden, "content.data.userId: yourself");
  return { id };
}
