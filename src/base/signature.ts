/** How the server signs what it posts to somebody: HMAC-SHA256 over the moment and the body. */
import { createHmac, timingSafeEqual } from "node:crypto";

const TIMESTAMP_HEADER = "x-linnet-timestamp";
const SIGNATURE_HEADER = "x-linnet-signature";

/** Hexadecimal HMAC-SHA256 over `${timestamp}.${body}`; the timestamp is in ms, as decimal text. */
export function signature(secret: string, timestamp: string, body: string | Uint8Array): string {
  return createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest("hex");
}

export function signedHeaders(
  secret: string,
  wallMs: number,
  body: string | Uint8Array,
): Record<string, string> {
  const timestamp = String(Math.floor(wallMs));
  return {
    [TIMESTAMP_HEADER]: timestamp,
    [SIGNATURE_HEADER]: signature(secret, timestamp, body),
  };
}

/** Whether `given` is the hexadecimal HMAC-SHA256 of a text. */
export function isSignatureOf(given: string, secret: string, text: string): boolean {
  const right = Buffer.from(createHmac("sha256", secret).update(text).digest("hex"));
  const claimed = Buffer.from(given.toLowerCase());
  return right.length === claimed.length && timingSafeEqual(right, claimed);
}

/** Takes the same time for every wrong signature. */
export function isSignature(
  given: string,
  secret: string,
  timestamp: string,
  body: string | Uint8Array,
): boolean {
  const right = Buffer.from(signature(secret, timestamp, body));
  const claimed = Buffer.from(given);
  return right.length === claimed.length && timingSafeEqual(right, claimed);
}
