/** What every framing's answer to a send has in common. */
import type { Envelope } from "./envelope.ts";
import { CODE_TEXT } from "./errors.ts";
import type { SendAnswer } from "./frame.ts";

export function answerText(answer: SendAnswer): string {
  return answer.message === "" ? (CODE_TEXT[answer.code] ?? "") : answer.message;
}

/** Whether the send was taken, so that the answer has a `messageExtra`. */
export function hasNumbers(answer: SendAnswer): boolean {
  const { messageIdHigh, messageIdLow, seq, pts, conversationPts } = answer;
  return messageIdHigh !== 0 || messageIdLow !== 0 || seq >= 0 || pts >= 0 || conversationPts >= 0;
}

/** The decimal digits of a 64-bit id in two unsigned halves. */
export function idText(high: number, low: number): string {
  if (high < 0x20_0000) return String(high * 0x1_0000_0000 + low);
  // One step of long division by 10^6, whose parts stay below 2^53.
  const scale = 1_000_000;
  const rest = (high % scale) * 0x1_0000_0000 + low;
  const quotient = Math.floor(high / scale) * 0x1_0000_0000 + Math.floor(rest / scale);
  return quotient + String(rest % scale).padStart(6, "0");
}

/** The answer with an empty list, whose place is then known. */
export function withList(envelope: Envelope, name: string): Envelope {
  const { response } = envelope;
  if (response === undefined) return envelope;
  return { ...envelope, response: { ...response, data: { ...response.data, [name]: [] } } };
}

export function emptyAnswer(): SendAnswer {
  return clearAnswer({} as SendAnswer);
}

export function clearAnswer(answer: SendAnswer): SendAnswer {
  answer.cmd = 0;
  answer.localId = "";
  answer.code = 0;
  answer.message = "";
  answer.conversationId = -1;
  answer.conversationType = 0;
  answer.messageIdHigh = 0;
  answer.messageIdLow = 0;
  answer.seq = -1;
  answer.conversationPts = -1;
  answer.pts = -1;
  answer.timestamp = 0;
  answer.duplicate = false;
  return answer;
}
