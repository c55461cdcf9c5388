/** Reading a command's parameters, which the codec has checked for their types. */
import type { Reader } from "../inbox/history.ts";
import type { Data } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { outsiderCode } from "../wire/policy.ts";

/** 0 when absent. */
export function numberOf(data: Data, name: string): number {
  const value = data[name];
  return typeof value === "number" ? value : 0;
}

/** "" when absent. */
export function textOf(data: Data, name: string): string {
  const value = data[name];
  return typeof value === "string" ? value : "";
}

export function flagOf(data: Data, name: string): boolean {
  return data[name] === true;
}

export function namesOf(data: Data, name: string): string[] {
  const value = data[name];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}

/** 200, or why somebody may not read a conversation. */
export function memberCode(
  found: { conversationType: number; reader: Reader | undefined } | undefined,
): number {
  if (found === undefined) return CODE.noSuchConversation;
  if (found.reader !== undefined) return CODE.ok;
  return outsiderCode(found.conversationType);
}
