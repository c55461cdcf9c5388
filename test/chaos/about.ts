/** Which messages an operation on messages is about. */
import { CMD } from "../../src/wire/commands.ts";
import type { Content } from "../../src/wire/envelope.ts";

/** In the order of the ledger's counts. */
export const OPERATIONS = {
  recall: CMD.recall,
  delete: CMD.delete,
  edit: CMD.edit,
  reaction: CMD.reaction,
} as const;

const COMMANDS: readonly number[] = Object.values(OPERATIONS);

/** Of 11 to 14; empty for everything else. */
export function aboutOf(cmd: number, content: Content | undefined): string[] {
  if (!COMMANDS.includes(cmd)) return [];
  const { messageId, messageIds } = content?.data ?? {};
  if (typeof messageId === "string") return [messageId];
  return Array.isArray(messageIds) ? messageIds.map(String) : [];
}
