/** Offline pushes posted to a server of the operator's own, signed as the events are. */
import type { Clock } from "../base/clock.ts";
import type { OutgoingHttp } from "../base/outgoing-http.ts";
import { signedHeaders } from "../base/signature.ts";
import { PUSH_TIMEOUT_MS, type PushNote, type PushProvider, resultOf } from "./push-note.ts";

export function webhookPush(parts: {
  outgoing: OutgoingHttp;
  clock: Clock;
  url: string;
  secret: string;
}): PushProvider {
  const { outgoing, clock, url, secret } = parts;
  return {
    async send({ token, app }, note: PushNote) {
      const body = JSON.stringify({ event: "push", token, app, ...note });
      const headers = {
        "content-type": "application/json",
        ...signedHeaders(secret, clock.wallMs(), body),
      };
      const outcome = await outgoing.post({ url, body, headers, timeoutMs: PUSH_TIMEOUT_MS });
      return outcome.kind === "answer" ? resultOf(outcome.status) : "later";
    },
  };
}
