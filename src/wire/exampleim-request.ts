/** ExampleIM's requests as the envelope in JSON's shape; what is wrong is named in its words. */
import { CMD } from "./commands.ts";
import { CODE } from "./errors.ts";
import { nestsDeeper } from "./json-depth.ts";
import { LIMIT } from "./limits.ts";
import { readShape, startReading } from "./plain-fields.ts";
import { ID64_LIST, type Shape } from "./shapes.ts";

export const EXAMPLEIM_FRAME = { data: 0, ping: 1, answer: 2, unanswered: 3, error: 9 } as const;

type Plain = Record<string, unknown>;

interface Refused {
  code: number;
  problem: string;
  id: string;
}

type Request =
  | { plain: Plain; silent: boolean; messageIds: Plain | undefined }
  | { acknowledged: string }
  | Refused;

const GROUP = 1;
const SINGLE = 2;
const TEXT = 1;
const MARKED: Shape = { msgIds: ID64_LIST };

/** What a method makes of its data: an envelope without header, or what is wrong. */
type Made = Plain | { code: number; problem: string };

const METHODS: Readonly<Record<string, (data: Plain) => Made>> = {
  "conversation.chat": (data) => {
    const { msg } = data;
    if (msg === undefined || msg === null) return incomplete("data.msg");
    return isPlain(msg) ? message(data, msg, 0) : malformed("data.msg: not an object");
  },
  "conversation.markChat": (data) => routed(data, (route) => ({ cmd: CMD.read, route })),
  push: (data) => message(data, data, CMD.notify),
};

export function parseRequest(frame: string | Uint8Array): Request {
  if (typeof frame !== "string") return refused("", malformed("a binary frame"));
  if (nestsDeeper(frame, LIMIT.depth)) {
    return refused("", malformed(`nested deeper than ${LIMIT.depth}`));
  }
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    return refused("", malformed("not JSON"));
  }
  if (!isPlain(value)) return refused("", malformed("the frame is not an object"));
  const given = value["id"];
  const id = typeof given === "string" && given.length <= LIMIT.localIdBytes ? given : "";
  switch (value["frameType"] ?? EXAMPLEIM_FRAME.data) {
    case EXAMPLEIM_FRAME.ping:
      return { plain: { cmd: CMD.heartbeat, header: { localId: id } }, ...HEARD };
    case EXAMPLEIM_FRAME.answer:
      return { acknowledged: id };
    case EXAMPLEIM_FRAME.data:
      return requestOf(value, id, false);
    case EXAMPLEIM_FRAME.unanswered:
      return requestOf(value, id, true);
    default:
      return refused(id, malformed("frameType: clients send 0, 1, 2 and 3"));
  }
}

const HEARD = { silent: false, messageIds: undefined };

function requestOf(frame: Plain, id: string, silent: boolean): Request {
  const { method, data = {} } = frame;
  // Whoever waits for no answer needs no id; but each message has one to be known by.
  const localId = silent && (frame["id"] ?? "") === "" ? crypto.randomUUID() : frame["id"];
  const header = { localId };
  if (method === undefined || method === null) return refused(id, incomplete("method"));
  if (method === "user.online") {
    return { plain: { cmd: CMD.userOnline, header }, silent, messageIds: undefined };
  }
  if (typeof method !== "string" || !Object.hasOwn(METHODS, method)) {
    return refused(id, malformed("method: none that is known"));
  }
  if (!isPlain(data)) return refused(id, malformed("data: not an object"));
  const made = METHODS[method]?.(data) as Made;
  if ("problem" in made) return refused(id, made as { code: number; problem: string });
  const request = { plain: { ...made, header }, silent, messageIds: undefined };
  return made["cmd"] === CMD.read ? withMessageIds(request, data, id) : request;
}

function withMessageIds(request: { plain: Plain; silent: boolean }, data: Plain, id: string) {
  const reading = startReading("json", CMD.error);
  const marked = readShape(data, MARKED, reading);
  const { code, problem } = reading;
  if (marked === undefined) return refused(id, { code, problem: `data.${problem}` });
  const { msgIds } = marked;
  if (msgIds === undefined) return refused(id, incomplete("data.msgIds"));
  return { ...request, messageIds: { messageIds: msgIds } };
}

/**
 * `cmd` 0: that of the conversation's type. For two it is that of strangers, which friends may use
 * too; for a group it may become another one once its type is known.
 */
function message(data: Plain, { mType, content }: Plain, cmd: number): Made {
  if (content !== undefined && content !== null && typeof content !== "string") {
    return malformed("content: not a string");
  }
  const type = mType === undefined || mType === null || mType === 0 ? TEXT : mType;
  return routed(data, (route) => ({
    cmd: cmd !== 0 ? cmd : data["chatType"] === SINGLE ? CMD.strangerChat : CMD.groupChat,
    route: { ...route, type },
    content: { text: content ?? "" },
  }));
}

function routed(data: Plain, make: (route: Plain) => Plain): Made {
  const route = data["chatType"] === SINGLE ? pairRoute(data) : groupRoute(data);
  return "problem" in route ? route : make(route);
}

/** The other decides: what the two are called together only repeats it. */
function pairRoute(data: Plain): Made {
  const { conversationId: name = "", recvId: to = "" } = data;
  if (typeof to !== "string") return malformed("data.recvId: not a string");
  if (typeof name !== "string") return malformed("data.conversationId: not a string");
  if (to === "") {
    // The system has no id: its conversation is named as a group is.
    return /^\d+$/.test(name) ? { conversationId: name } : incomplete("data.recvId");
  }
  if (name !== "" && !name.startsWith(`${to}_`) && !name.endsWith(`_${to}`)) {
    return malformed("data.recvId contradicts data.conversationId");
  }
  return { to };
}

function groupRoute(data: Plain): Made {
  const chatType = data["chatType"] ?? undefined;
  if (chatType === undefined) return incomplete("data.chatType");
  if (chatType !== GROUP) return malformed("data.chatType: 1 (group) or 2 (single)");
  const conversationId = named(data["conversationId"]);
  const recvId = named(data["recvId"]);
  if (conversationId === undefined && recvId === undefined) {
    return incomplete("data.conversationId");
  }
  if (conversationId !== undefined && recvId !== undefined) {
    if (JSON.stringify(conversationId) !== JSON.stringify(recvId)) {
      return malformed("data.recvId contradicts data.conversationId");
    }
  }
  return { conversationId: conversationId ?? recvId };
}

function named(value: unknown): unknown {
  return value === null || value === "" ? undefined : value;
}

function malformed(problem: string): { code: number; problem: string } {
  return { code: CODE.malformed, problem };
}

function incomplete(name: string): { code: number; problem: string } {
  return { code: CODE.incomplete, problem: `${name} is required` };
}

function refused(id: string, { code, problem }: { code: number; problem: string }): Refused {
  return { id, code, problem };
}

function isPlain(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
