/** Message operations (11 to 15) and read marks (22 to 24) over a connection. */
import { type Command, refusedWith } from "../gateway/command.ts";
import { changeRecord } from "../path/change-record.ts";
import type { Ingest } from "../path/ingest.ts";
import { type ContentLimits, messageChange } from "../path/message-change.ts";
import type { Requests } from "../path/requests.ts";

interface Parts {
  ingest: Ingest;
  requests: Requests;
  contentLimits: ContentLimits;
}

export function messageChangeCommand({ ingest, requests, contentLimits }: Parts): Command {
  return async ({ sender, envelope, cmd, localId }) => {
    const { content = {}, route, header } = envelope;
    const asked = messageChange(cmd, route?.conversationId, content, contentLimits);
    if ("code" in asked) return refusedWith(asked.code, asked.message);
    const deviceId = header?.deviceId || sender.device;
    const record = changeRecord(ingest, sender, deviceId, localId, asked);
    const { code, message } = await requests.change(record);
    return { code, message, data: undefined };
  };
}
