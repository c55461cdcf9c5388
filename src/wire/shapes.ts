/**
 * The fields of the envelope and its parts, as JSON names them: what the readers of JSON and
 * MessagePack check, and what all writers follow. The data of commands stands in data-shapes.ts.
 * A test holds every name and type against the .proto file.
 */

/**
 * `conversationId` is below 2^53, a decimal string in JSON; `id64` is below 2^63, a decimal string
 * in the code too. `name` is the id of a user or device; `jsonText` comes as a string or an object.
 */
export type Kind =
  | "uint32"
  | "int64"
  | "conversationId"
  | "id64"
  | "bool"
  | "string"
  | "name"
  | "localId"
  | "jsonText"
  | "part"
  | "envelope";

export interface Field {
  readonly kind: Kind;
  /** Most entries of a list; absent for a single value. */
  readonly listMax?: number;
  /** Present and default differ; a field without it is dropped when it has its default. */
  readonly optional?: true;
  readonly shape?: Shape;
}

export type Shape = Readonly<Record<string, Field>>;

/** The data of a command: a member of a `oneof` in protobuf. */
export interface Member {
  /** Name in the `oneof`, lowerCamelCase. */
  readonly name: string;
  readonly number: number;
  readonly shape: Shape;
}

const LIST_IDS = 500;
const LIST_ANY = 1000;

export const UINT32: Field = { kind: "uint32" };
export const INT64: Field = { kind: "int64", optional: true };
export const CONVERSATION_ID: Field = { kind: "conversationId", optional: true };
export const ID64: Field = { kind: "id64", optional: true };
export const ID64_LIST: Field = { kind: "id64", listMax: LIST_IDS };
export const BOOL: Field = { kind: "bool" };
export const OPTIONAL_BOOL: Field = { kind: "bool", optional: true };
export const STRING: Field = { kind: "string" };
export const OPTIONAL_STRING: Field = { kind: "string", optional: true };
export const STRING_LIST: Field = { kind: "string", listMax: LIST_ANY };
export const NAME: Field = { kind: "name" };
export const NAME_LIST: Field = { kind: "name", listMax: LIST_IDS };
export const JSON_TEXT: Field = { kind: "jsonText" };
export const JSON_TEXT_LIST: Field = { kind: "jsonText", listMax: LIST_ANY };
export const ENVELOPE: Field = { kind: "envelope", optional: true };
export const ENVELOPE_LIST: Field = { kind: "envelope", listMax: LIST_ANY };

export const HEADER: Shape = {
  version: UINT32,
  localId: { kind: "localId" },
  timestamp: INT64,
  platform: STRING,
  deviceId: NAME,
};

export const ROUTE: Shape = {
  type: UINT32,
  conversationId: CONVERSATION_ID,
  conversationType: UINT32,
  from: NAME,
  to: NAME,
  target: NAME_LIST,
  source: STRING,
};

/** Without what the server sets, whatever the client wrote. */
export const REQUEST_ROUTE: Shape = {
  type: UINT32,
  conversationId: CONVERSATION_ID,
  conversationType: UINT32,
  to: NAME,
  target: NAME_LIST,
};

const ITEM: Shape = {
  type: STRING,
  start: UINT32,
  end: UINT32,
  uid: NAME,
  name: STRING,
  url: STRING,
  thumbnail: STRING,
  width: UINT32,
  height: UINT32,
  size: INT64,
};

/** Without `data`, whose shape follows from the command. */
export const CONTENT: Shape = {
  text: STRING,
  items: { kind: "part", shape: ITEM, listMax: LIST_ANY },
  mentions: {
    kind: "part",
    optional: true,
    shape: { all: BOOL, uids: NAME_LIST, pushContent: STRING },
  },
  quote: { kind: "part", optional: true, shape: { msgId: ID64, text: STRING } },
  extension: JSON_TEXT,
};

const PUSH_SETTINGS: Shape = {
  enable: OPTIONAL_BOOL,
  title: STRING,
  content: STRING,
  payload: JSON_TEXT,
  badge: UINT32,
  sound: STRING,
  channelId: STRING,
};

const SECURITY: Shape = {
  checkSensitive: BOOL,
  checkSpam: BOOL,
  encryption: STRING,
  sign: STRING,
};

const CALLBACK: Shape = {
  enable: BOOL,
  url: STRING,
  events: STRING_LIST,
  timeout: UINT32,
  retry: { kind: "part", optional: true, shape: { maxTimes: UINT32, interval: UINT32 } },
  security: { kind: "part", optional: true, shape: { token: STRING, signType: STRING } },
};

export const CONTROL: Shape = {
  persistent: OPTIONAL_BOOL,
  syncDevice: OPTIONAL_BOOL,
  priority: UINT32,
  ttl: UINT32,
  needReceipt: OPTIONAL_BOOL,
  receiptType: UINT32,
  readTimeout: UINT32,
  push: { kind: "part", optional: true, shape: PUSH_SETTINGS },
  security: { kind: "part", optional: true, shape: SECURITY },
  callback: { kind: "part", optional: true, shape: CALLBACK },
  sendAt: INT64,
};

export const OPTIONS: Shape = {
  bizType: STRING,
  bizId: STRING,
  conversation: {
    kind: "part",
    optional: true,
    shape: { top: OPTIONAL_BOOL, mute: OPTIONAL_BOOL, unread: OPTIONAL_BOOL },
  },
  custom: JSON_TEXT,
  extra: JSON_TEXT,
  sign: STRING,
  readTimeout: UINT32,
};

/** Without `data`, whose shape follows from the command. */
export const RESPONSE: Shape = { code: UINT32, message: STRING };

const REACTION_COUNT: Shape = { reaction: STRING, count: UINT32, mine: BOOL };

/** `pts` stands last, because it is what differs from one recipient to the next. */
export const MESSAGE_EXTRA: Shape = {
  messageId: ID64,
  conversationSeq: INT64,
  conversationPts: INT64,
  timestamp: INT64,
  mentionedAll: BOOL,
  senderNickname: STRING,
  senderAvatar: STRING,
  silent: BOOL,
  duplicate: BOOL,
  hidden: BOOL,
  recalled: BOOL,
  version: UINT32,
  reactions: { kind: "part", shape: REACTION_COUNT, listMax: LIST_ANY },
  mentioned: BOOL,
  pts: INT64,
};
