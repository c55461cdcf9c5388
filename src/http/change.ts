/** Appends a change of a relation or a group to the stream, and answers its outcome. */
import type { Ingest } from "../path/ingest.ts";
import { emptyRecord } from "../path/ingest.ts";
import type { Requests } from "../path/requests.ts";
import { RECORD_FLAG } from "../transfer/record.ts";
import { contentBytes } from "../wire/content-bytes.ts";
import { type Data, DIRECTION } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { Done, type Outcome, Refusal } from "./answer.ts";
import type { Caller, User } from "./auth.ts";

/** What HTTP gives as the device where a request names none. */
export const API_DEVICE = "api";

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
}

/** `data` of the answer is that of the command: the conversation, where it has one. */
export async function change(
  { requests, ingest }: ChangeParts,
  caller: Caller,
  change: Change,
): Promise<Outcome> {
  const { cmd, actor, conversationId = 0, peerId = 0, value = 0, target = [], data = {} } = change;
  const localId = change.localId ?? crypto.randomUUID();
  const content = contentBytes({ data }, cmd, DIRECTION.push);
  const flags = caller.user === undefined ? RECORD_FLAG.serverApi : 0;
  const sender = { userId: actor.id, externalId: actor.name, device: API_DEVICE, flags };
  // The key covers what is asked: a localId used again for something else is done, not taken for
  // the first.
  const asked = JSON.stringify([localId, cmd, conversationId, peerId, value, target, data]);
  const outcome = await requests.change({
    ...emptyRecord(),
    cmd,
    flags,
    senderId: actor.id,
    conversationId,
    peerId,
    value,
    target,
    key: ingest.keyOf(sender, API_DEVICE, asked),
    from: actor.name,
    deviceId: API_DEVICE,
    localId,
    content: { bytes: content, start: 0, end: content.length },
  });
  if (outcome.code !== CODE.ok) return new Refusal(outcome.code, outcome.message);
  return new Done(
    outcome.conversationId > 0 ? { conversationId: String(outcome.conversationId) } : null,
  );
}
