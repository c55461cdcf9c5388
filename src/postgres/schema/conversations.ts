/** Conversations, and who is in them. */
import { sql } from "drizzle-orm";
import {
  boolean,
  index,
  integer,
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
    avatar: text("avatar").notNull().default(""),
    announcement: text("announcement").notNull().default(""),
    ownerId: id("owner_id"),
    /** Who made the group, whoever owns it now: how many a user makes in a day is bounded. */
    creatorId: id("creator_id"),
    joinMode: text("join_mode").notNull().default("free"),
    wide: boolean("wide").notNull().default(false),
    dissolved: boolean("dissolved").notNull().default(false),
    /** Until then only the owner and administrators speak. */
    mutedUntil: instant("muted_until"),
    /** How many changes of its members a group has seen. */
    membersVersion: id("members_version").notNull().default(0),
    /** Of a wide group; those of a narrow one are counted. */
    memberCount: integer("member_count").notNull().default(0),
    /** Who may send in a custom one: 0 members, 1 administrators, 2 the owner, 3 anyone known. */
    sendRole: smallint("send_role").notNull().default(0),
    /** False: its messages are told to those who are online, and not stored. */
    persist: boolean("persist").notNull().default(true),
    /** Of two users: whether a message was sent that wants no receipt of its reading. */
    quiet: boolean("quiet").notNull().default(false),
    /** JSON: whom to ask before a message is taken. */
    webhook: text("webhook"),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex("conversations_pair").on(t.pairLow, t.pairHigh),
    // Without it every login looks through all conversations.
    index("conversations_wide").on(t.id).where(sql`wide`),
    index("conversations_owner").on(t.ownerId).where(sql`owner_id IS NOT NULL AND NOT dissolved`),
    index("conversations_creator").on(t.creatorId, t.createdAt).where(sql`creator_id IS NOT NULL`),
  ],
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
    /** The group's members' version when this row last changed; 0 in other conversations. */
    version: id("version").notNull().default(0),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.conversationId, t.userId] }),
    index("members_user").on(t.userId, t.conversationId),
    index("members_version").on(t.conversationId, t.version, t.userId),
    index("members_roles").on(t.conversationId).where(sql`role > 0`),
  ],
);
