/** What is told to the world outside: hooks of the host application, and offline pushes. */
import { sql } from "drizzle-orm";
import { boolean, index, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { id, instant, snowflake } from "./columns.ts";

/** Events for the host application that were not delivered yet, and those given up. */
export const outbox = pgTable(
  "outbox",
  {
    id: id("id").primaryKey().generatedAlwaysAsIdentity(),
    /** What is told in order: `c:` and a conversation, `u:` and a user, `m:` and a message. */
    line: text("line").notNull(),
    event: text("event").notNull(),
    messageId: snowflake("message_id"),
    eventId: snowflake("event_id"),
    /** JSON, of an event that no log holds. */
    body: text("body"),
    /** JSON: whom to tell instead of the host application's own URL, and how. */
    target: text("target"),
    attempts: integer("attempts").notNull().default(0),
    dueAt: instant("due_at").notNull().defaultNow(),
    /** When it was given up. */
    deadAt: instant("dead_at"),
    /** Why the last attempt failed. */
    error: text("error").notNull().default(""),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (t) => [
    index("outbox_pending").on(t.id).where(sql`dead_at IS NULL`),
    index("outbox_retrying").on(t.line).where(sql`attempts > 0 AND dead_at IS NULL`),
    index("outbox_dead").on(t.id).where(sql`dead_at IS NOT NULL`),
  ],
);

/** Messages that a URL of their own is told about: `control.callback`. */
export const callbacks = pgTable(
  "callbacks",
  {
    messageId: snowflake("message_id").primaryKey(),
    conversationId: id("conversation_id").notNull(),
    seq: id("seq").notNull(),
    senderId: id("sender_id").notNull(),
    /** As of the outbox. */
    target: text("target").notNull(),
    /** Names of the events that are asked for. */
    events: text("events").array().notNull(),
    /** Whether it was told that somebody has read it. */
    read: boolean("read").notNull().default(false),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (t) => [
    index("callbacks_seq").on(t.conversationId, t.seq),
    index("callbacks_age").on(t.createdAt),
  ],
);

/** Who of the worker processes does what only one may do at a time. */
export const duties = pgTable("duties", {
  name: text("name").primaryKey(),
  holder: text("holder").notNull(),
  until: instant("until").notNull(),
});

/** Devices that are reached through a provider while their users are away. */
export const pushTokens = pgTable(
  "push_tokens",
  {
    /** apns, fcm, webpush or webhook. */
    provider: text("provider").notNull(),
    /** The provider's name of the device; of Web Push the subscription's endpoint. */
    token: text("token").notNull(),
    userId: id("user_id").notNull(),
    /** The app's bundle id, or "" for the one of the settings. */
    app: text("app").notNull().default(""),
    /** Keys of a Web Push subscription, base64url. */
    p256dh: text("p256dh").notNull().default(""),
    auth: text("auth").notNull().default(""),
    updatedAt: instant("updated_at").notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.provider, t.token] }),
    index("push_tokens_user").on(t.userId, t.updatedAt),
  ],
);

/** Messages that are to be pushed unless a device of the user acknowledges them in time. */
export const pushDue = pgTable(
  "push_due",
  {
    userId: id("user_id").notNull(),
    messageId: snowflake("message_id").notNull(),
    conversationId: id("conversation_id").notNull(),
    seq: id("seq").notNull(),
    /** In the user's log, −1 where the message is in a wide one. */
    pts: id("pts").notNull(),
    /** JSON of what the sender asked for: `control.push` and `control.security.encryption`. */
    wishes: text("wishes").notNull().default(""),
    /** Those of the user's tokens that are still to be tried; null for all. */
    tokens: text("tokens").array(),
    attempts: integer("attempts").notNull().default(0),
    dueAt: instant("due_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.messageId] }), index("push_due_time").on(t.dueAt)],
);
