/** Reads fields of a command's data, which the codec has checked: absent ones have a default. */
import type { Data } from "../wire/envelope.ts";

export function textOf(data: Data, name: string): string {
  const value = data[name];
  return typeof value === "string" ? value : "";
}

export function numberOf(data: Data, name: string, absent: number): number {
  const value = data[name];
  return typeof value === "number" ? value : absent;
}
