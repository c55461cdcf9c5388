/** Who is in every world: the users and their groups; and what is known of a send. */

export const USERS = ["ann", "bob", "cid", "dee", "eve"] as const;
export type GroupName = "narrow" | "wide" | "turning";
/** Of whom the groups are made; the first user makes them, `turning` turns wide with one more. */
export const GROUP_MEMBERS: Readonly<Record<GroupName, readonly string[]>> = {
  narrow: USERS.slice(0, 3),
  wide: USERS,
  turning: USERS.slice(0, 4),
};

/** A sent message, and what its sender heard. */
export interface Sent {
  localId: string;
  client: string;
  user: string;
  lane: string;
  order: number;
  expires: boolean;
  code: number;
  messageId: string;
  seq: number;
  conversationId: number;
}

/** A recall or an edit that was asked for, and what was answered. */
export interface AskedOperation {
  messageId: string;
  /** What the edit is to say, in it alone; "" of a recall. */
  text: string;
  code: number;
}

/** A change that was asked for, and what was answered. `mark` is in it alone. */
export interface Asked {
  group: GroupName;
  /** The name that an update gives, or whom a mute silences until when. */
  mark: string;
  muted: string;
  code: number;
}
