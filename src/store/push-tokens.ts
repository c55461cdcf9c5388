/** Devices that are reached by a provider while their users are away. */
import type { Sql } from "../postgres/client.ts";

export const PROVIDERS = ["apns", "fcm", "webpush", "webhook"] as const;
export type ProviderName = (typeof PROVIDERS)[number];

export interface PushToken {
  provider: ProviderName;
  token: string;
  app: string;
  p256dh: string;
  auth: string;
}

const TOKENS_MAX = 20;
const TOKEN_CHARACTERS_MAX = 2048;
const KEY = /^[A-Za-z0-9_-]{16,128}={0,2}$/;

/** What is wrong with a token, and where; undefined when it may be kept. */
export function tokenProblem(given: Record<string, unknown>): string | undefined {
  const text = (name: string) => (typeof given[name] === "string" ? given[name] : "");
  const known: readonly string[] = PROVIDERS;
  if (!known.includes(text("provider"))) return `provider is one of ${PROVIDERS.join(", ")}`;
  const token = text("token");
  if (token === "" || token.length > TOKEN_CHARACTERS_MAX) {
    return `token has 1 to ${TOKEN_CHARACTERS_MAX} characters`;
  }
  if (!/^[\x21-\x7e]+$/.test(token)) return "token is plain ASCII without spaces";
  if (text("app").length > 200) return "app has at most 200 characters";
  if (text("provider") === "apns" && !/^[0-9a-fA-F]{8,200}$/.test(token)) {
    return "token of apns is hexadecimal";
  }
  if (text("provider") !== "webpush") return undefined;
  if (URL.parse(token)?.protocol !== "https:") return "token of webpush is an endpoint of https";
  if (!KEY.test(text("p256dh"))) return "p256dh is the subscription's key, base64url";
  return KEY.test(text("auth")) ? undefined : "auth is the subscription's secret, base64url";
}

/** A token is one user's, whoever had it before. Beyond 20 a user's oldest goes. */
export async function registerToken(sql: Sql, userId: number, token: PushToken): Promise<void> {
  await sql`
    INSERT INTO push_tokens (provider, token, user_id, app, p256dh, auth)
    VALUES (${token.provider}, ${token.token}, ${userId}, ${token.app}, ${token.p256dh},
      ${token.auth})
    ON CONFLICT (provider, token) DO UPDATE SET user_id = excluded.user_id, app = excluded.app,
      p256dh = excluded.p256dh, auth = excluded.auth, updated_at = now()`;
  await sql`
    DELETE FROM push_tokens WHERE (provider, token) IN (
      SELECT provider, token FROM push_tokens WHERE user_id = ${userId}
      ORDER BY updated_at DESC, token OFFSET ${TOKENS_MAX})`;
}

/** Whether there was such a token of this user's. */
export async function removeToken(
  sql: Sql,
  userId: number,
  provider: string,
  token: string,
): Promise<boolean> {
  const rows = await sql`
    DELETE FROM push_tokens
    WHERE provider = ${provider} AND token = ${token} AND user_id = ${userId} RETURNING 1`;
  return rows.length > 0;
}
