/** The tables of Linnet; migrations are generated from here, and docs/schema.md too. */
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  customType,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
} from "drizzle-orm/pg-core";

const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });
const id = (name: string) => bigint(name, { mode: "number" });
/** Snowflakes pass 2^53: decimal strings outside of SQL. */
const snowflake = (name: string) => bigint(name, { mode: "bigint" });
const instant = (name: string) => timestamp(name, { withTimezone: true });

export const users = pgTable("users", {
  id: id("id").primaryKey().generatedAlwaysAsIdentity(),
  externalId: text("external_id").notNull().unique(),
  nickname: text("nickname").notNull().default(""),
  avatar: text("avatar").notNull().default(""),
  extras: text("extras").notNull().default(""),
  status: smallint("status").notNull().default(0),
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

export const conversations = pgTable(
  "conversations",
  {
    id: id("id").primaryKey().generatedAlwaysAsIdentity(),
    type: smallint("type").notNull(),
    /** The two users of a one-to-one conversation, smaller id first; 0 is the system. */
    pairLow: id("pair_low"),
    pairHigh: id("pair_high"),
    name: text("name").notNull().default(""),
    ownerId: id("owner_id"),
    joinMode: text("join_mode").notNull().default("free"),
    wide: boolean("wide").notNull().default(false),
    dissolved: boolean("dissolved").notNull().default(false),
    mutedUntil: instant("muted_until"),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (t) => [uniqueIndex("conversations_pair").on(t.pairLow, t.pairHigh)],
);

export const members = pgTable(
  "members",
  {
    conversationId: id("conversation_id").notNull(),
    userId: id("user_id").notNull(),
    /** 0 member, 1 administrator, 2 owner. */
    role: smallint("role").notNull().default(0),
    /** What lies before is not for this member. */
    joinedSeq: id("joined_seq").notNull().default(0),
    /** Position in the wide log from after which it is this member's. */
    joinedPts: id("joined_pts").notNull().default(0),
    /** −1 is none: 0 is the first message. */
    readSeq: id("read_seq").notNull().default(-1),
    mutedUntil: instant("muted_until"),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.conversationId, t.userId] }),
    index("members_user").on(t.userId, t.conversationId),
  ],
);

export const messages = pgTable(
  "messages",
  {
    id: snowflake("id").primaryKey(),
    conversationId: id("conversation_id").notNull(),
    seq: id("seq").notNull(),
    /** 0 is the system. */
    senderId: id("sender_id").notNull(),
    /** A keyed hash of sender, device and local id: idempotency for ever. */
    dedupeKey: id("dedupe_key").notNull(),
    /** Position in the conversation's own log, in wide conversations only. */
    conversationPts: id("conversation_pts"),
    expiresAt: instant("expires_at"),
    cmd: smallint("cmd").notNull(),
    type: integer("type").notNull(),
    /** Bits: 1 mentions all, 2 through the server's API, 4 by the system, 8 emptied by clean-up. */
    flags: smallint("flags").notNull(),
    deviceId: text("device_id").notNull(),
    localId: text("local_id").notNull(),
    /** Protobuf bytes of linnet.v1.Content, as they came from the sender. */
    content: bytea("content").notNull(),
    /** Protobuf bytes of linnet.v1.Options. */
    options: bytea("options"),
    /** Only these members see it. */
    target: bigint("target", { mode: "number" }).array(),
  },
  (t) => [
    uniqueIndex("messages_seq").on(t.conversationId, t.seq),
    uniqueIndex("messages_dedupe").on(t.conversationId, t.dedupeKey),
    uniqueIndex("messages_conversation_pts")
      .on(t.conversationId, t.conversationPts)
      .where(sql`conversation_pts IS NOT NULL`),
    index("messages_expiry").on(t.expiresAt).where(sql`expires_at IS NOT NULL`),
    index("messages_target").on(t.conversationId, t.seq).where(sql`target IS NOT NULL`),
  ],
);

export const events = pgTable(
  "events",
  {
    id: snowflake("id").primaryKey(),
    conversationId: id("conversation_id").notNull(),
    conversationPts: id("conversation_pts"),
    cmd: smallint("cmd").notNull(),
    /** As of messages. */
    flags: smallint("flags").notNull(),
    actorId: id("actor_id").notNull(),
    localId: text("local_id").notNull(),
    content: bytea("content").notNull(),
  },
  (t) => [
    uniqueIndex("events_conversation_pts")
      .on(t.conversationId, t.conversationPts)
      .where(sql`conversation_pts IS NOT NULL`),
  ],
);

export const inbox = pgTable(
  "inbox",
  {
    userId: id("user_id").notNull(),
    pts: id("pts").notNull(),
    messageId: snowflake("message_id"),
    eventId: snowflake("event_id"),
    mentioned: boolean("mentioned"),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.pts] }),
    index("inbox_mentioned").on(t.userId, t.pts).where(sql`mentioned`),
  ],
);

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
