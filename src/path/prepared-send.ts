/** Sends that are more than a plain message: what hands others on, and what is for later. */
import type { Clock } from "../base/clock.ts";
import type { AnswerItem } from "../delivery/record.ts";
import type { Sql } from "../postgres/client.ts";
import { RECORD_VALUE } from "../transfer/record.ts";
import { CMD } from "../wire/commands.ts";
import { CODE } from "../wire/errors.ts";
import type { Inbound } from "../wire/frame.ts";
import { LIMIT } from "../wire/limits.ts";
import { addForwarded } from "./forward.ts";
import type { Sender } from "./ingest.ts";
import type { ContentLimits } from "./message-change.ts";
import { answerOf } from "./outcome.ts";
import { conflict, type PutOff, repeatOf } from "./repeat.ts";
import type { Requests } from "./requests.ts";

export interface PreparedParts {
  sql: Sql;
  requests: Requests;
  clock: Clock;
  contentLimits: ContentLimits;
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
  const problem = await prepare(parts, inbound, sender);
  if (problem !== undefined) {
    return (await handedOnBefore(parts, inbound, sender, problem)) ?? problem;
  }
  if (inbound.sendAt <= parts.clock.wallMs()) return await parts.requests.send(inbound, sender);
  return await putOff(parts, inbound, sender);
}

/** What is wrong, undefined once `inbound` is complete. */
async function prepare(
  { sql, contentLimits }: PreparedParts,
  inbound: Inbound,
  sender: Sender,
): Promise<AnswerItem | undefined> {
  if (!inbound.persistent) {
    const message = "control.persistent: what hands others on or is for later is stored";
    return { ...answerOf(0, CODE.unsupported), message };
  }
  if (inbound.dataField !== 0) {
    const problem = await addForwarded(sql, inbound, sender.userId);
    if (problem !== undefined) return { ...answerOf(0, problem.code), message: problem.message };
  }
  const { content, textBytes } = inbound;
  if (textBytes > contentLimits.textBytes) return tooLarge("content.text is too long");
  if (content.end - content.start > contentLimits.contentBytes) {
    return tooLarge("content is too large");
  }
  return undefined;
}

/**
 * What can't be handed on now, since its source was taken back, edited or left, may have been
 * handed on before: then it is a repeat like any other.
 */
async function handedOnBefore(
  { sql, requests }: PreparedParts,
  inbound: Inbound,
  sender: Sender,
  { code }: AnswerItem,
): Promise<AnswerItem | PutOff | undefined> {
  if (inbound.dataField === 0 || !OF_THE_SOURCE.has(code)) return undefined;
  const record = await requests.check(inbound, sender);
  return "kind" in record ? undefined : await repeatOf(sql, record);
}

/** Codes that say what the source is like, and not that the request is none. */
const OF_THE_SOURCE: ReadonlySet<number> = new Set([
  CODE.notFound,
  CODE.noSuchConversation,
  CODE.notGroupMember,
  CODE.senderNotInConversation,
  CODE.tooLarge,
]);

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
  const before = await repeatOf(sql, message);
  if (before !== undefined) return before;
  const value = scheduledValueOf({ sendAt, cmd, flags: message.value });
  const record = { ...message, cmd: CMD.scheduled, value };
  const { code, message: problem, duplicate } = await requests.change(record);
  if (code !== CODE.ok) return { ...answerOf(0, code), message: problem };
  // Whichever of two that came at once was the first, and whether or not its time has come.
  const found = await repeatOf(sql, message);
  if (found === undefined) return conflict("localId was used for a message that waits no more");
  return "scheduleId" in found || found.code !== CODE.ok ? found : { ...found, duplicate };
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
