/**
 * Tokens of users: JWT with HS256 and nothing else, verified synchronously, because an upgrade that
 * waits for a promise loses frames that came with it.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

export interface TokenClaims {
  /** The user's external id. */
  sub: string;
  /** The user's inner id. */
  uid: number;
  /** Device type that the token was given for; "" for any. */
  dev: string;
  /** Seconds since 1970, with a part of a second, by Postgres' clock. */
  iat: number;
  exp: number;
  /** Set in a ticket, which opens one connection and is no token. */
  tkt?: string;
}

export const TOKEN_SECONDS = 30 * 24 * 3600;

export interface TokenKey {
  /** Names the key in a token's header, so that keys can be changed. */
  id: string;
  secret: string;
}

export class Tokens {
  readonly #keys: readonly TokenKey[];

  /** The first key signs, all verify. */
  constructor(keys: readonly TokenKey[]) {
    this.#keys = keys;
  }

  sign(claims: TokenClaims): string {
    const key = this.#keys[0] as TokenKey;
    const header = encode({ alg: "HS256", typ: "JWT", kid: key.id });
    const body = `${header}.${encode(claims)}`;
    return `${body}.${signature(key, body).toString("base64url")}`;
  }

  /** The claims, or undefined when the token is not ours, was changed, is over, or is a ticket. */
  verify(token: string, wallMs: number): TokenClaims | undefined {
    const claims = this.#read(token, wallMs);
    return claims?.tkt === undefined ? claims : undefined;
  }

  /** The same for a ticket. */
  verifyTicket(ticket: string, wallMs: number): (TokenClaims & { tkt: string }) | undefined {
    const claims = this.#read(ticket, wallMs);
    if (typeof claims?.tkt !== "string" || claims.tkt === "") return undefined;
    return { ...claims, tkt: claims.tkt };
  }

  #read(token: string, wallMs: number): TokenClaims | undefined {
    const parts = token.split(".");
    if (parts.length !== 3 || token.length > TOKEN_CHARACTERS_MAX) return undefined;
    const [header, body, signed] = parts as [string, string, string];
    const named = decode(header);
    if (named?.["alg"] !== "HS256") return undefined;
    const key = this.#keys.find((candidate) => candidate.id === named["kid"]);
    if (key === undefined) return undefined;
    const expected = signature(key, `${header}.${body}`);
    const given = Buffer.from(signed, "base64url");
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const claims = decode(body) as TokenClaims | undefined;
    if (claims === undefined || !isWhole(claims)) return undefined;
    return claims.exp * 1000 > wallMs ? claims : undefined;
  }
}

function isWhole(claims: TokenClaims): boolean {
  const { uid, sub, dev, iat, exp } = claims;
  const named = typeof sub === "string" && typeof dev === "string";
  return Number.isSafeInteger(uid) && named && Number.isFinite(iat) && Number.isFinite(exp);
}

const TOKEN_CHARACTERS_MAX = 2048;

/** The token of "Bearer …", or the text itself. */
export function bearer(header: string): string {
  return /^bearer /i.test(header) ? header.slice(7).trim() : header.trim();
}

function signature(key: TokenKey, body: string): Buffer {
  return createHmac("sha256", key.secret).update(body).digest();
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function decode(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return typeof value === "object" && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
