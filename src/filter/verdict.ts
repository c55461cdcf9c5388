// Step 3: may this user say this here? The gateway asks early, the writer asks again and its
// answer is final. Next: transfer/append.ts. @hot
import { CMD, CONVERSATION } from "../wire/commands.ts";
import { CODE } from "../wire/errors.ts";
import { GRANT, grantRole, ROLE } from "./grant.ts";

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
  const type = word & GRANT.typeMask;
  switch (type) {
    case CONVERSATION.single:
    case CONVERSATION.stranger:
      return pairVerdict(word, cmd, hasTarget);
    case CONVERSATION.group:
    case CONVERSATION.channel:
    case CONVERSATION.millionGroup:
      return groupVerdict(word, type, cmd, hasTarget, mentionsAll);
    case CONVERSATION.system:
      return CODE.forbidden;
    default:
      return CODE.unsupported;
  }
}

function pairVerdict(word: number, cmd: number, hasTarget: boolean): number {
  if ((word & GRANT.member) === 0) return CODE.senderNotInConversation;
  if (cmd !== CMD.singleChat && cmd !== CMD.strangerChat && cmd !== CMD.notify) {
    return CODE.malformed;
  }
  if (hasTarget) return CODE.malformed;
  if ((word & GRANT.blockedByPeer) !== 0) return CODE.blocked;
  if ((word & GRANT.friends) !== 0) {
    return (word & GRANT.blockedPeer) !== 0 ? CODE.blocked : 0;
  }
  if (cmd === CMD.singleChat) return CODE.notFriends;
  if ((word & GRANT.answered) !== 0) return 0;
  return (word & GRANT.strangerMask) === 0 ? CODE.strangerLimit : 0;
}

function groupVerdict(
  word: number,
  type: number,
  cmd: number,
  hasTarget: boolean,
  mentionsAll: boolean,
): number {
  if (cmd !== CMD.groupChat && cmd !== CMD.notify) return CODE.malformed;
  if ((word & GRANT.dissolved) !== 0) return CODE.groupDissolved;
  if ((word & GRANT.member) === 0) return CODE.notGroupMember;
  const role = grantRole(word);
  if ((word & GRANT.muted) !== 0) return CODE.muted;
  if ((word & GRANT.allMuted) !== 0 && role === ROLE.member) return CODE.muted;
  if (type === CONVERSATION.channel && role === ROLE.member) return CODE.roleTooLow;
  if (hasTarget && (word & GRANT.wide) !== 0) return CODE.unsupported;
  if (mentionsAll && role === ROLE.member) return CODE.roleTooLow;
  return 0;
}

/** The grant after one more accepted message of a stranger who is still counted. */
export function afterStrangerMessage(word: number): number {
  const type = word & GRANT.typeMask;
  if (type !== CONVERSATION.stranger && type !== CONVERSATION.single) return word;
  if ((word & (GRANT.friends | GRANT.answered)) !== 0) return word;
  if ((word & GRANT.strangerMask) === 0) return word;
  return word - (1 << GRANT.strangerShift);
}
