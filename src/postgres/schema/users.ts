/** Who there is, and what users are to one another. */
import { boolean, index, pgTable, primaryKey, smallint, text } from "drizzle-orm/pg-core";
import { id, instant } from "./columns.ts";

export const users = pgTable("users", {
  id: id("id").primaryKey().generatedAlwaysAsIdentity(),
  externalId: text("external_id").notNull().unique(),
  nickname: text("nickname").notNull().default(""),
  avatar: text("avatar").notNull().default(""),
  extras: text("extras").notNull().default(""),
  /** 1 banned, until `banned_until` or, where that is NULL, for ever. */
  status: smallint("status").notNull().default(0),
  bannedUntil: instant("banned_until"),
  banReason: text("ban_reason"),
  lastLoginAt: instant("last_login_at"),
  createdAt: instant("created_at").notNull().defaultNow(),
});

/** Who was kicked: tokens issued until then are refused. Rows for tokens that are over go. */
export const revocations = pgTable(
  "revocations",
  {
    userId: id("user_id").notNull(),
    /** A device type, or the empty string for all. */
    device: text("device").notNull(),
    /** Milliseconds since 1970, by Postgres' clock. */
    untilMs: id("until_ms").notNull(),
    /** Who is banned until then is told so; 0 for who was only kicked. */
    bannedUntilMs: id("banned_until_ms").notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.userId, t.device] }), index("revocations_until").on(t.untilMs)],
);

export const relations = pgTable(
  "relations",
  {
    userId: id("user_id").notNull(),
    peerId: id("peer_id").notNull(),
    friend: boolean("friend").notNull().default(false),
    blocked: boolean("blocked").notNull().default(false),
    remark: text("remark").notNull().default(""),
    updatedAt: instant("updated_at").notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.peerId] })],
);
