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
  /** Set by an administrator: until then the user may not send anything. */
  mutedUntil: instant("muted_until"),
  /** That of the newest change in the user's relations. */
  friendVersion: id("friend_version").notNull().default(0),
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
    /** Position in the list that the user's devices sync; rises with each change of his list. */
    version: id("version").notNull().default(0),
    updatedAt: instant("updated_at").notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.peerId] }),
    index("relations_version").on(t.userId, t.version),
  ],
);

export const friendRequests = pgTable(
  "friend_requests",
  {
    id: id("id").primaryKey().generatedAlwaysAsIdentity(),
    fromId: id("from_id").notNull(),
    toId: id("to_id").notNull(),
    message: text("message").notNull(),
    /** 0 open, 1 accepted, 2 refused. */
    state: smallint("state").notNull().default(0),
    createdAt: instant("created_at").notNull().defaultNow(),
    expiresAt: instant("expires_at").notNull(),
  },
  (t) => [
    index("friend_requests_from").on(t.fromId, t.id),
    index("friend_requests_to").on(t.toId, t.id),
  ],
);

export const userSettings = pgTable(
  "user_settings",
  {
    userId: id("user_id").notNull(),
    key: text("key").notNull(),
    value: text("value").notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.key] })],
);
