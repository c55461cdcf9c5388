/** FORWARD (22) and MERGE (23): the client names messages, the server adds what they say. */
import { findReader } from "../inbox/history.ts";
import { messagesNamed } from "../inbox/message-facts.ts";
import type { Sql } from "../postgres/client.ts";
import { contentBytes, contentOf } from "../wire/content-bytes.ts";
import { type Content, DIRECTION, type Envelope } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { outsiderCode } from "../wire/policy.ts";
import type { Inbound } from "../wire/frame.ts";
import { setSlice } from "../wire/inbound.ts";
import { LIMIT } from "../wire/limits.ts";

const FORWARD = 22;
const MERGE = 23;

export interface ForwardProblem {
  code: number;
  message: string;
}

/**
 * Puts what the caller may read of it into `inbound`; undefined when that is done. Where the source
 * is not there for him, `inbound` has what he names alone: a repeat is known by that.
 */
export async function addForwarded(
  sql: Sql,
  inbound: Inbound,
  userId: number,
): Promise<ForwardProblem | undefined> {
  const content = contentOf(inbound.content, inbound.cmd, DIRECTION.request);
  const from = content.data?.["fromConversationId"];
  const messageIds = (content.data?.["messageIds"] ?? []) as string[];
  const problem = problemOf(inbound.type, from, messageIds);
  if (problem !== undefined) return problem;
  const fromConversationId = from as number;
  const named = { fromConversationId, messageIds };
  setContent(inbound, { ...content, data: named });
  const found = await findReader(sql, fromConversationId, userId);
  if (found === undefined) return { code: CODE.noSuchConversation, message: "" };
  if (found.reader === undefined) {
    return { code: outsiderCode(found.conversationType), message: "" };
  }
  const messages = await messagesNamed(sql, found.reader, messageIds);
  const missing = messageIds.find((id) => !messages.has(id));
  if (missing !== undefined) {
    return { code: CODE.notFound, message: `there is no message ${missing}` };
  }
  const said = messageIds.map((id) => handedOn(messages.get(id) as Envelope));
  setContent(inbound, { ...content, data: { ...named, messages: said } });
  return undefined;
}

/** As it is stored. */
function setContent(inbound: Inbound, content: Content): void {
  const bytes = contentBytes(content, inbound.cmd, DIRECTION.push);
  setSlice(inbound.content, bytes, 0, bytes.length);
}

function problemOf(
  type: number,
  from: unknown,
  messageIds: readonly string[],
): ForwardProblem | undefined {
  const absent = (field: string) => {
    return { code: CODE.incomplete, message: `content.data.${field} is required` };
  };
  if (type !== FORWARD && type !== MERGE) {
    return { code: CODE.malformed, message: "content.data: only in types 22 and 23" };
  }
  if (typeof from !== "number") return absent("fromConversationId");
  if (messageIds.length === 0) return absent("messageIds");
  if (type === FORWARD && messageIds.length > 1) {
    return { code: CODE.malformed, message: "content.data.messageIds: type 22 hands on one" };
  }
  if (messageIds.length <= LIMIT.forwardedMessages) return undefined;
  const message = `content.data.messageIds: more than ${LIMIT.forwardedMessages}`;
  return { code: CODE.tooLarge, message };
}

/** What it says and who said it when; not who reacted, nor whom it named. */
function handedOn({ cmd, route, content, messageExtra }: Envelope): Envelope {
  const { mentions: _, ...said } = content ?? {};
  const { messageId, timestamp } = messageExtra ?? {};
  return {
    direction: DIRECTION.push,
    cmd,
    route: {
      ...(route?.type === undefined ? {} : { type: route.type }),
      ...(route?.from === undefined ? {} : { from: route.from }),
    },
    content: said,
    messageExtra: {
      ...(messageId === undefined ? {} : { messageId }),
      ...(timestamp === undefined ? {} : { timestamp }),
    },
  };
}
