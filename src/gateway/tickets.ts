/**
 * Tickets: what a browser shows at the upgrade in place of its token, since it can't set headers
 * and an address ends up in logs. Signed, so that the upgrade needs no store and stays synchronous;
 * noted in Redis, so that it opens one connection, which is looked at before the greeting.
 */
import { TOKEN_SECONDS, type TokenClaims, type Tokens } from "../base/token.ts";
import type { RedisConnection } from "../redis/client.ts";
import { ticketKey } from "../redis/keys.ts";

export const TICKET_SECONDS = 30;
/** Clocks of gateways differ; by Redis' clock it is over after TICKET_SECONDS. */
const CLOCKS_DIFFER_SECONDS = 30;

/** A ticket for the bearer of a token; what ends the token ends the ticket. */
export async function issueTicket(
  redis: RedisConnection,
  tokens: Tokens,
  claims: TokenClaims,
  wallMs: number,
): Promise<string> {
  const tkt = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");
  await redis.command(["SET", ticketKey(tkt), "1", "EX", String(TICKET_SECONDS)]);
  const overSeconds = Math.floor(wallMs / 1000) + TICKET_SECONDS + CLOCKS_DIFFER_SECONDS;
  const exp = Math.min(claims.exp, overSeconds, claims.iat + TOKEN_SECONDS);
  return tokens.sign({ ...claims, exp, tkt });
}

/** Whether the ticket was still good; from now on it isn't. Rejects when Redis is away. */
export async function redeemTicket(redis: RedisConnection, tkt: string): Promise<boolean> {
  return (await redis.command<Buffer | null>(["GETDEL", ticketKey(tkt)])) !== null;
}
