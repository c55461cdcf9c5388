/** What the server keeps for itself. */
import { index, pgTable, primaryKey, smallint, text } from "drizzle-orm/pg-core";
import { bytea, id, instant } from "./columns.ts";

export const applied = pgTable(
  "applied",
  {
    actorId: id("actor_id").notNull(),
    requestKey: id("request_key").notNull(),
    code: smallint("code").notNull(),
    /** What the answer said: the conversation, or 0. */
    conversationId: id("conversation_id").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.actorId, t.requestKey] }), index("applied_age").on(t.createdAt)],
);

export const poison = pgTable("poison", {
  id: id("id").primaryKey().generatedAlwaysAsIdentity(),
  entryId: text("entry_id").notNull(),
  record: bytea("record").notNull(),
  error: text("error").notNull(),
  createdAt: instant("created_at").notNull().defaultNow(),
});

export const settings = pgTable("settings", {
  name: text("name").primaryKey(),
  value: text("value").notNull(),
});
