/** Groups beside their members: who has left, and who asks to be let in. */
import { index, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core";
import { id, instant } from "./columns.ts";

export const memberRemovals = pgTable(
  "member_removals",
  {
    conversationId: id("conversation_id").notNull(),
    userId: id("user_id").notNull(),
    /** The group's members' version when he left. */
    version: id("version").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.conversationId, t.userId] }),
    index("member_removals_version").on(t.conversationId, t.version, t.userId),
  ],
);

export const groupRequests = pgTable(
  "group_requests",
  {
    id: id("id").primaryKey().generatedAlwaysAsIdentity(),
    conversationId: id("conversation_id").notNull(),
    userId: id("user_id").notNull(),
    /** What the asker says. */
    message: text("message").notNull().default(""),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex("group_requests_member").on(t.conversationId, t.userId),
    index("group_requests_page").on(t.conversationId, t.id),
    index("group_requests_user").on(t.userId),
  ],
);
