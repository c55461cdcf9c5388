/** Every key that Linnet has in Redis, with its bound; each is in one hash slot by its braces. */

/** What is not settled yet; bounded by `streamEntriesMax` and `streamBytesMax`. */
export const STREAM = "{linnet}:stream";

/** Bytes of payload in the stream, kept by the scripts that add and remove entries. */
export const STREAM_BYTES = "{linnet}:stream:bytes";

/** The next provisional seq of a conversation; expires `seqTtlSeconds` after it was made. */
export function seqKey(conversationId: number): string {
  return `{linnet}:seq:${conversationId}`;
}

/** Sorted set of living gateways by the time in ms, by Redis' clock, at which the lease ends. */
export const GATEWAYS = "{linnet:gateways}";

/** What one gateway is to deliver: a capped stream that expires with the gateway's lease. */
export function deliveryKey(gatewayId: string): string {
  return `{linnet:gw:${gatewayId}}:delivery`;
}

/** Number of the last record in the delivery stream; its absence tells that Redis was lost. */
export function deliveryCountKey(gatewayId: string): string {
  return `{linnet:gw:${gatewayId}}:count`;
}

/** A ticket that was not used yet; expires TICKET_SECONDS after it was made. */
export function ticketKey(ticket: string): string {
  return `{linnet:ticket:${ticket}}`;
}

/** Bytes of payload in the delivery stream that the gateway has not said it has read. */
export function deliveryBytesKey(gatewayId: string): string {
  return `{linnet:gw:${gatewayId}}:bytes`;
}

/** What a gateway tells of itself, JSON; expires 30 s after it was told. */
export function gatewayStateKey(gatewayId: string): string {
  return `{linnet:gw:${gatewayId}}:state`;
}

/** Up to which pts a user's devices have everything; expires an hour after it was noted last. */
export function acknowledgedKey(userId: number): string {
  return `{linnet:acknowledged:${userId}}`;
}

export const PRESENCE_BUCKETS = 4;

/**
 * Hash of users who are online: user id → "device=gateway/generation,…", with a "b" after the
 * generation of a device in the background.
 */
export function presenceKey(bucket: number): string {
  return `{linnet:presence:${bucket}}`;
}

/** Sorted set of users who left and were not yet told of, by ms of Redis' clock. */
export function leavingKey(bucket: number): string {
  return `{linnet:presence:${bucket}}:leaving`;
}

/** Hash of the calls that a user has answered lately: call id → "ms device answer". */
export function callsKey(userId: number): string {
  return `{linnet:calls:${userId}}`;
}

/** Hash of the calls that a user hung up lately: call id → "ms ended". */
export function endedCallsKey(userId: number): string {
  return `{linnet:calls:${userId}}:ended`;
}

export function presenceBucket(userId: number): number {
  return userId % PRESENCE_BUCKETS;
}
