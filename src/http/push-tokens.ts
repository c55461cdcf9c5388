/** Devices that a provider reaches while their users are away: registered and removed. */
import { z } from "@hono/zod-openapi";
import type { Sql } from "../postgres/client.ts";
import { PROVIDERS, registerToken, removeToken, tokenProblem } from "../store/push-tokens.ts";
import { CODE } from "../wire/errors.ts";
import { Done, type Outcome, Refusal } from "./answer.ts";
import { actingUser, type Caller } from "./auth.ts";
import type { Endpoints } from "./endpoints.ts";
import { nameField } from "./fields.ts";

const text = (description: string) => z.string().openapi({ description });

const TOKEN = z.object({
  userId: nameField("With a user's token the caller").optional(),
  provider: z.enum(PROVIDERS),
  token: text("The provider's name of the device; of Web Push the subscription's endpoint"),
  app: text("Bundle id of the app; absent: LINNET_APNS_APP").optional(),
  p256dh: text("Of Web Push the subscription's key, base64url").optional(),
  auth: text("Of Web Push the subscription's secret, base64url").optional(),
});

const REMOVED = TOKEN.pick({ userId: true, provider: true, token: true });

export function addPushTokens(endpoints: Endpoints, { sql }: { sql: Sql }): void {
  const shared = {
    path: "/openapi/v1/user/push-token",
    tag: "users",
    access: "anyone known",
    data: z.null(),
    example: { userId: "alice", provider: "fcm", token: "the-token-of-the-device" },
  } as const;
  endpoints.add({
    ...shared,
    method: "post",
    summary: "Register a device for offline pushes",
    input: TOKEN,
    handle: (input, caller) => register(sql, caller, input),
  });
  endpoints.add({
    ...shared,
    method: "delete",
    summary: "Remove a device from offline pushes",
    input: REMOVED,
    handle: (input, caller) => remove(sql, caller, input),
  });
}

async function register(sql: Sql, caller: Caller, input: z.infer<typeof TOKEN>): Promise<Outcome> {
  const user = await actingUser(sql, caller, input.userId, "body.userId");
  if (user instanceof Refusal) return user;
  const problem = tokenProblem(input);
  if (problem !== undefined) return new Refusal(CODE.malformed, `body.${problem}`);
  const { provider, token, app = "", p256dh = "", auth = "" } = input;
  await registerToken(sql, user.id, { provider, token, app, p256dh, auth });
  return new Done();
}

async function remove(sql: Sql, caller: Caller, input: z.infer<typeof REMOVED>): Promise<Outcome> {
  const user = await actingUser(sql, caller, input.userId, "body.userId");
  if (user instanceof Refusal) return user;
  const removed = await removeToken(sql, user.id, input.provider, input.token);
  return removed ? new Done() : new Refusal(CODE.notFound, "body.token: no such token");
}
