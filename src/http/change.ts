/** Appends a change of a relation or a group to the stream, and answers its outcome. */
import { changeRecord } from "../path/change-record.ts";
import type { Ingest, Sender } from "../path/ingest.ts";
import type { Requests } from "../path/requests.ts";
import { API_DEVICE } from "../path/system-sender.ts";
import { RECORD_FLAG } from "../transfer/record.ts";
import { contentBytes } from "../wire/content-bytes.ts";
import { type Data, DIRECTION } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { Done, type Outcome, Refusal } from "./answer.ts";
import type { Caller, User } from "./auth.ts";

export interface ChangeParts {
  requests: Requests;
  ingest: Ingest;
}

/** The inner ids of a change, as src/commands reads them. */
export interface Change {
  cmd: number;
  actor: User;
  /** A request without one is its own. */
  localId: string | undefined;
  conversationId?: number;
  peerId?: number;
  value?: number;
  target?: readonly number[];
  data?: Data;
  /** Instead of `data`: protobuf bytes of the whole content. */
  content?: Uint8Array;
}

/** `data` of the answer is that of the command: the conversation, where it has one. */
export async function change(
  { requests, ingest }: ChangeParts,
  caller: Caller,
  asked: Change,
): Promise<Outcome> {
  const { cmd, actor, conversationId = 0, peerId = 0, value = 0, target = [], data = {} } = asked;
  const localId = asked.localId ?? crypto.randomUUID();
  const content = asked.content ?? contentBytes({ data }, cmd, DIRECTION.push);
  const sender = changeSender(caller, actor);
  const request = { cmd, conversationId, peerId, value, target, content };
  const outcome = await requests.change(changeRecord(ingest, sender, API_DEVICE, localId, request));
  if (outcome.code !== CODE.ok) return new Refusal(outcome.code, outcome.message);
  return new Done(
    outcome.conversationId > 0 ? { conversationId: String(outcome.conversationId) } : null,
  );
}

export function changeSender(caller: Caller, actor: User): Sender {
  const system = actor.id === 0 ? RECORD_FLAG.system : 0;
  const flags = caller.user === undefined ? RECORD_FLAG.serverApi | system : 0;
  return { userId: actor.id, externalId: actor.name, device: API_DEVICE, flags };
}
