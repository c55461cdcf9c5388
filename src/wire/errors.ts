/** The one table of response codes; every framing and HTTP answer with these. */

export const CODE = {
  ok: 200,
  badRequest: 400,
  unauthorized: 401,
  forbidden: 403,
  notFound: 404,
  conflict: 409,
  tooLarge: 413,
  rateLimited: 429,
  internal: 500,
  unavailable: 503,
  outcomeUnknown: 504,
  receiverNotInConversation: 1001,
  senderNotInConversation: 1002,
  noSuchConversation: 1003,
  malformed: 1004,
  incomplete: 1005,
  notFriends: 1006,
  blocked: 1007,
  strangerLimit: 1008,
  groupDissolved: 2001,
  muted: 2002,
  notGroupMember: 2003,
  groupFull: 2004,
  roleTooLow: 2005,
  storeFailed: 3001,
  processingFailed: 3002,
  unsupported: 3003,
  receiverOffline: 3004,
  recallWindowOver: 3005,
  contentRefused: 3006,
} as const;

export const CODE_TEXT: Readonly<Record<number, string>> = {
  200: "ok",
  400: "bad request",
  401: "token missing, invalid or expired",
  403: "not allowed",
  404: "not found",
  409: "conflict: the same localId came with other content",
  413: "too large",
  429: "rate limited",
  500: "internal error",
  503: "not taken, retry later",
  504: "taken, outcome unknown; send again with the same localId",
  1001: "receiver not in conversation",
  1002: "sender not in conversation",
  1003: "no such conversation",
  1004: "malformed",
  1005: "incomplete",
  1006: "not friends",
  1007: "blocked",
  1008: "stranger limit reached",
  2001: "group dissolved",
  2002: "muted",
  2003: "not a group member",
  2004: "group full",
  2005: "role too low",
  3001: "this message can't be stored",
  3002: "processing failed",
  3003: "unsupported command or type",
  3004: "receiver offline",
  3005: "recall window over",
  3006: "content refused",
};

/**
 * The HTTP status that goes with a code: itself where HTTP knows it, 422 for the protocol's own.
 */
export function httpStatus(code: number): number {
  if (code < 1000) return code;
  return code === CODE.malformed || code === CODE.incomplete ? 400 : 422;
}

/** WebSocket close codes: 40xx don't come back by yourself, 41xx come back. */
export const CLOSE = {
  replaced: 4000,
  kicked: 4001,
  banned: 4003,
  draining: 4100,
  tooSlow: 4101,
  noHeartbeat: 4102,
} as const;
