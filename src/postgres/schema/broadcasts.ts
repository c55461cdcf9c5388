/** What the host application says to many users, and how far that has come. */
import { bigint, index, integer, pgTable, text } from "drizzle-orm/pg-core";
import { sql } from "drizzle-orm";
import { bytea, id, instant } from "./columns.ts";

export const broadcasts = pgTable(
  "broadcasts",
  {
    id: id("id").primaryKey().generatedAlwaysAsIdentity(),
    /** The host application's own id of the request: asked twice is done once. */
    localId: text("local_id").notNull().unique(),
    type: integer("type").notNull(),
    /** Seconds, 0 for ever. */
    ttl: id("ttl").notNull(),
    /** Protobuf bytes of linnet.v1.Content. */
    content: bytea("content").notNull(),
    /** Of Options, the rest of `control` in front as in a record; empty once all have it. */
    options: bytea("options").notNull(),
    /** Absent: everybody up to `last_user_id`. */
    userIds: bigint("user_ids", { mode: "number" }).array(),
    /** Users up to here, by inner id, have it. */
    cursor: id("cursor").notNull().default(0),
    lastUserId: id("last_user_id").notNull(),
    total: id("total").notNull(),
    sent: id("sent").notNull().default(0),
    refused: id("refused").notNull().default(0),
    /** The process that is at it, and until when it is believed to live. */
    claimedBy: text("claimed_by").notNull().default(""),
    claimedUntil: instant("claimed_until"),
    createdAt: instant("created_at").notNull().defaultNow(),
    finishedAt: instant("finished_at"),
  },
  (t) => [index("broadcasts_open").on(t.id).where(sql`finished_at IS NULL`)],
);
