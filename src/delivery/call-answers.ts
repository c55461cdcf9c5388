/** Which device of a user has answered a call: decided once, whichever gateways they are at. */
import type { RedisConnection } from "../redis/client.ts";
import { callsKey } from "../redis/keys.ts";
import { SCRIPT } from "../redis/scripts.ts";

/** How long it is known; longer than any device rings. */
const KNOWN_MS = 120_000;
/** Calls that a user can answer in that time. */
export const ANSWERS_MAX = 16;

/** The answer that holds: this one, or an earlier one; undefined when there were too many. */
export async function answerCall(
  redis: RedisConnection,
  userId: number,
  callId: string,
  answer: string,
): Promise<string | undefined> {
  const args = [callId, answer, String(KNOWN_MS), String(ANSWERS_MAX)];
  const held = String(await redis.script<Buffer>(SCRIPT.callAnswer, [callsKey(userId)], args));
  return held === "" ? undefined : held;
}

/** Whether a device of the user has answered it, yes or no. */
export async function isCallAnswered(
  redis: RedisConnection,
  userId: number,
  callId: string,
): Promise<boolean> {
  return (await redis.command<Buffer | null>(["HGET", callsKey(userId), callId])) !== null;
}
