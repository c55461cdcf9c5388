/** What was said and what happened, and the logs that name it. */
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { bytea, id, instant, snowflake } from "./columns.ts";

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
    /**
     * Bits: 1 mentions all, 2 through the server's API, 4 by the system, 8 emptied, 64 wants no
     * receipts, 256 recalled, 512 has reactions, 1024 wants none of delivery, 2048 none of reading,
     * 4096 doesn't count as unread.
     */
    flags: smallint("flags").notNull(),
    deviceId: text("device_id").notNull(),
    localId: text("local_id").notNull(),
    /** Protobuf bytes of linnet.v1.Content, as they came from the sender. */
    content: bytea("content").notNull(),
    /** Protobuf bytes of linnet.v1.Options. */
    options: bytea("options"),
    /** Only these members see it. */
    target: bigint("target", { mode: "number" }).array(),
    /** How often it was edited. */
    version: integer("version"),
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

/** Members whom a message names, one by one: what counts as an unread mention beside "all". */
export const mentions = pgTable(
  "mentions",
  {
    userId: id("user_id").notNull(),
    conversationId: id("conversation_id").notNull(),
    seq: id("seq").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.conversationId, t.seq] }),
    index("mentions_message").on(t.conversationId, t.seq),
  ],
);

/** Messages that go some time after they were read, until somebody has read them. */
export const readTimeouts = pgTable("read_timeouts", {
  messageId: snowflake("message_id").primaryKey(),
  conversationId: id("conversation_id").notNull(),
  seq: id("seq").notNull(),
  senderId: id("sender_id").notNull(),
  seconds: integer("seconds").notNull(),
});

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
    // Of the release before, whose gateways may still count by it; it goes with the next.
    index("inbox_mentioned").on(t.userId, t.pts).where(sql`mentioned`),
  ],
);
