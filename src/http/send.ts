/** Sending a message over HTTP: the same envelope, checks and path as a WebSocket frame. */
import { z } from "@hono/zod-openapi";
import type { Clock } from "../base/clock.ts";
import type { AnswerItem } from "../delivery/record.ts";
import { sendPrepared } from "../path/prepared-send.ts";
import type { Sender } from "../path/ingest.ts";
import type { Requests } from "../path/requests.ts";
import { API_DEVICE, SYSTEM_SENDER } from "../path/system-sender.ts";
import type { Sql } from "../postgres/client.ts";
import { RECORD_FLAG } from "../transfer/record.ts";
import { idText } from "../wire/answer.ts";
import { CMD, isChat } from "../wire/commands.ts";
import { DIRECTION } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import type { Inbound } from "../wire/frame.ts";
import { createInbound } from "../wire/inbound.ts";
import { readPlainRequest } from "../wire/plain-request.ts";
import { chatCommand, isSendable } from "../wire/policy.ts";
import { Done, type Outcome, Refusal } from "./answer.ts";
import { actingUser, type Caller } from "./auth.ts";
import { findConversation } from "./conversation.ts";
import type { Endpoints } from "./endpoints.ts";
import { framedField, framedRequiredField, nameField } from "./fields.ts";

export interface SendLimits {
  textBytes: number;
  contentBytes: number;
}

const MESSAGE = z.object({
  from: nameField(
    "The sender; with a user's token the caller. Absent, with the app key: the system",
  ).optional(),
  to: framedField("string", "A user: enough for a one-to-one message").optional(),
  conversationId: framedField("string", "A conversation, in place of `to`").optional(),
  cmd: framedField("integer", "Command code; absent: by the kind of conversation").optional(),
  type: framedField("integer", "Message type; 1 is text").optional(),
  content: framedField("object", "`text`, `items`, `mentions`, `quote`, `extension`").optional(),
  control: framedField("object", "`ttl`, `push` and more").optional(),
  options: framedField("object", "`bizType`, `bizId`, `custom`, `extra`").optional(),
  target: z
    .unknown()
    .optional()
    .openapi({
      type: "array",
      items: { type: "string" },
      description: "Only these members see it",
    }),
  localId: framedRequiredField("string", "Your own id of the message: sent twice is sent once"),
  deviceId: framedField("string", `Absent: \`${API_DEVICE}\``).optional(),
});

const SENT = z.object({
  messageId: z.string(),
  conversationId: z.string(),
  conversationType: z.int(),
  conversationSeq: z.int(),
  pts: z.int().optional(),
  conversationPts: z.int().optional(),
  timestamp: z.int(),
  duplicate: z.boolean().optional(),
});

const PUT_OFF = z.object({
  scheduleId: z.string().openapi({ description: "It waits for `control.sendAt`" }),
  sendAt: z.int(),
});

interface Parts {
  sql: Sql;
  requests: Requests;
  clock: Clock;
  limits: SendLimits;
}

export function addSend(endpoints: Endpoints, parts: Parts): void {
  endpoints.add({
    method: "post",
    path: "/openapi/v1/message",
    tag: "messages",
    summary: "Send a message",
    access: "anyone known",
    input: MESSAGE,
    example: {
      from: "alice",
      to: "bob",
      cmd: CMD.singleChat,
      type: 1,
      content: { text: "Hello" },
      localId: "1",
    },
    data: z.union([SENT, PUT_OFF]),
    handle: (input, caller) => send(parts, caller, input),
  });
}

