/** Message operations (11 to 15) and read marks (22 to 24) over a connection. */
import type { CatchUp } from "../gateway/catch-up.ts";
import { type Command, refusedWith } from "../gateway/command.ts";
import { changeRecord } from "../path/change-record.ts";
import type { EditChecks } from "../path/edit-checks.ts";
import type { Ingest } from "../path/ingest.ts";
import { type ContentLimits, messageChange } from "../path/message-change.ts";
import type { Requests } from "../path/requests.ts";

interface Parts {
  catchUp: CatchUp;
  ingest: Ingest;
  requests: Requests;
  editChecks: EditChecks;
  contentLimits: ContentLimits;
}

export function messageChangeCommand(parts: Parts): Command {
  const { catchUp, ingest, requests, editChecks, contentLimits } = parts;
  return async ({ slot, sender, envelope, cmd, localId }) => {
    const { content = {}, route, header } = envelope;
    const wished = messageChange(cmd, route?.conversationId, content, contentLimits);
    if ("code" in wished) return refusedWith(wished.code, wished.message);
    const deviceId = header?.deviceId || sender.device;
    const asked = await editChecks.check({ asked: wished, envelope, sender, deviceId, localId });
    if ("code" in asked) return refusedWith(asked.code, asked.message);
    const record = changeRecord(ingest, sender, deviceId, localId, asked);
    // The writer takes the gateway's word for it that he attends, and from where on.
    const leased = catchUp.leasedFrom(slot, record.conversationId);
    if (leased !== undefined && asked.value === undefined) record.value = leased.seq + 1;
    const { code, message } = await requests.change(record);
    return { code, message, data: undefined };
  };
}
