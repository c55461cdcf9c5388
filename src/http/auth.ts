/** Who calls: the host application by its key, or a user by his token. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { TokenClaims } from "../base/token.ts";
import type { Credentials } from "../gateway/credentials.ts";
import type { Sql } from "../postgres/client.ts";
import { userIdsOf } from "../store/users.ts";
import { CODE } from "../wire/errors.ts";
import { Refusal } from "./answer.ts";

/** A user with his inner id and his name on the wire. */
export interface User {
  id: number;
  name: string;
}

/** `user` is undefined for the host application. */
export interface Caller {
  user: User | undefined;
  /** Of an administrator's call: who he says that he is. */
  actor?: string;
  /** Of the user's token. */
  claims?: TokenClaims;
}

/** Whom a call is open to. */
export type Access = "application" | "anyone known" | "administrator";

export type Authorize = (headers: Headers, access: Access) => Caller | Refusal;

export function createAuthorize(parts: {
  appKey: string;
  /** "" when nobody administers over HTTP. */
  adminKey: string;
  credentials: Credentials;
}): Authorize {
  const expected = digest(parts.appKey);
  const administrator = administratorOf(parts.adminKey);
  return (headers, access) => {
    if (access === "administrator") return administrator(headers);
    const appKey = headers.get("x-app-key");
    const token = headers.get("authorization");
    if (appKey === null && token === null) {
      return new Refusal(CODE.unauthorized, "X-App-Key or Authorization: Bearer is required");
    }
    if (appKey !== null && !timingSafeEqual(digest(appKey), expected)) {
      return new Refusal(CODE.unauthorized, "X-App-Key: not the key");
    }
    let claims: TokenClaims | undefined;
    if (token !== null) {
      claims = parts.credentials.ofToken(token);
      if (claims === undefined) {
        if (parts.credentials.isBanned(token)) {
          return new Refusal(CODE.forbidden, "Authorization: the user is banned");
        }
        return new Refusal(CODE.unauthorized, "Authorization: token invalid, expired or revoked");
      }
    }
    // With both, each must be right, and the key says more.
    if (appKey !== null || claims === undefined) return { user: undefined };
    if (access === "anyone known") return { user: { id: claims.uid, name: claims.sub }, claims };
    return new Refusal(CODE.forbidden, "X-App-Key is required for this call");
  };
}

const ACTOR_CHARACTERS_MAX = 64;

/** The key of administration alone counts: the host application's opens nothing here. */
function administratorOf(adminKey: string): (headers: Headers) => Caller | Refusal {
  if (adminKey === "") {
    return () => new Refusal(CODE.notFound, "administration is off: LINNET_ADMIN_KEY is not set");
  }
  const expected = digest(adminKey);
  return (headers) => {
    const given = headers.get("x-admin-key");
    if (given === null) return new Refusal(CODE.unauthorized, "X-Admin-Key is required");
    if (!timingSafeEqual(digest(given), expected)) {
      return new Refusal(CODE.unauthorized, "X-Admin-Key: not the key");
    }
    const actor = (headers.get("x-admin-actor") ?? "").slice(0, ACTOR_CHARACTERS_MAX);
    return { user: undefined, actor };
  };
}

/** Of one length whatever was given, so that the comparison tells nothing. */
function digest(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

/**
 * The user for whom a call acts: with a token the caller, whom `name` may only repeat; with the app
 * key the one named. `field` is where the name stands.
 */
export async function actingUser(
  sql: Sql,
  caller: Caller,
  name: string | undefined,
  field: string,
): Promise<User | Refusal> {
  if (caller.user !== undefined) {
    if (name === undefined || name === caller.user.name) return caller.user;
    return new Refusal(CODE.forbidden, `${field}: not the token's user`);
  }
  if (name === undefined) return new Refusal(CODE.incomplete, `${field}: absent`);
  const ids = await usersNamed(sql, [name], field);
  return ids instanceof Refusal ? ids : { id: ids[0] as number, name };
}

/** Inner ids of users in the order of their names, or 404 with the first who is nobody. */
export async function usersNamed(
  sql: Sql,
  names: readonly string[],
  field: string,
): Promise<number[] | Refusal> {
  const found = await userIdsOf(sql, names);
  if ("ids" in found) return found.ids;
  return new Refusal(CODE.notFound, `${field}: there is no user ${found.unknown}`);
}