async function send(
  parts: Parts,
  caller: Caller,
  input: z.infer<typeof MESSAGE>,
): Promise<Outcome> {
  const system = input.from === undefined;
  if (system && caller.user !== undefined) {
    return new Refusal(CODE.forbidden, "body.from: absent, and only X-App-Key sends as the system");
  }
  const inbound = createInbound();
  const code = readMessage(input, system, inbound);
  if (code !== 0) return new Refusal(code, flat(inbound.problem));
  const problem = checkMessage(inbound, system, parts.limits);
  if (problem !== undefined) return problem;
  const sender = system ? SYSTEM_SENDER : await senderOf(parts.sql, caller, input.from);
  if (sender instanceof Refusal) return sender;
  if (inbound.to === "" && inbound.conversationId >= 0 && (system || input.cmd === undefined)) {
    const field = "body.conversationId";
    const conversation = await findConversation(parts.sql, inbound.conversationId, field);
    if (conversation instanceof Refusal) return conversation;
    // The filter knows nothing of the system, which may say everything but this.
    if (system && conversation.dissolved) return new Refusal(CODE.groupDissolved);
    if (input.cmd === undefined) inbound.cmd = chatCommand(conversation.type) ?? inbound.cmd;
  }
  const prepared = inbound.dataField !== 0 || inbound.sendAt !== 0;
  const outcome = prepared
    ? await sendPrepared({ ...parts, contentLimits: parts.limits }, inbound, sender)
    : await parts.requests.send(inbound, sender);
  if ("scheduleId" in outcome) return new Done(outcome);
  if (outcome.code !== CODE.ok) return new Refusal(outcome.code, flat(outcome.message));
  return new Done(sentData(outcome));
}

async function senderOf(
  sql: Sql,
  caller: Caller,
  from: string | undefined,
): Promise<Sender | Refusal> {
  const user = await actingUser(sql, caller, from, "body.from");
  if (user instanceof Refusal) return user;
  const flags = caller.user === undefined ? RECORD_FLAG.serverApi : 0;
  return { userId: user.id, externalId: user.name, device: API_DEVICE, flags };
}

/** Makes a frame of the fields and reads it as one. */
export function readMessage(
  input: Partial<z.infer<typeof MESSAGE>>,
  system: boolean,
  into: Inbound,
): number {
  const { to, conversationId, type, content, control, options, target, localId, deviceId } = input;
  const cmd = system ? CMD.sysNotify : to === undefined ? CMD.groupChat : CMD.singleChat;
  const frame = {
    direction: DIRECTION.request,
    cmd: input.cmd ?? cmd,
    header: { localId, deviceId },
    route: { type, to, conversationId, target },
    content,
    control,
    options,
  };
  return readPlainRequest(frame, "json", into);
}

export function checkMessage(
  inbound: Inbound,
  system: boolean,
  limits: SendLimits,
): Refusal | undefined {
  const { cmd, content, textBytes } = inbound;
  if (!isChat(cmd)) return new Refusal(CODE.unsupported, `body.cmd: ${cmd} is no message`);
  if (inbound.localId === "") return new Refusal(CODE.incomplete, "body.localId: absent");
  if (textBytes > limits.textBytes) {
    return new Refusal(CODE.tooLarge, `body.content.text: more than ${limits.textBytes} bytes`);
  }
  if (content.end - content.start > limits.contentBytes) {
    return new Refusal(CODE.tooLarge, `body.content: more than ${limits.contentBytes} bytes`);
  }
  if (!inbound.persistent) {
    return new Refusal(CODE.unsupported, "body.control.persistent: only stored messages here");
  }
  if (!system) {
    if (isSendable(cmd)) return undefined;
    return new Refusal(CODE.unsupported, `body.cmd: users don't send ${cmd}`);
  }
  if (inbound.target.length > 0) {
    return new Refusal(CODE.unsupported, "body.target: not in messages of the system");
  }
  if (inbound.to !== "" && inbound.conversationId >= 0) {
    return new Refusal(CODE.malformed, "body.conversationId: beside body.to");
  }
  return undefined;
}

/** The frame's header and route are fields of the body. */
export function flat(problem: string): string {
  // What the host application says of a message is handed on as it is.
  if (!/^(?:cmd|header|route|content|control|options)\b/.test(problem)) return problem;
  return `body.${problem.replace(/^(?:header|route)\./, "").replaceAll(" route.", " ")}`;
}

function sentData(outcome: AnswerItem) {
  const { messageIdHigh, messageIdLow, conversationId, conversationType } = outcome;
  return {
    messageId: idText(messageIdHigh, messageIdLow),
    conversationId: String(conversationId),
    conversationType,
    conversationSeq: outcome.seq,
    ...(outcome.pts < 0 ? {} : { pts: outcome.pts }),
    ...(outcome.conversationPts < 0 ? {} : { conversationPts: outcome.conversationPts }),
    timestamp: outcome.timestamp,
    ...(outcome.duplicate ? { duplicate: true } : {}),
  };
}
