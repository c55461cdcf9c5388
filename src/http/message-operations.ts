/** What is done to messages: the same commands, checks and records as over a WebSocket. */
import { z } from "@hono/zod-openapi";
import type { EditChecks } from "../path/edit-checks.ts";
import { type ContentLimits, messageChange } from "../path/message-change.ts";
import { API_DEVICE } from "../path/system-sender.ts";
import type { Sql } from "../postgres/client.ts";
import { CMD } from "../wire/commands.ts";
import { DIRECTION } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { startReading } from "../wire/plain-fields.ts";
import { readEnvelope } from "../wire/plain-read.ts";
import { type Outcome, Refusal } from "./answer.ts";
import { actingUser, type Caller } from "./auth.ts";
import { change, type ChangeParts, changeSender } from "./change.ts";
import type { Endpoints } from "./endpoints.ts";
import { framedField, localIdField, nameField } from "./fields.ts";

type Parts = ChangeParts & { sql: Sql; limits: ContentLimits; editChecks: EditChecks };

const ACTOR = nameField("Who acts; with a user's token the caller. Absent: the server").optional();
const READER = nameField("Required with the app key; with a user's token the caller").optional();
const CONVERSATION = framedField("string", "Id of the conversation").optional();
const MESSAGE = framedField("string", "Id of the message").optional();
const REMOVE = framedField("boolean", "Take it away again").optional();
const CHANGED = z.object({ conversationId: z.string() });

const EDIT = {
  content: framedField("object", "What it says now"),
  control: framedField("object", "`security` as of a message").optional(),
};

interface Operation {
  cmd: number;
  path: string;
  summary: string;
  /** What stands in `content.data` of the command. */
  data: Readonly<Record<string, z.ZodType>>;
  example: Record<string, unknown>;
  /** Not for the server: it has no view of its own. */
  ofReader?: true;
}

const MESSAGE_ID = { messageId: MESSAGE };
const EXAMPLE = { userId: "alice", conversationId: "1", messageId: "395712345678901234" };

const OPERATIONS: readonly Operation[] = [
  {
    cmd: CMD.recall,
    path: "message/recall",
    summary: "Take a message back",
    data: MESSAGE_ID,
    example: EXAMPLE,
  },
  {
    cmd: CMD.delete,
    path: "message/delete",
    summary: "Delete messages for the user, or for all",
    data: {
      messageIds: framedField("array", "Ids of the messages").optional(),
      forAll: framedField("boolean", "As a recall, for everyone").optional(),
    },
    example: { userId: "alice", conversationId: "1", messageIds: [EXAMPLE.messageId] },
  },
  {
    cmd: CMD.edit,
    path: "message/edit",
    summary: "Replace what a message says",
    data: MESSAGE_ID,
    example: { ...EXAMPLE, content: { text: "Hello!" } },
  },
  {
    cmd: CMD.reaction,
    path: "message/reaction",
    summary: "React to a message",
    data: {
      ...MESSAGE_ID,
      reaction: framedField("string", "An emoji, or any short text").optional(),
      remove: REMOVE,
    },
    example: { ...EXAMPLE, reaction: "👍" },
  },
  {
    cmd: CMD.pin,
    path: "message/pin",
    summary: "Pin a message to the top of its conversation",
    data: { ...MESSAGE_ID, remove: REMOVE },
    example: EXAMPLE,
  },
  {
    cmd: CMD.read,
    path: "conversation/read",
    summary: "A conversation was read up to a seq",
    data: { seq: framedField("integer", "The newest that was read").optional() },
    example: { userId: "alice", conversationId: "1", seq: 7 },
    ofReader: true,
  },
  {
    cmd: CMD.readCancel,
    path: "conversation/unread",
    summary: "Unread again from a seq on",
    data: { seq: framedField("integer", "The oldest that is unread again").optional() },
    example: { userId: "alice", conversationId: "1", seq: 7 },
    ofReader: true,
  },
  {
    cmd: CMD.readAll,
    path: "conversation/read-all",
    summary: "All conversations were read",
    data: {},
    example: { userId: "alice" },
    ofReader: true,
  },
];

export function addMessageOperations(endpoints: Endpoints, parts: Parts): void {
  for (const operation of OPERATIONS) {
    const { cmd, path, summary, data, example } = operation;
    endpoints.add({
      method: "post",
      path: `/openapi/v1/${path}`,
      tag: "messages",
      summary,
      access: "anyone known",
      input: z.object({
        userId: operation.ofReader ? READER : ACTOR,
        ...(cmd === CMD.readAll ? {} : { conversationId: CONVERSATION }),
        ...data,
        ...(cmd === CMD.edit ? EDIT : {}),
        localId: localIdField.optional(),
      }),
      example,
      data: CHANGED.nullable(),
      handle: (input, caller) => operate(parts, caller, operation, input),
    });
  }
}

interface Input {
  userId?: string | undefined;
  conversationId?: unknown;
  content?: unknown;
  control?: unknown;
  localId?: string | undefined;
  [name: string]: unknown;
}

async function operate(
  parts: Parts,
  caller: Caller,
  operation: Operation,
  input: Input,
): Promise<Outcome> {
  const { cmd } = operation;
  const { userId, localId = crypto.randomUUID() } = input;
  const server = caller.user === undefined && userId === undefined && !operation.ofReader;
  const actor = server
    ? { id: 0, name: "" }
    : await actingUser(parts.sql, caller, userId, "body.userId");
  if (actor instanceof Refusal) return actor;
  const read = readAsked(parts.limits, operation, input);
  if (read instanceof Refusal) return read;
  const by = { sender: changeSender(caller, actor), deviceId: API_DEVICE, localId };
  const asked = await parts.editChecks.check({ ...read, ...by });
  if ("code" in asked) return new Refusal(asked.code, flat(asked.message));
  return await change(parts, caller, { ...asked, cmd, actor, localId });
}

/** Makes a frame of the fields and reads it as one, so that HTTP and WebSocket take the same. */
function readAsked(limits: ContentLimits, { cmd, data }: Operation, input: Input) {
  const { conversationId, control, content: given } = input;
  const content = typeof given === "object" && given !== null ? given : {};
  if (given !== undefined && content !== given) {
    return new Refusal(CODE.malformed, "body.content: not an object");
  }
  const fields = Object.fromEntries(Object.keys(data).map((name) => [name, input[name]]));
  const frame = {
    direction: DIRECTION.request,
    cmd,
    route: { conversationId },
    content: { ...content, data: fields },
    ...(control === undefined ? {} : { control }),
  };
  const reading = startReading("json", cmd);
  reading.request = true;
  const envelope = readEnvelope(frame, reading);
  if (envelope === undefined) return new Refusal(reading.code, flat(reading.problem));
  const asked = messageChange(cmd, envelope.route?.conversationId, envelope.content ?? {}, limits);
  return "code" in asked ? new Refusal(asked.code, flat(asked.message)) : { asked, envelope };
}

/** The frame's route and data are fields of the body. */
function flat(problem: string): string {
  // What the host application says of an edit is handed on as it is.
  if (!/^(?:cmd|header|route|content|control|options)\b/.test(problem)) return problem;
  return `body.${problem.replace(/^(?:route|content\.data)\./, "")}`;
}
