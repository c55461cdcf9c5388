/** Apple's push service: HTTP/2 on one connection, a provider's token signed with ES256. */
import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import { type ClientHttp2Session, connect } from "node:http2";
import type { Clock } from "../base/clock.ts";
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

export interface ApnsAccount {
  /** PEM of the signing key. */
  key: string;
  keyId: string;
  teamId: string;
  /** Bundle id of the app, where a token names none. */
  app: string;
  url: string;
  /** Certificates to trust instead of the usual ones. */
  certificates: string[] | undefined;
}

/** Apple takes a provider's token for an hour, and minds new ones more often than every 20 min. */
const SIGNED_FOR_MS = 45 * 60_000;
/** A token that is nobody's, or another app's. */
const INVALID = /BadDeviceToken|DeviceTokenNotForTopic|Unregistered|ExpiredToken/;
const ANSWER_CHARACTERS_MAX = 4096;

interface Answer {
  status: number;
  text: string;
}

export class ApnsPush implements PushProvider {
  readonly #account: ApnsAccount;
  readonly #clock: Clock;
  readonly #key: KeyObject;
  #session: ClientHttp2Session | undefined;
  #signed: { token: string; atMs: number } | undefined;

  constructor(clock: Clock, account: ApnsAccount) {
    this.#clock = clock;
    this.#account = account;
    this.#key = createPrivateKey(account.key);
  }

  async send(token: PushToken, note: PushNote): Promise<PushResult> {
    const answer = await this.#request(token, note).catch(() => undefined);
    if (answer === undefined) return "later";
    if (answer.status === 200) return "taken";
    if (INVALID.test(answer.text)) return "invalid";
    if (answer.status === 403) {
      // The provider's token is too old, or the operator's key is not Apple's.
      this.#signed = undefined;
      return "later";
    }
    return resultOf(answer.status);
  }

  close(): void {
    this.#session?.destroy();
    this.#session = undefined;
  }

  #request(token: PushToken, note: PushNote): Promise<Answer> {
    const session = this.#connected();
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const expiration = Math.floor(this.#clock.wallMs() / 1000) + ttlSeconds(note);
    const stream = session.request({
      ":method": "POST",
      ":path": `/3/device/${token.token}`,
      "content-type": "application/json",
      authorization: `bearer ${this.#providerToken()}`,
      "apns-topic": token.app || this.#account.app,
      "apns-push-type": "alert",
      "apns-priority": "10",
      "apns-expiration": String(expiration),
      "apns-collapse-id": collapseKey(note),
    });
    const timer = setTimeout(() => {
      reject(new Error(`no answer within ${PUSH_TIMEOUT_MS} ms`));
      // A connection that is silent may be dead: the next push opens another.
      this.close();
    }, PUSH_TIMEOUT_MS);
    let status = 0;
    let text = "";
    stream.setEncoding("utf8");
    stream.on("response", (headers) => {
      status = headers[":status"] ?? 0;
    });
    stream.on("data", (piece: string) => {
      if (text.length < ANSWER_CHARACTERS_MAX) text += piece;
    });
    stream.on("error", reject);
    stream.on("end", () => resolve({ status, text }));
    stream.on("close", () => reject(new Error("cut off")));
    stream.end(JSON.stringify(bodyOf(note)));
    return promise.finally(() => clearTimeout(timer));
  }

  #connected(): ClientHttp2Session {
    const held = this.#session;
    if (held !== undefined && !held.closed && !held.destroyed) return held;
    const { url, certificates } = this.#account;
    const session = connect(url, certificates === undefined ? {} : { ca: certificates });
    const drop = (): void => {
      if (this.#session === session) this.#session = undefined;
    };
    // Each request hears of it by itself; without a listener the process would end.
    session.on("error", drop);
    session.on("goaway", drop);
    session.on("close", drop);
    this.#session = session;
    return session;
  }

  #providerToken(): string {
    const nowMs = this.#clock.monotonicMs();
    if (this.#signed !== undefined && nowMs - this.#signed.atMs < SIGNED_FOR_MS) {
      return this.#signed.token;
    }
    const { keyId, teamId } = this.#account;
    const claims = { iss: teamId, iat: Math.floor(this.#clock.wallMs() / 1000) };
    const text = `${part({ alg: "ES256", kid: keyId })}.${part(claims)}`;
    const signature = sign("sha256", Buffer.from(text), {
      key: this.#key,
      dsaEncoding: "ieee-p1363",
    });
    const token = `${text}.${signature.toString("base64url")}`;
    this.#signed = { token, atMs: nowMs };
    return token;
  }
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function bodyOf(note: PushNote) {
  const { title, body, badge, sound } = note;
  const aps = {
    alert: { title, body },
    badge,
    "thread-id": collapseKey(note),
    ...(sound === "" ? {} : { sound }),
  };
  return { aps, ...noteData(note) };
}
