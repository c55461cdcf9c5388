/**
 * /asyncapi.json: what is said over the WebSocket, as AsyncAPI 3, made from the tables that the
 * codecs read and from the commands that the gateway answers. The JSON framing is described; the
 * others carry the same fields.
 */
import { CMD, isChat, ROUTE_COMMAND } from "../wire/commands.ts";
import { contentMember, responseMember } from "../wire/data-shapes.ts";
import { DIRECTION } from "../wire/envelope.ts";
import { CODE_TEXT } from "../wire/errors.ts";
import { LIMIT } from "../wire/limits.ts";
import {
  CONTENT,
  CONTROL,
  type Field,
  HEADER,
  MESSAGE_EXTRA,
  OPTIONS,
  REQUEST_ROUTE,
  RESPONSE,
  ROUTE,
  type Shape,
} from "../wire/shapes.ts";

type Schema = Record<string, unknown>;

/** Command code → its name in the code. */
const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(CMD).map(([name, code]) => [code, name]),
);

const CONNECTION = { $ref: "#/channels/connection" };

/** `commands`: codes of the requests that are answered otherwise than by 3003. */
export function asyncApi(commands: readonly number[]): object {
  const messages: Record<string, Schema> = {};
  const operations: Record<string, Schema> = {};
  const refer = (name: string) => ({ $ref: `#/channels/connection/messages/${name}` });
  for (const code of [...new Set(commands)].sort((a, b) => a - b)) {
    const name = NAMES.get(code) ?? String(code);
    messages[`${name}Request`] = messageOf(code, `${name}Request`, requestSchema(code));
    messages[`${name}Answer`] = messageOf(code, `${name}Answer`, answerSchema(code));
    operations[name] = {
      action: "receive",
      channel: CONNECTION,
      summary: summaryOf(code, name),
      messages: [refer(`${name}Request`)],
      reply: { channel: CONNECTION, messages: [refer(`${name}Answer`)] },
    };
  }
  for (const [code, name] of NAMES) {
    messages[`${name}Push`] = messageOf(code, `${name}Push`, pushSchema(code));
    operations[`${name}Push`] = {
      action: "send",
      channel: CONNECTION,
      messages: [refer(`${name}Push`)],
    };
  }
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Linnet over WebSocket",
      version: "1",
      description:
        "One envelope for every frame. Subprotocols: json (text frames), proto and msgpack " +
        "(binary), and exampleim with frames of its own; the first frame decides where none is " +
        "asked for. The semantics stand in docs/protocol.md, the HTTP calls in /openapi.json.",
    },
    servers: { here: { host: "localhost:9688", protocol: "ws", pathname: "/ws" } },
    defaultContentType: "application/json",
    channels: { connection: { address: "/ws", messages } },
    operations,
    components: { schemas: { Envelope: { type: "object", properties: envelopeParts({}) } } },
  };
}

function summaryOf(code: number, name: string): string {
  const route = Object.entries(ROUTE_COMMAND).find(([, cmd]) => cmd === code)?.[0];
  const routes = route === undefined ? "" : `, route \`${route}\``;
  return `cmd ${code}${routes}: ${name}`;
}

function messageOf(code: number, name: string, payload: Schema): Schema {
  return { name, title: `${name} (${code})`, payload };
}

function requestSchema(code: number): Schema {
  return envelope(code, DIRECTION.request, {
    route: objectOf(REQUEST_ROUTE),
    content: contentSchema(code, DIRECTION.request),
    ...(isChat(code) ? { control: objectOf(CONTROL), options: objectOf(OPTIONS) } : {}),
  });
}

function answerSchema(code: number): Schema {
  const data = responseMember(code, DIRECTION.response);
  const response = objectOf(RESPONSE);
  const codes = Object.entries(CODE_TEXT).map(([number, text]) => `${number} ${text}`);
  return envelope(code, DIRECTION.response, {
    response: {
      ...response,
      description: codes.join(" · "),
      properties: {
        ...(response["properties"] as Schema),
        ...(data === undefined ? {} : { data: objectOf(data.shape) }),
      },
    },
    ...(isChat(code) ? { route: objectOf(ROUTE), messageExtra: objectOf(MESSAGE_EXTRA) } : {}),
  });
}

function pushSchema(code: number): Schema {
  return envelope(code, DIRECTION.push, {
    route: objectOf(ROUTE),
    content: contentSchema(code, DIRECTION.push),
    options: objectOf(OPTIONS),
    messageExtra: objectOf(MESSAGE_EXTRA),
  });
}

function envelope(code: number, direction: number, parts: Schema): Schema {
  return {
    type: "object",
    required: ["direction", "cmd"],
    properties: {
      direction: { const: direction },
      cmd: { const: code },
      header: objectOf(HEADER),
      ...parts,
    },
  };
}

function envelopeParts(parts: Schema): Schema {
  return {
    direction: { type: "integer" },
    cmd: { type: "integer" },
    header: objectOf(HEADER),
    route: objectOf(ROUTE),
    content: objectOf(CONTENT),
    options: objectOf(OPTIONS),
    messageExtra: objectOf(MESSAGE_EXTRA),
    ...parts,
  };
}

function contentSchema(code: number, direction: number): Schema {
  const member = contentMember(code, direction);
  const content = objectOf(CONTENT);
  if (member === undefined) return content;
  const properties = { data: objectOf(member.shape), ...(content["properties"] as Schema) };
  return { ...content, properties };
}

function objectOf(shape: Shape): Schema {
  const properties = Object.entries(shape).map(([name, field]) => [name, schemaOf(field)] as const);
  return { type: "object", properties: Object.fromEntries(properties) };
}

function schemaOf(field: Field): Schema {
  const one = oneOf(field);
  if (field.listMax === undefined) return one;
  return { type: "array", items: one, maxItems: field.listMax };
}

const DECIMAL = "^[0-9]+$";

function oneOf({ kind, shape }: Field): Schema {
  switch (kind) {
    case "uint32":
      return { type: "integer", minimum: 0, maximum: 2 ** 32 - 1 };
    case "int64":
      return { type: "integer" };
    case "conversationId":
    case "id64":
      return { type: ["string", "integer"], pattern: DECIMAL };
    case "bool":
      return { type: "boolean" };
    case "string":
      return { type: "string" };
    case "name":
      return { type: "string", minLength: 1, maxLength: LIMIT.idBytes };
    case "localId":
      return { type: "string", minLength: 1, maxLength: LIMIT.localIdBytes };
    case "jsonText":
      return { type: ["string", "object"] };
    case "part":
      return objectOf(shape ?? {});
    case "envelope":
      return { $ref: "#/components/schemas/Envelope" };
  }
}
