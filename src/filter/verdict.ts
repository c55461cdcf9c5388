// Step 3: may this user say this here? The gateway asks early, the writer asks again and its
// answer is final. What differs between types of conversations stands in wire/policy.ts.
// Next: transfer/append.ts. @hot
import { CMD } from "../wire/commands.ts";
import { CODE } from "../wire/errors.ts";
import { commandBit, MEMBERSHIP, outsiderCode, POLICY_WORD, POLICY_WORDS } from "../wire/policy.ts";
import { GRANT, grantRole, ROLE, SEND } from "./grant.ts";

const PAIR = MEMBERSHIP.pair << POLICY_WORD.membershipShift;
const SERVER = MEMBERSHIP.server << POLICY_WORD.membershipShift;
const MEMBERS = MEMBERSHIP.members << POLICY_WORD.membershipShift;

/**
 * 0 when the message may be sent, else the code of the refusal.
 * `word` is the grant of the sender in the conversation (grant.ts).
 */
export function verdict(
  word: number,
  cmd: number,
  hasTarget: boolean,
  mentionsAll: boolean,
): number {
  if ((word & GRANT.exists) === 0) return CODE.noSuchConversation;
  if ((word & GRANT.userMuted) !== 0) return CODE.muted;
  const policy = POLICY_WORDS[word & GRANT.typeMask] as number;
  if (policy === 0) return CODE.unsupported;
  const membership = policy & POLICY_WORD.membershipMask;
  if (membership === SERVER) return CODE.forbidden;
  if (membership === PAIR) return pairVerdict(word, policy, cmd, hasTarget);
  return memberVerdict(word, policy, cmd, hasTarget, mentionsAll);
}

function pairVerdict(word: number, policy: number, cmd: number, hasTarget: boolean): number {
  if ((word & GRANT.member) === 0) return outsiderCode(word & GRANT.typeMask);
  if ((policy & commandBit(cmd)) === 0) return CODE.malformed;
  if (hasTarget) return CODE.malformed;
  if ((word & GRANT.blockedByPeer) !== 0) return CODE.blocked;
  if ((word & GRANT.friends) !== 0) {
    return (word & GRANT.blockedPeer) !== 0 ? CODE.blocked : 0;
  }
  if (cmd === CMD.singleChat) return CODE.notFriends;
  if ((word & GRANT.answered) !== 0) return 0;
  return (word & GRANT.strangerMask) === 0 ? CODE.strangerLimit : 0;
}

/**
 * Whether who sends has joined from his connection, where membership is a lease, is known to his
 * gateway alone, and asked there.
 */
function memberVerdict(
  word: number,
  policy: number,
  cmd: number,
  hasTarget: boolean,
  mentionsAll: boolean,
): number {
  if ((policy & commandBit(cmd)) === 0) return CODE.malformed;
  if ((word & GRANT.dissolved) !== 0) return CODE.groupDissolved;
  const role = grantRole(word);
  const send = (word & GRANT.sendMask) >> GRANT.sendShift;
  const needsMember = (policy & POLICY_WORD.membershipMask) === MEMBERS && send !== SEND.anyone;
  if (needsMember && (word & GRANT.member) === 0) return outsiderCode(word & GRANT.typeMask);
  if ((word & GRANT.muted) !== 0) return CODE.muted;
  if ((word & GRANT.allMuted) !== 0 && role === ROLE.member) return CODE.muted;
  if (role < (policy & POLICY_WORD.roleMask) >> POLICY_WORD.roleShift) return CODE.roleTooLow;
  if (role < send && send !== SEND.anyone) return CODE.roleTooLow;
  if (hasTarget && (word & GRANT.wide) !== 0) return CODE.unsupported;
  if (mentionsAll && role === ROLE.member) return CODE.roleTooLow;
  return 0;
}

/** The grant after one more accepted message of a stranger who is still counted. */
export function afterStrangerMessage(word: number): number {
  const policy = POLICY_WORDS[word & GRANT.typeMask] as number;
  if (policy === 0 || (policy & POLICY_WORD.membershipMask) !== PAIR) return word;
  if ((word & (GRANT.friends | GRANT.answered)) !== 0) return word;
  if ((word & GRANT.strangerMask) === 0) return word;
  return word - (1 << GRANT.strangerShift);
}
