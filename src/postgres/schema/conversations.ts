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
    /** Pinned by this member. */
    top: boolean("top").notNull().default(false),
    /** This member does not want to be disturbed. */
    mute: boolean("mute").notNull().default(false),
    /** Absent from the member's list until a message comes after this seq. */
    hiddenSeq: id("hidden_seq"),
    /** What lies up to here the member has cleared: it is gone for him. */
    clearedSeq: id("cleared_seq").notNull().default(-1),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.conversationId, t.userId] }),
    index("members_user").on(t.userId, t.conversationId),
  ],
);
