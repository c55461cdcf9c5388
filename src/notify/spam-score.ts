/** Asks for the spam score of a message before it is taken. Who can't be asked lets it pass. */
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { OutgoingHttp } from "../base/outgoing-http.ts";
import { signedHeaders } from "../base/signature.ts";
import type { AskBeforeSend, AskedMessage, Judgement } from "../filter/before-send.ts";
import { contentOf } from "../wire/content-bytes.ts";
import { DIRECTION } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { SECURITY } from "../wire/frame.ts";
import { writeContent } from "../wire/plain-write.ts";

const ASKED_AT_ONCE_MAX = 512;
const PASSED: Judgement = { code: 0, problem: "", content: undefined };
const SPAM: Judgement = { code: CODE.contentRefused, problem: "it is spam", content: undefined };

export function askSpamScore(parts: {
  outgoing: OutgoingHttp;
  clock: Clock;
  log: Log;
  url: string;
  secret: string;
  timeoutMs: number;
  /** Above it a message is refused. */
  threshold: number;
  /** Whether messages are scored that don't ask for it. */
  always: boolean;
}): AskBeforeSend {
  const { outgoing, clock, log, url, secret, timeoutMs, threshold, always } = parts;
  let asked = 0;
  return async (message) => {
    const wanted = always || (message.security & SECURITY.checkSpam) !== 0;
    // What is encrypted says nothing to anybody.
    if (!wanted || (message.security & SECURITY.encrypted) !== 0) return PASSED;
    if (asked >= ASKED_AT_ONCE_MAX) return PASSED;
    asked += 1;
    try {
      const body = bodyOf(message);
      const headers = {
        "content-type": "application/json",
        "x-linnet-event": "message.spamScore",
        ...(secret === "" ? {} : signedHeaders(secret, clock.wallMs(), body)),
      };
      const outcome = await outgoing.post({ url, body, headers, timeoutMs });
      const isAnswer = outcome.kind === "answer" && outcome.status === 200;
      const score = isAnswer ? scoreIn(Buffer.from(outcome.body).toString()) : undefined;
      if (score !== undefined) return score > threshold ? SPAM : PASSED;
      const why = outcome.kind === "answer" ? `HTTP ${outcome.status}` : outcome.problem;
      log.warn({ why }, "a message got no spam score");
      return PASSED;
    } finally {
      asked -= 1;
    }
  };
}

function bodyOf(message: AskedMessage): string {
  const { cmd, type, from, conversationId, conversationType, to, content } = message;
  return JSON.stringify({
    cmd,
    type,
    from,
    conversationType,
    ...(conversationId > 0 ? { conversationId: String(conversationId) } : {}),
    ...(to === "" ? {} : { to }),
    content: writeContent(contentOf(content, cmd), cmd, DIRECTION.request, "json"),
  });
}

function scoreIn(text: string): number | undefined {
  try {
    const { score } = JSON.parse(text) as { score?: unknown };
    return typeof score === "number" ? score : undefined;
  } catch {
    return undefined;
  }
}
