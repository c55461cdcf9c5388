/** Sends that hand others on or are for later, over a connection; and what waits (18). */
import { answered, type Command, type CommandAnswer, refusedWith } from "../gateway/command.ts";
import { changeRecord } from "../path/change-record.ts";
import type { Ingest } from "../path/ingest.ts";
import { type PreparedParts, sendPrepared } from "../path/prepared-send.ts";
import { scheduledPage } from "../path/scheduled-page.ts";
import type { Requests } from "../path/requests.ts";
import type { Sql } from "../postgres/client.ts";
import type { AnswerItem } from "../delivery/record.ts";
import { idText } from "../wire/answer.ts";
import { CMD } from "../wire/commands.ts";
import { contentBytes } from "../wire/content-bytes.ts";
import { DIRECTION } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { createInbound, fillInbound, setSlice } from "../wire/inbound.ts";
import { LIMIT } from "../wire/limits.ts";
import { encodeOptions } from "../wire/proto-envelope.ts";
import { numberOf, textOf } from "./parameters.ts";

export function preparedSendCommand(parts: PreparedParts): Command {
  return async ({ sender, envelope, cmd }) => {
    const inbound = createInbound();
    fillInbound(inbound, envelope);
    const content = contentBytes(envelope.content ?? {}, cmd, DIRECTION.request);
    setSlice(inbound.content, content, 0, content.length);
    if (envelope.options !== undefined) {
      const options = encodeOptions(envelope.options);
      setSlice(inbound.options, options, 0, options.length);
    }
    const outcome = await sendPrepared(parts, inbound, sender);
    if ("scheduleId" in outcome) return answered(CODE.ok, { ...outcome });
    return sendAnswer(outcome);
  };
}

/** Without a position: what was handed on is in the event, which this connection is pushed too. */
function sendAnswer(item: AnswerItem): CommandAnswer {
  const { code, message } = item;
  if (code !== CODE.ok || item.seq < 0) return { code, message, data: undefined };
  const { conversationId, conversationType, seq } = item;
  return {
    code,
    message,
    data: undefined,
    route: { conversationId, conversationType },
    messageExtra: {
      messageId: idText(item.messageIdHigh, item.messageIdLow),
      conversationSeq: seq,
      timestamp: item.timestamp,
      ...(item.duplicate ? { duplicate: true } : {}),
    },
  };
}

const PAGE_DEFAULT = 100;

/** Lists what the caller has put off, or with `cancel` takes one of them away. */
export function scheduledCommand(parts: { sql: Sql; ingest: Ingest; requests: Requests }): Command {
  return async ({ sender, envelope, cmd, localId }) => {
    const data = envelope.content?.data ?? {};
    if (data["cancel"] === undefined) {
      const limit = numberOf(data, "limit") || PAGE_DEFAULT;
      if (limit > LIMIT.pageEvents) return refusedWith(CODE.tooLarge, "limit is at most 500");
      return answered(
        CODE.ok,
        await scheduledPage(parts.sql, sender.userId, textOf(data, "cursor"), limit),
      );
    }
    const content = contentBytes({ data }, CMD.scheduled, DIRECTION.request);
    const deviceId = envelope.header?.deviceId || sender.device;
    const record = changeRecord(parts.ingest, sender, deviceId, localId, { cmd, content });
    const { code, message } = await parts.requests.change(record);
    return { code, message, data: undefined };
  };
}
