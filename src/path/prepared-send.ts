/** Sends that are more than a plain message: what hands others on, and what is for later. */
import type { Clock } from "../base/clock.ts";
import type { AnswerItem } from "../delivery/record.ts";
import type { Sql } from "../postgres/client.ts";
import { findScheduled } from "../store/scheduled.ts";
import { RECORD_VALUE } from "../transfer/record.ts";
import { CMD } from "../wire/commands.ts";
import { CODE } from "../wire/errors.ts";
import type { Inbound } from "../wire/frame.ts";
import { LIMIT } from "../wire/limits.ts";
import { addForwarded } from "./forward.ts";
import type { Sender } from "./ingest.ts";
import type { ContentLimits } from "./message-change.ts";
import { answerOf } from "./outcome.ts";
import type { Requests } from "./requests.ts";

export interface PreparedParts {
  sql: Sql;
  requests: Requests;
  clock: Clock;
  contentLimits: ContentLimits;
}

/** A message that waits for its time. */
export interface PutOff {
  scheduleId: string;
  sendAt: number;
}

const DAY_MS = 86_400_000;
/** A command's own code goes beside the time in `record.value`, and above it a message's flags. */
const COMMANDS = 256;
const TIMES = 2 ** 50;
const FLAGS_UNIT = RECORD_VALUE.noDelivered;

/** `inbound` is the caller's own, and is changed. */
export async function sendPrepared(
  parts: PreparedParts,
  inbound: Inbound,
  sender: Sender,
): Promise<AnswerItem | PutOff> {
  if (inbound.dataField !== 0) {
    const problem = await addForwarded(parts.sql, inbound, sender.userId);
    if (problem !== undefined) return { ...answerOf(0, problem.code), message: problem.message };
  }
  const { content, textBytes } = inbound;
  if (textBytes > parts.contentLimits.textBytes) return tooLarge("content.text is too long");
  if (content.end - content.start > parts.contentLimits.contentBytes) {
    return tooLarge("content is too large");
  }
  if (!inbound.persistent) {
    const message = "control.persistent: what hands others on or is for later is stored";
    return { ...answerOf(0, CODE.unsupported), message };
  }
  if (inbound.sendAt <= parts.clock.wallMs()) return await parts.requests.send(inbound, sender);
  return await putOff(parts, inbound, sender);
}

async function putOff(
  { sql, requests, clock }: PreparedParts,
  inbound: Inbound,
  sender: Sender,
): Promise<AnswerItem | PutOff> {
  const { cmd, sendAt } = inbound;
  if (sendAt > clock.wallMs() + LIMIT.scheduledDays * DAY_MS) {
    return tooLarge(`control.sendAt: more than ${LIMIT.scheduledDays} days ahead`);
  }
  const message = await requests.check(inbound, sender);
  if ("kind" in message) return message;
  const value = scheduledValueOf({ sendAt, cmd, flags: message.value });
  const record = { ...message, cmd: CMD.scheduled, value };
  const answer = await requests.change(record);
  if (answer.code !== CODE.ok) return answer;
  const found = await findScheduled(sql, sender.userId, message.key);
  // It came twice, and its time has come meanwhile.
  return found ?? answer;
}

interface Scheduled {
  sendAt: number;
  cmd: number;
  /** The message's own `value`. */
  flags: number;
}

export function scheduledValueOf({ sendAt, cmd, flags }: Scheduled): number {
  return (flags / FLAGS_UNIT) * TIMES + sendAt * COMMANDS + cmd;
}

/** What `record.value` of a message for later says. */
export function scheduledValue(value: number): Scheduled {
  const flags = Math.floor(value / TIMES) * FLAGS_UNIT;
  return { sendAt: Math.floor((value % TIMES) / COMMANDS), cmd: value % COMMANDS, flags };
}

function tooLarge(message: string): AnswerItem {
  return { ...answerOf(0, CODE.tooLarge), message };
}
