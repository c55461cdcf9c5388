/** What is done to messages after they were sent, and what is sent later. */
import { index, integer, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core";
import { bytea, id, instant, snowflake } from "./columns.ts";

export const messageEdits = pgTable(
  "message_edits",
  {
    messageId: snowflake("message_id").notNull(),
    /** 0 is what was sent; the newest version stands in the message itself. */
    version: integer("version").notNull(),
    content: bytea("content").notNull(),
    replacedAt: instant("replaced_at").notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.messageId, t.version] })],
);

export const reactions = pgTable(
  "reactions",
  {
    messageId: snowflake("message_id").notNull(),
    userId: id("user_id").notNull(),
    reaction: text("reaction").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.messageId, t.userId, t.reaction] })],
);

export const reactionCounts = pgTable(
  "reaction_counts",
  {
    messageId: snowflake("message_id").notNull(),
    reaction: text("reaction").notNull(),
    count: integer("count").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.messageId, t.reaction] })],
);

export const hiddenMessages = pgTable(
  "hidden_messages",
  {
    userId: id("user_id").notNull(),
    conversationId: id("conversation_id").notNull(),
    seq: id("seq").notNull(),
    messageId: snowflake("message_id").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.conversationId, t.seq] }),
    index("hidden_messages_message").on(t.messageId),
  ],
);

export const pins = pgTable(
  "pins",
  {
    conversationId: id("conversation_id").notNull(),
    messageId: snowflake("message_id").notNull(),
    userId: id("user_id").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.conversationId, t.messageId] })],
);

export const scheduledMessages = pgTable(
  "scheduled_messages",
  {
    id: id("id").primaryKey().generatedAlwaysAsIdentity(),
    senderId: id("sender_id").notNull(),
    /** That of the message: it is the same message whenever it is sent. */
    requestKey: id("request_key").notNull(),
    sendAt: instant("send_at").notNull(),
    /** When it went into the stream; it stays until the message is found stored. */
    appendedAt: instant("appended_at"),
    /** 0: the conversation of the sender and `peer_id`. */
    conversationId: id("conversation_id").notNull(),
    peerId: id("peer_id").notNull(),
    cmd: integer("cmd").notNull(),
    type: integer("type").notNull(),
    flags: integer("flags").notNull(),
    ttl: integer("ttl").notNull(),
    deviceId: text("device_id").notNull(),
    localId: text("local_id").notNull(),
    target: id("target").array().notNull(),
    mentions: id("mentions").array().notNull(),
    content: bytea("content").notNull(),
    options: bytea("options").notNull(),
  },
  (t) => [
    index("scheduled_messages_due").on(t.sendAt),
    uniqueIndex("scheduled_messages_request").on(t.senderId, t.requestKey),
  ],
);

export const deviceReceipts = pgTable(
  "device_receipts",
  {
    userId: id("user_id").notNull(),
    device: text("device").notNull(),
    /** The device has everything of the user's log up to here. */
    pts: id("pts").notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.device] })],
);

export const deliveries = pgTable(
  "deliveries",
  {
    conversationId: id("conversation_id").notNull(),
    /** Who has it on one device or more. */
    userId: id("user_id").notNull(),
    seq: id("seq").notNull(),
  },
  (t) => [primaryKey({ columns: [t.conversationId, t.userId] })],
);
