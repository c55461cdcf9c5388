/** What administrators set, and what they did. */
import { index, pgTable, smallint, text } from "drizzle-orm/pg-core";
import { id, instant } from "./columns.ts";

export const adminLog = pgTable(
  "admin_log",
  {
    id: id("id").primaryKey().generatedAlwaysAsIdentity(),
    at: instant("at").notNull().defaultNow(),
    /** Who the caller said that he is. */
    actor: text("actor").notNull(),
    call: text("call").notNull(),
    /** What it was about: the ids that the call named, as JSON. */
    target: text("target").notNull(),
    /** The code of the answer; NULL while it is not known. */
    outcome: smallint("outcome"),
  },
  (t) => [index("admin_log_actor").on(t.actor, t.id)],
);

export const sensitiveWords = pgTable("sensitive_words", {
  /** As it is compared: without differences of case and width. */
  folded: text("folded").primaryKey(),
  word: text("word").notNull(),
  /** replace or refuse. */
  action: text("action").notNull(),
  createdAt: instant("created_at").notNull().defaultNow(),
});
