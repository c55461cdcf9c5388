/** The envelope as the code sees it: the JSON shape, with ids in their inner types. */

export const DIRECTION = { request: 1, response: 2, push: 3 } as const;

export interface Envelope {
  direction: number;
  cmd: number;
  header?: Header;
  route?: Route;
  content?: Content;
  control?: Control;
  options?: Options;
  response?: Response;
  messageExtra?: MessageExtra;
}

export interface Header {
  version?: number;
  localId?: string;
  timestamp?: number;
  platform?: string;
  deviceId?: string;
}

export interface Route {
  type?: number;
  /** Below 2^53; a decimal string in JSON, an integer in MessagePack. */
  conversationId?: number;
  conversationType?: number;
  from?: string;
  to?: string;
  target?: string[];
  source?: string;
}

export interface Content {
  /** A command's parameters; the member of the `oneof` follows from `cmd` and `direction`. */
  data?: Data;
  text?: string;
  items?: Item[];
  mentions?: Mentions;
  quote?: { msgId?: string; text?: string };
  /** JSON text. */
  extension?: string;
}

/**
 * 64-bit ids (`messageId`, `messageIds`) are decimal strings, `conversationId` and all else
 * numbers.
 */
export type Data = Record<string, unknown>;

export interface Item {
  type?: string;
  start?: number;
  end?: number;
  uid?: string;
  name?: string;
  url?: string;
  thumbnail?: string;
  width?: number;
  height?: number;
  size?: number;
}

export interface Mentions {
  all?: boolean;
  uids?: string[];
  pushContent?: string;
}

export interface Control {
  persistent?: boolean;
  syncDevice?: boolean;
  priority?: number;
  /** Seconds; 0 is for ever. */
  ttl?: number;
  needReceipt?: boolean;
  receiptType?: number;
  readTimeout?: number;
  push?: Record<string, unknown>;
  security?: Record<string, unknown>;
  callback?: Record<string, unknown>;
  /** When it is to be sent, ms since 1970. */
  sendAt?: number;
}

export interface Options {
  bizType?: string;
  bizId?: string;
  conversation?: { top?: boolean; mute?: boolean; unread?: boolean };
  /** JSON texts. */
  custom?: string;
  extra?: string;
  /** The sender's signature, and seconds to be read in; the server sets them. */
  sign?: string;
  readTimeout?: number;
}

export interface Response {
  code: number;
  message?: string;
  data?: Data;
}

export interface MessageExtra {
  /** Snowflake, a decimal string. */
  messageId?: string;
  conversationSeq?: number;
  conversationPts?: number;
  /** Milliseconds since 1970, the server's clock. */
  timestamp?: number;
  mentionedAll?: boolean;
  senderNickname?: string;
  senderAvatar?: string;
  silent?: boolean;
  duplicate?: boolean;
  hidden?: boolean;
  /** Taken back: nothing is left of what it said. */
  recalled?: boolean;
  /** How often it was edited. */
  version?: number;
  reactions?: { reaction?: string; count?: number; mine?: boolean }[];
  mentioned?: boolean;
  pts?: number;
}
