/** What is asked to be done to messages, checked the same for connections and for HTTP. */
import { CMD } from "../wire/commands.ts";
import { contentBytes } from "../wire/content-bytes.ts";
import { type Content, type Data, DIRECTION } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { LIMIT } from "../wire/limits.ts";
import { utf8Length } from "../wire/utf8.ts";
import type { AskedChange } from "./change-record.ts";

/** Commands whose records the appliers of messages take. */
export const MESSAGE_CHANGES = [
  CMD.recall,
  CMD.delete,
  CMD.edit,
  CMD.reaction,
  CMD.pin,
  CMD.readAll,
  CMD.readCancel,
  CMD.read,
] as const;

export interface ContentLimits {
  textBytes: number;
  contentBytes: number;
}

export interface Problem {
  code: number;
  message: string;
}

/** `content` with `data`, as the codec or the schema has checked it for types. */
export function messageChange(
  cmd: number,
  conversationId: number | undefined,
  content: Content,
  limits: ContentLimits,
): AskedChange | Problem {
  const { data = {} } = content;
  if (cmd === CMD.readAll) return { cmd };
  if (conversationId === undefined) return absent("route.conversationId");
  if (cmd === CMD.readCancel || cmd === CMD.read) return readMark(cmd, conversationId, data);
  const ids = cmd === CMD.delete ? "messageIds" : "messageId";
  const given = data[ids];
  if (given === undefined || (Array.isArray(given) && given.length === 0)) {
    return absent(`content.data.${ids}`);
  }
  const problem =
    cmd === CMD.edit
      ? editProblem(content, limits)
      : cmd === CMD.reaction
        ? reactionProblem(data)
        : undefined;
  if (problem !== undefined) return problem;
  const kept = cmd === CMD.edit ? content : { data };
  return { cmd, conversationId, content: contentBytes(kept, cmd, DIRECTION.push) };
}

function readMark(cmd: number, conversationId: number, data: Data): AskedChange | Problem {
  const { seq } = data;
  if (typeof seq !== "number") return absent("content.data.seq");
  if (seq < 0) return { code: CODE.malformed, message: "content.data.seq: below 0" };
  return { cmd, conversationId, value: seq };
}

function reactionProblem({ reaction }: Data): Problem | undefined {
  if (typeof reaction !== "string" || reaction === "") return absent("content.data.reaction");
  if (reaction.includes("\0")) {
    return { code: CODE.malformed, message: "content.data.reaction: a NUL character" };
  }
  if (utf8Length(reaction) <= LIMIT.reactionBytes) return undefined;
  const message = `content.data.reaction: more than ${LIMIT.reactionBytes} bytes`;
  return { code: CODE.tooLarge, message };
}

function editProblem(content: Content, limits: ContentLimits): Problem | undefined {
  const { data: _, ...said } = content;
  const bytes = contentBytes(said, CMD.edit, DIRECTION.push);
  if (bytes.length === 0) return absent("content: what it is to say");
  if (utf8Length(said.text ?? "") > limits.textBytes) {
    return { code: CODE.tooLarge, message: "content.text is too long" };
  }
  if (bytes.length <= limits.contentBytes) return undefined;
  return { code: CODE.tooLarge, message: "content is too large" };
}

function absent(what: string): Problem {
  return { code: CODE.incomplete, message: `${what} is required` };
}
