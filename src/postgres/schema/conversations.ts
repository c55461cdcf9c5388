/** Conversations, and who is in them. */
import {
  boolean,
  index,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { id, instant } from "./columns.ts";

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
    /** Who may send in a custom one: 0 members, 1 administrators, 2 the owner, 3 anyone known. */
    sendRole: smallint("send_role").notNull().default(0),
    /** False: its messages are told to those who are online, and not stored. */
    persist: boolean("persist").notNull().default(true),
    /** JSON: whom to ask before a message is taken. */
    webhook: text("webhook"),
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
