/** Firebase Cloud Messaging, HTTP v1, with an access token for the service account's own JWT. */
import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import type { Clock } from "../base/clock.ts";
import type { OutgoingHttp } from "../base/outgoing-http.ts";
import {
  collapseKey,
  noteData,
  PUSH_TIMEOUT_MS,
  type PushNote,
  type PushProvider,
  type PushResult,
  resultOf,
  ttlSeconds,
} from "./push-note.ts";
import type { PushToken } from "../store/push-tokens.ts";

export interface FcmAccount {
  projectId: string;
  clientEmail: string;
  privateKey: string;
  tokenUrl: string;
}

const SCOPE = "https://www.googleapis.com/auth/firebase.messaging";
const GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const JWT_SECONDS = 3600;
const INVALID = /message\.token|registration token/i;
/** An access token is renewed so long before it ends. */
const EARLY_MS = 60_000;

export class FcmPush implements PushProvider {
  readonly #outgoing: OutgoingHttp;
  readonly #clock: Clock;
  readonly #account: FcmAccount;
  readonly #key: KeyObject;
  readonly #url: string;
  #access: { token: string; untilMs: number } | undefined;
  #asking: Promise<string | undefined> | undefined;

  constructor(parts: { outgoing: OutgoingHttp; clock: Clock; account: FcmAccount; url: string }) {
    this.#outgoing = parts.outgoing;
    this.#clock = parts.clock;
    this.#account = parts.account;
    this.#key = createPrivateKey(parts.account.privateKey);
    const base = parts.url.replace(/\/$/, "");
    this.#url = `${base}/v1/projects/${parts.account.projectId}/messages:send`;
  }

  async send(token: PushToken, note: PushNote): Promise<PushResult> {
    const access = await this.#accessToken();
    if (access === undefined) return "later";
    const outcome = await this.#outgoing.post({
      url: this.#url,
      body: JSON.stringify({ message: messageOf(token.token, note) }),
      headers: { "content-type": "application/json", authorization: `Bearer ${access}` },
      timeoutMs: PUSH_TIMEOUT_MS,
    });
    if (outcome.kind !== "answer") return "later";
    if (outcome.status === 401 || outcome.status === 403) {
      this.#access = undefined;
      return "later";
    }
    const text = Buffer.from(outcome.body).toString();
    // A token that never was one is 400 like all that is wrong, and named in words or as a field.
    if (outcome.status === 400 && INVALID.test(text)) return "invalid";
    return resultOf(outcome.status);
  }

  async #accessToken(): Promise<string | undefined> {
    const held = this.#access;
    if (held !== undefined && this.#clock.monotonicMs() < held.untilMs) return held.token;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return await this.#asking;
  }

  async #ask(): Promise<string | undefined> {
    const body = new URLSearchParams({ grant_type: GRANT, assertion: this.#assertion() });
    const askedAtMs = this.#clock.monotonicMs();
    const outcome = await this.#outgoing.post({
      url: this.#account.tokenUrl,
      body: body.toString(),
      headers: { "content-type": "application/x-www-form-urlencoded" },
      timeoutMs: PUSH_TIMEOUT_MS,
    });
    if (outcome.kind !== "answer" || outcome.status !== 200) return undefined;
    const answer = readJson(Buffer.from(outcome.body).toString());
    const token = answer["access_token"];
    const seconds = Number(answer["expires_in"] ?? JWT_SECONDS);
    if (typeof token !== "string") return undefined;
    this.#access = { token, untilMs: askedAtMs + seconds * 1000 - EARLY_MS };
    return token;
  }

  #assertion(): string {
    const { clientEmail, tokenUrl } = this.#account;
    const iat = Math.floor(this.#clock.wallMs() / 1000);
    const claims = { iss: clientEmail, scope: SCOPE, aud: tokenUrl, iat, exp: iat + JWT_SECONDS };
    const text = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
    return `${text}.${sign("RSA-SHA256", Buffer.from(text), this.#key).toString("base64url")}`;
  }
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function readJson(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function messageOf(token: string, note: PushNote) {
  const { title, body, badge, sound, channelId } = note;
  return {
    token,
    notification: { title, body },
    data: noteData(note),
    android: {
      collapse_key: collapseKey(note),
      priority: "HIGH",
      ttl: `${ttlSeconds(note)}s`,
      notification: {
        tag: collapseKey(note),
        ...(badge === undefined ? {} : { notification_count: badge }),
        ...(sound === "" ? {} : { sound }),
        ...(channelId === "" ? {} : { channel_id: channelId }),
      },
    },
  };
}
