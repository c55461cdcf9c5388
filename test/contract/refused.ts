/** Frames that are refused, each with its code and where the problem lies. */

export interface Refusal {
  name: string;
  framing: "json" | "proto" | "msgpack";
  /** Text of a JSON frame, hex of a binary one. */
  frame: string;
  code: number;
  /** What `response.message` begins with. */
  problem: string;
  /** What the refusal repeats, as far as it could be read. */
  cmd: number;
  localId: string;
}

export const REFUSED: readonly Refusal[] = [
  json("not JSON", "{", 1004, "not JSON", 99),
  json("an array", "[]", 1004, "the frame is not an object", 99),
  json("null", "null", 1004, "the frame is not an object", 99),
  json("33 levels", `{"a":${"[".repeat(40)}${"]".repeat(40)}}`, 1004, "nested deeper than 32", 99),
  json("an unknown route name", '{"cmd":"toString"}', 1004, "cmd:", 99),
  json("a negative command", '{"cmd":-1,"header":{"localId":"l"}}', 1004, "cmd:", 99, "l"),
  json("a fraction as command", '{"cmd":1.5}', 1004, "cmd:", 99),
  json("a string as direction", '{"direction":"1","cmd":1}', 1004, "direction:", 1),
  json("content without a command", '{"content":{"text":"x"}}', 1005, "cmd: absent", 0),
  chat("a number as localId", '"header":{"localId":5}', 1004, "header.localId:", ""),
  chat("a list as header", '"header":[]', 1004, "header:", ""),
  chat("NUL in an id", '"header":{"localId":"a\\u0000"}', 1004, "header.localId:", "a\0"),
  chat("a long localId", `"header":{"localId":"${"x".repeat(129)}"}`, 413, "header.localId:", ""),
  chat("a lone surrogate in an id", '"route":{"to":"\\udc00"}', 1004, "route.to:"),
  chat("a negative conversation", '"route":{"conversationId":-1}', 1004, "route.conversationId:"),
  chat("2^53", '"route":{"conversationId":9007199254740992}', 1004, "route.conversationId:"),
  chat("2^53 as text", '"route":{"conversationId":"9007199254740992"}', 1004, "route.conv"),
  chat("a fraction", '"route":{"conversationId":1.5}', 1004, "route.conversationId:"),
  chat("hex digits", '"route":{"conversationId":"0x10"}', 1004, "route.conversationId:"),
  chat("an empty id", '"route":{"conversationId":""}', 1004, "route.conversationId:"),
  chat("1e400", '"route":{"type":1e400}', 1004, "route.type:"),
  chat("null in a list", '"route":{"target":["a",null]}', 1004, "route.target[1]:"),
  chat("a string for a list", '"route":{"target":"a"}', 1004, "route.target:"),
  chat(
    "501 ids",
    `"route":{"target":[${Array.from({ length: 501 }, (_, id) => `"u${id}"`)}]}`,
    413,
    "route.target:",
  ),
  chat("a list as text", '"content":{"text":[]}', 1004, "content.text:"),
  chat("a lone surrogate in text", '"content":{"text":"a\\ud83d"}', 1004, "content.text:"),
  chat(
    "1,001 items",
    `"content":{"items":[${Array.from({ length: 1001 }, () => "{}")}]}`,
    413,
    "content.items:",
  ),
  chat("a number as extension", '"content":{"extension":5}', 1004, "content.extension:"),
  chat("an item that is text", '"content":{"items":[{},"x"]}', 1004, "content.items[1]:"),
  chat("an item's field", '"content":{"items":[{"width":-1}]}', 1004, "content.items[0].width:"),
  chat("text as a flag", '"control":{"persistent":"yes"}', 1004, "control.persistent:"),
  chat("a deep flag", '"control":{"push":{"enable":1}}', 1004, "control.push.enable:"),
  chat("options as text", '"options":"x"', 1004, "options:"),
  json(
    "a message id of 2^63",
    '{"cmd":11,"content":{"data":{"messageId":"9223372036854775808"}}}',
    1004,
    "content.data.messageId:",
    11,
  ),
  proto("a text frame's bytes", "7b7d", 1004, "not readable", 99),
  proto("truncated", "0801 1001 1a05 1203 61", 1004, "not readable", 99),
  proto("field number 0", "1001 0001", 1004, "not readable", 99),
  proto("an end without a group", "1001 0c", 1004, "not readable", 99),
  proto("a length of 2^31", "1001 1a ffffffff0f", 1004, "not readable", 99),
  proto("invalid UTF-8 in localId", "1001 1a04 1202 c328", 1004, "not readable", 99),
  proto("a surrogate in text", "1001 2a05 0a03 eda080", 1004, "not readable", 99),
  proto("invalid UTF-8 in an item", "1001 2a05 1203 0a01 ff", 1004, "content: not readable", 1),
  proto("conversation −1", "1001 220b 10 ffffffffffffffffff01", 1004, "route.conversationId:", 1),
  proto("conversation 2^53", "1001 2209 10 8080808080808010", 1004, "route.conversationId:", 1),
  proto("a member of another command", "1001 2a03 b20100", 1004, "content.data:", 1),
  proto("message id −1", "100b 2a0e ca010b 08 ffffffffffffffffff01", 1004, "content.data.mess", 11),
  proto("content without a command", "2a03 0a01 78", 1005, "cmd: absent", 0),
  proto("NUL in an id", "1001 2203 2a01 00", 1004, "route.to:", 1),
  msgpack("truncated", "83 a3 636d", 1004, "truncated", 99),
  msgpack("two values", "80 80", 1004, "bytes after", 99),
  msgpack("33 levels", `81 a1 61 ${"91".repeat(40)} c0`, 1004, "nested", 99),
  msgpack("invalid UTF-8", "81 a1 ff 01", 1004, "invalid UTF-8", 99),
  msgpack("a map that claims 2^32 − 1 entries", "df ffffffff", 1004, "truncated", 99),
  msgpack("an unused head", "c1", 1004, "not MessagePack", 99),
  msgpack("nil", "c0", 1004, "the frame is not an object", 99),
  msgpack("a float as command", "81 a3 636d64 cb 3ff8000000000000", 1004, "cmd:", 99),
];

function json(
  name: string,
  frame: string,
  code: number,
  problem: string,
  cmd: number,
  localId = "",
): Refusal {
  return { name, framing: "json", frame, code, problem, cmd, localId };
}

/** A chat message in JSON with one part beside its command; its localId is "l" unless given. */
function chat(name: string, part: string, code: number, problem: string, id = "l"): Refusal {
  const header = part.startsWith('"header"') ? "" : '"header":{"localId":"l"},';
  return json(name, `{"cmd":1,${header}${part}}`, code, problem, 1, id);
}

function proto(name: string, bytes: string, code: number, problem: string, cmd: number): Refusal {
  const frame = bytes.replaceAll(" ", "");
  return { name, framing: "proto", frame, code, problem, cmd, localId: "" };
}

function msgpack(name: string, bytes: string, code: number, problem: string, cmd: number): Refusal {
  const frame = bytes.replaceAll(" ", "");
  return { name, framing: "msgpack", frame, code, problem, cmd, localId: "" };
}
