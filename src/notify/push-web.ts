/** Web Push: encrypted for the browser (RFC 8291), signed as VAPID says (RFC 8292). */
import { generateRequestDetails } from "web-push";
import type { OutgoingHttp } from "../base/outgoing-http.ts";
import {
  collapseKey,
  noteData,
  PUSH_TIMEOUT_MS,
  type PushNote,
  type PushProvider,
  resultOf,
  ttlSeconds,
} from "./push-note.ts";
import type { PushToken } from "../store/push-tokens.ts";

export interface VapidKeys {
  publicKey: string;
  privateKey: string;
  subject: string;
}

/** The endpoint comes from a browser, so it is posted to as to any stranger's URL. */
export function webPush(outgoing: OutgoingHttp, vapid: VapidKeys): PushProvider {
  return {
    async send(token, note) {
      const request = encrypted(token, note, vapid);
      if (request === undefined) return "invalid";
      const outcome = await outgoing.post({ ...request, timeoutMs: PUSH_TIMEOUT_MS });
      if (outcome.kind === "refused") return "invalid";
      return outcome.kind === "answer" ? resultOf(outcome.status) : "later";
    },
  };
}

/** Undefined where the subscription's keys are none. */
function encrypted({ token, p256dh, auth }: PushToken, note: PushNote, vapidDetails: VapidKeys) {
  const { title, body, badge, sound } = note;
  const text = JSON.stringify({ title, body, badge, sound, ...noteData(note) });
  try {
    const details = generateRequestDetails({ endpoint: token, keys: { p256dh, auth } }, text, {
      vapidDetails,
      TTL: ttlSeconds(note),
      topic: collapseKey(note),
      urgency: "high",
    });
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(details.headers)) headers[name] = value;
    return { url: details.endpoint, headers, body: details.body ?? new Uint8Array(0) };
  } catch {
    return undefined;
  }
}
