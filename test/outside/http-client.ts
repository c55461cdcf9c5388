/** The server's HTTP calls as the checks need them: accounts, relations, groups. */

import { inParallel, reasonOf, until } from "../support/pace.ts";
import { gateway, type Target } from "./target.ts";

export type Auth = { appKey: string } | { token: string } | undefined;

export interface HttpAnswer {
  status: number;
  /** `body.code`, or −1 when the body is not the documented shape. */
  code: number;
  msg: string;
  data: Record<string, unknown>;
}

export async function call(
  base: string,
  method: string,
  path: string,
  body: unknown,
  auth: Auth,
): Promise<HttpAnswer> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers["content-type"] = "application/json";
  if (auth && "appKey" in auth) headers["x-app-key"] = auth.appKey;
  if (auth && "token" in auth) headers["authorization"] = auth.token;
  const init = {
    method,
    headers,
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(15_000),
  };
  try {
    const answer = await fetch(base + path, init);
    return { status: answer.status, ...parsed(await answer.text()) };
  } catch (error) {
    // No answer at all is one of the things that a check has to report.
    return { status: 0, code: -1, msg: reasonOf(error), data: {} };
  }
}

/** Logs in and gives the token with its `Bearer `; makes the user on the first login. */
export async function login(target: Target, id: string, device: string): Promise<string> {
  const answer = await insist(target, "POST", "/openapi/v1/user/login", {
    id,
    nickname: id,
    device,
  });
  const token = answer.data["token"];
  if (typeof token !== "string" || !token.startsWith("Bearer ")) {
    throw new Error(`login of ${id}: no "Bearer …" token in ${JSON.stringify(answer.data)}`);
  }
  return token;
}

export async function register(target: Target, ids: readonly string[]): Promise<void> {
  await inParallel(ids, 8, async (id) => {
    await insist(target, "POST", "/openapi/v1/user/register", { id, nickname: id });
  });
}

export async function befriend(target: Target, userId: string, friendId: string): Promise<void> {
  await insist(target, "POST", "/openapi/v1/friend", { userId, friendId });
}

export async function makeGroup(
  target: Target,
  ownerId: string,
  memberIds: readonly string[],
  conversationType = 2,
): Promise<string> {
  const body = { ownerId, name: `group of ${ownerId}`, memberIds, conversationType };
  const answer = await insist(target, "POST", "/openapi/v1/group", body);
  const id = answer.data["conversationId"];
  if (typeof id !== "string" && typeof id !== "number") {
    throw new Error("making a group: no conversationId in the answer");
  }
  return String(id);
}

export async function addMembers(
  target: Target,
  conversationId: string,
  userIds: readonly string[],
): Promise<void> {
  await insist(target, "POST", "/openapi/v1/group/member", { conversationId, userIds });
}

/** Calls with the app key and insists on 200; what is overloaded or undecided is tried again. */
async function insist(
  target: Target,
  method: string,
  path: string,
  body: unknown,
): Promise<HttpAnswer> {
  let answer: HttpAnswer | undefined;
  await until(
    async () => {
      answer = await call(gateway(target, 0), method, path, body, { appKey: target.appKey });
      return answer.status !== 0 && ![429, 503, 504].includes(answer.code);
    },
    30_000,
    250,
  );
  if (answer?.code !== 200) {
    throw new Error(`${method} ${path} ${JSON.stringify(body).slice(0, 200)}: ${show(answer)}`);
  }
  return answer;
}

export function show(answer: HttpAnswer | undefined): string {
  if (!answer) return "no answer";
  return `HTTP ${answer.status}, code ${answer.code}, ${JSON.stringify(answer.msg)}`;
}

function parsed(text: string): Omit<HttpAnswer, "status"> {
  try {
    const body = JSON.parse(text) as Record<string, unknown> | null;
    const code = typeof body?.["code"] === "number" ? body["code"] : -1;
    const msg = typeof body?.["msg"] === "string" ? body["msg"] : text.slice(0, 200);
    const data = body?.["data"];
    return { code, msg, data: typeof data === "object" && data ? { ...data } : {} };
  } catch {
    return { code: -1, msg: text.slice(0, 200), data: {} };
  }
}
