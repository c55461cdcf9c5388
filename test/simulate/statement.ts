/** A statement of the product as the store model knows it: by a piece of its text. */
import type { Session } from "./store-model.ts";
import { SqlError, type Tables } from "./tables.ts";

export interface Execution {
  tables: Tables;
  params: readonly unknown[];
  text: string;
  session: Session;
  /** By Postgres' clock. */
  nowMs: number;
}

export type Row = Record<string, unknown>;

export interface Statement {
  /** Found in this statement's text, and in no other's; after ^ at its start. */
  piece: string;
  run: (execution: Execution) => Row[];
}

/** The fence of a statement that has one: the session must be the one that it names. */
export function checkFence({ text, params, session }: Execution): void {
  const at = text.indexOf("linnet_fence(?)");
  if (at < 0) return;
  const index = text.slice(0, at).split("?").length - 1;
  if (session.writer !== params[index]) {
    throw new SqlError("LN001", "this session is not the writer");
  }
}
