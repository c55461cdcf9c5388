/** Calls for devices that are reached by a push provider while their user is away. */
import { CMD } from "../wire/commands.ts";
import type { Request } from "./requests.ts";

export interface PushTokenOptions {
  /** apns, fcm, webpush or webhook. */
  provider: string;
  /** Of Web Push the subscription's endpoint. */
  token: string;
  app?: string;
  p256dh?: string;
  auth?: string;
}

export function pushCalls(request: Request) {
  return {
    registerPush: (token: PushTokenOptions) => request(CMD.pushToken, { data: { ...token } }),

    removePush: ({ provider, token }: PushTokenOptions) =>
      request(CMD.pushToken, { data: { provider, token, remove: true } }),
  };
}
