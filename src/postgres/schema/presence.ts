/** When users were last here. */
import { pgTable } from "drizzle-orm/pg-core";
import { id, instant } from "./columns.ts";

export const lastSeen = pgTable("last_seen", {
  userId: id("user_id").primaryKey(),
  at: instant("at").notNull(),
});
