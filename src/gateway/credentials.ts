/** Who may come in: a token or a ticket that is signed, not over and not revoked. Synchronous. */
import type { Clock } from "../base/clock.ts";
import { bearer, type TokenClaims, type Tokens } from "../base/token.ts";
import type { Revocations } from "./revocations.ts";

export class Credentials {
  readonly #tokens: Tokens;
  readonly #revocations: Revocations;
  readonly #clock: Clock;

  constructor(parts: { tokens: Tokens; revocations: Revocations; clock: Clock }) {
    this.#tokens = parts.tokens;
    this.#revocations = parts.revocations;
    this.#clock = parts.clock;
  }

  /** The claims of a token, with or without "Bearer". `device`: that of the connection, if any. */
  ofToken(given: string, device?: string): TokenClaims | undefined {
    return this.#unlessRevoked(this.#tokens.verify(bearer(given), this.#clock.wallMs()), device);
  }

  ofTicket(given: string, device?: string): TokenClaims | undefined {
    return this.#unlessRevoked(this.#tokens.verifyTicket(given, this.#clock.wallMs()), device);
  }

  /** Whether what is refused is good but for a ban of its user. */
  isBanned(given: string): boolean {
    const nowMs = this.#clock.wallMs();
    const claims = this.#tokens.verify(bearer(given), nowMs);
    return claims !== undefined && this.#revocations.isBanned(claims.uid, nowMs);
  }

  #unlessRevoked(claims: TokenClaims | undefined, device: string | undefined) {
    if (claims === undefined) return undefined;
    return this.#revocations.refuses(claims, device ?? claims.dev) ? undefined : claims;
  }
}
