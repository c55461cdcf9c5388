/** A grant: what one user may do in one conversation, as a word of flags. */

/**
 * Bits 0 to 3 hold the conversation type, 6 and 7 the role, 16 to 19 what a stranger may still
 * send; of custom conversations 20 and 21 hold who may send, 22 and 23 the rest of their policy.
 */
export const GRANT = {
  typeMask: 0xf,
  exists: 1 << 4,
  member: 1 << 5,
  roleShift: 6,
  muted: 1 << 8,
  allMuted: 1 << 9,
  dissolved: 1 << 10,
  friends: 1 << 11,
  blockedByPeer: 1 << 12,
  blockedPeer: 1 << 13,
  wide: 1 << 14,
  /** The other has answered a stranger, so nothing is counted any more. */
  answered: 1 << 15,
  strangerShift: 16,
  strangerMask: 0xf << 16,
  /** The user may not send anything, anywhere. */
  userMuted: 1 << 24,
  sendShift: 20,
  sendMask: 3 << 20,
  /** A webhook is asked before a message is taken. */
  asks: 1 << 22,
  /** Nothing is stored. */
  transient: 1 << 23,
} as const;

export const ROLE = { member: 0, administrator: 1, owner: 2 } as const;

/** Who may send in a custom conversation: members of at least this role, or anyone known. */
export const SEND = { members: 0, administrators: 1, owner: 2, anyone: 3 } as const;

export const STRANGER_LIMIT_MAX = 15;

/** What Postgres knows of (conversation, user); see access.ts. */
export interface GrantFacts {
  /** 0 when there is no such conversation. */
  type: number;
  member: boolean;
  role: number;
  muted: boolean;
  allMuted: boolean;
  dissolved: boolean;
  wide: boolean;
  friends: boolean;
  blockedByPeer: boolean;
  blockedPeer: boolean;
  answered: boolean;
  userMuted: boolean;
  /** Messages that a stranger may still send, 0 to 15. */
  strangerLeft: number;
  /** One of SEND. */
  sendRole: number;
  asks: boolean;
  transient: boolean;
}

export function grantWord(facts: GrantFacts): number {
  if (facts.type === 0) return 0;
  let word = facts.type | GRANT.exists | (facts.role << GRANT.roleShift);
  if (facts.member) word |= GRANT.member;
  if (facts.muted) word |= GRANT.muted;
  if (facts.allMuted) word |= GRANT.allMuted;
  if (facts.dissolved) word |= GRANT.dissolved;
  if (facts.wide) word |= GRANT.wide;
  if (facts.friends) word |= GRANT.friends;
  if (facts.blockedByPeer) word |= GRANT.blockedByPeer;
  if (facts.blockedPeer) word |= GRANT.blockedPeer;
  if (facts.answered) word |= GRANT.answered;
  if (facts.userMuted) word |= GRANT.userMuted;
  if (facts.asks) word |= GRANT.asks;
  if (facts.transient) word |= GRANT.transient;
  word |= facts.sendRole << GRANT.sendShift;
  return word | (Math.min(facts.strangerLeft, STRANGER_LIMIT_MAX) << GRANT.strangerShift);
}

export function grantRole(word: number): number {
  return (word >> GRANT.roleShift) & 3;
}
