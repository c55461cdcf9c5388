/**
 * Custom conversations may ask a webhook before a message is taken. The gateway asks, and the
 * message waits its turn meanwhile, as one that waits for a load does; a time-out bounds it.
 */
import { createHash } from "node:crypto";
import type { Clock } from "../base/clock.ts";
import type { OutgoingHttp } from "../base/outgoing-http.ts";
import { Recent } from "../base/recent.ts";
import { signedHeaders } from "../base/signature.ts";
import type { Sql } from "../postgres/client.ts";
import { CONVERSATION } from "../wire/commands.ts";
import { contentOf } from "../wire/content-bytes.ts";
import { CODE } from "../wire/errors.ts";
import type { Inbound } from "../wire/frame.ts";
import type { Webhook } from "./custom-policy.ts";

/** What the webhook said, or what counts in place of it. */
export interface Said {
  /** 0 when the message may be taken. */
  code: number;
  problem: string;
}

interface Answered extends Said {
  atMs: number;
}

/** Questions under way at a time, in all conversations here. */
const QUESTIONS_MAX = 256;
const ANSWERS_MAX = 4096;
/** A message that waits for more than this answer is checked again, and not asked again. */
const ANSWER_AGE_MS = 10_000;
const REASON_CHARACTERS_MAX = 200;
const ALLOWED: Said = { code: 0, problem: "" };

export class Asking {
  readonly #sql: Sql;
  readonly #outgoing: OutgoingHttp;
  readonly #secret: string;
  readonly #clock: Clock;
  readonly #answers = new Recent<string, Answered>(ANSWERS_MAX);
  #open = 0;

  constructor(parts: { sql: Sql; outgoing: OutgoingHttp; secret: string; clock: Clock }) {
    this.#sql = parts.sql;
    this.#outgoing = parts.outgoing;
    this.#secret = parts.secret;
    this.#clock = parts.clock;
  }

  /** What was said of this very message; undefined when it is to be asked. */
  said(name: string): Said | undefined {
    const answered = this.#answers.get(name);
    if (answered === undefined) return undefined;
    return this.#clock.monotonicMs() - answered.atMs < ANSWER_AGE_MS ? answered : undefined;
  }

  /** Settles when `said` has an answer; false when Postgres is away. */
  ask(name: string, conversationId: number, from: string, message: Inbound): Promise<boolean> {
    const { cmd, type, localId } = message;
    // Read now: the frame is gone after the first await.
    const content = contentOf(message.content, cmd);
    const asked = { conversationId, conversationType: CONVERSATION.custom, from, cmd, type };
    return this.#ask(name, conversationId, { ...asked, localId, content }).catch(() => false);
  }

  async #ask(name: string, conversationId: number, asked: object): Promise<boolean> {
    if (this.#open >= QUESTIONS_MAX) {
      this.#note(name, { code: CODE.unavailable, problem: "too many questions are under way" });
      return true;
    }
    this.#open += 1;
    try {
      const [row] = await this.#sql<{ webhook: string | null }[]>`
        SELECT webhook FROM conversations WHERE id = ${conversationId}`;
      const text = row?.webhook ?? undefined;
      const webhook = text === undefined ? undefined : (JSON.parse(text) as Webhook);
      this.#note(name, webhook === undefined ? ALLOWED : await this.#post(webhook, asked));
      return true;
    } finally {
      this.#open -= 1;
    }
  }

  async #post({ url, timeoutMs, failOpen }: Webhook, asked: object): Promise<Said> {
    const wallMs = this.#clock.wallMs();
    const body = JSON.stringify({ ...asked, timestamp: wallMs });
    const headers = {
      "content-type": "application/json",
      ...signedHeaders(this.#secret, wallMs, body),
    };
    const outcome = await this.#outgoing.post({ url, body, headers, timeoutMs });
    const said =
      outcome.kind === "answer" && outcome.status === 200 ? read(outcome.body) : undefined;
    if (said !== undefined) return said;
    if (failOpen) return ALLOWED;
    return { code: CODE.unavailable, problem: "the conversation's webhook gave no answer" };
  }

  #note(name: string, said: Said): void {
    this.#answers.set(name, { ...said, atMs: this.#clock.monotonicMs() });
  }
}

/** The message as it stands: another one under the same localId is another question. */
export function questionName(key: number, conversationId: number, message: Inbound): string {
  const { bytes, start, end } = message.content;
  const digest = createHash("sha256").update(bytes.subarray(start, end)).digest("base64");
  return `${conversationId}:${key}:${message.type}:${digest}`;
}

/** `{allow, reason}`; undefined for anything else. */
function read(body: Uint8Array): Said | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
  if (typeof answer !== "object" || answer === null) return undefined;
  const { allow, reason } = answer as Record<string, unknown>;
  if (allow === true) return ALLOWED;
  if (allow !== false) return undefined;
  const problem = typeof reason === "string" ? reason.slice(0, REASON_CHARACTERS_MAX) : "";
  return { code: CODE.forbidden, problem };
}
