/**
 * Which device of a user has answered a call, decided once, and which calls he hung up: whichever
 * gateways they are at.
 */
import type { RedisConnection } from "../redis/client.ts";
import { callsKey, endedCallsKey } from "../redis/keys.ts";
import { SCRIPT } from "../redis/scripts.ts";

/** How long it is known; longer than any device rings. */
const KNOWN_MS = 120_000;
/** Calls that a user can answer in that time, and as many that he can hang up. */
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

/** The caller has hung up. One that doesn't fit is known to nobody. */
export async function endCall(
  redis: RedisConnection,
  callerId: number,
  callId: string,
): Promise<void> {
  const args = [callId, "ended", String(KNOWN_MS), String(ANSWERS_MAX)];
  await redis.script(SCRIPT.callAnswer, [endedCallsKey(callerId)], args);
}

/** The caller calls anew, by the same id. */
export async function beginCall(
  redis: RedisConnection,
  callerId: number,
  callId: string,
): Promise<void> {
  await redis.command(["HDEL", endedCallsKey(callerId), callId]);
}

/** Whether the caller has hung up. */
export async function isCallEnded(
  redis: RedisConnection,
  callerId: number,
  callId: string,
): Promise<boolean> {
  return (await redis.command<Buffer | null>(["HGET", endedCallsKey(callerId), callId])) !== null;
}
