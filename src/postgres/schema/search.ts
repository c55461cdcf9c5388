/** What can be searched for, and how far what runs in the background has come. */
import { customType, index, pgTable, text } from "drizzle-orm/pg-core";
import { id, snowflake } from "./columns.ts";

const tsvector = customType<{ data: string }>({ dataType: () => "tsvector" });

export const search = pgTable(
  "search",
  {
    messageId: snowflake("message_id").primaryKey(),
    conversationId: id("conversation_id").notNull(),
    /** Words with their places; `#` and the conversation's id is one of them. */
    words: tsvector("words").notNull(),
  },
  (t) => [index("search_words").using("gin", t.words)],
);

export const progress = pgTable("progress", {
  name: text("name").primaryKey(),
  /** Of search: the newest message or event that has been looked at. */
  position: snowflake("position").notNull(),
});
