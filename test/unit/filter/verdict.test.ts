// Who may say what: each type of conversation with each relation to it, as the protocol page says.
import { expect, test } from "bun:test";
import { type GrantFacts, GRANT, grantWord, ROLE, SEND } from "../../../src/filter/grant.ts";
import { afterStrangerMessage, verdict } from "../../../src/filter/verdict.ts";
import { CMD, CONVERSATION } from "../../../src/wire/commands.ts";
import { CODE } from "../../../src/wire/errors.ts";

const { singleChat: single, groupChat: group, strangerChat: stranger, notify } = CMD;

function factsOf(parts: Partial<GrantFacts>): GrantFacts {
  return {
    type: 0,
    member: true,
    role: ROLE.member,
    muted: false,
    allMuted: false,
    dissolved: false,
    wide: false,
    friends: false,
    blockedByPeer: false,
    blockedPeer: false,
    answered: false,
    userMuted: false,
    strangerLeft: 0,
    sendRole: SEND.members,
    asks: false,
    transient: false,
    ...parts,
  };
}

interface Said {
  target?: boolean;
  all?: boolean;
}

function codeOf(facts: Partial<GrantFacts>, cmd: number, { target, all }: Said = {}): number {
  return verdict(grantWord(factsOf(facts)), cmd, target ?? false, all ?? false);
}

const PAIRS = [CONVERSATION.single, CONVERSATION.stranger];
const GROUPS = [CONVERSATION.group, CONVERSATION.channel, CONVERSATION.millionGroup];

type PairRow = [what: string, facts: Partial<GrantFacts>, asFriend: number, asStranger: number];

const pairRows: PairRow[] = [
  ["friends", { friends: true }, 0, 0],
  ["friends, blocked by the other", { friends: true, blockedByPeer: true }, 1007, 1007],
  ["friends, blocks the other", { friends: true, blockedPeer: true }, 1007, 1007],
  ["friends beyond every limit", { friends: true, strangerLeft: 0 }, 0, 0],
  ["strangers", { strangerLeft: 3 }, 1006, 0],
  ["strangers with one message left", { strangerLeft: 1 }, 1006, 0],
  ["strangers with none left", { strangerLeft: 0 }, 1006, 1008],
  ["strangers, answered", { strangerLeft: 0, answered: true }, 1006, 0],
  ["strangers, blocked by the other", { strangerLeft: 3, blockedByPeer: true }, 1007, 1007],
  ["strangers, answered and then blocked", { answered: true, blockedByPeer: true }, 1007, 1007],
  ["strangers, blocks the other", { strangerLeft: 3, blockedPeer: true }, 1006, 0],
  ["not one of the two", { member: false, friends: true }, 1002, 1002],
];

test.each(pairRows)("a pair: %s", (_, facts, asFriend, asStranger) => {
  for (const type of PAIRS) {
    expect(codeOf({ ...facts, type }, single)).toBe(asFriend);
    expect(codeOf({ ...facts, type }, stranger)).toBe(asStranger);
    // A notification goes where a stranger's message would.
    expect(codeOf({ ...facts, type }, notify)).toBe(asStranger);
  }
});

test("a pair takes no message of a group and no target", () => {
  for (const type of PAIRS) {
    expect(codeOf({ type, friends: true }, group)).toBe(CODE.malformed);
    expect(codeOf({ type, friends: true }, single, { target: true })).toBe(CODE.malformed);
  }
});

type GroupRow = [
  what: string,
  facts: Partial<GrantFacts>,
  said: Said,
  /** Of a member, an administrator, the owner. */
  codes: [number, number, number],
];

const groupRows: GroupRow[] = [
  ["members", {}, {}, [0, 0, 0]],
  ["nobody's member", { member: false }, {}, [2003, 2003, 2003]],
  ["muted", { muted: true }, {}, [2002, 2002, 2002]],
  ["all are muted", { allMuted: true }, {}, [2002, 0, 0]],
  ["dissolved", { dissolved: true }, {}, [2001, 2001, 2001]],
  ["dissolved, and a member no more", { dissolved: true, member: false }, {}, [2001, 2001, 2001]],
  ["to some of them", {}, { target: true }, [0, 0, 0]],
  ["to some of a wide one", { wide: true }, { target: true }, [3003, 3003, 3003]],
  ["a wide one", { wide: true }, {}, [0, 0, 0]],
  ["all are mentioned", {}, { all: true }, [2005, 0, 0]],
];

test.each(groupRows)("a group: %s", (_, facts, said, codes) => {
  for (const type of GROUPS) {
    for (const [role, code] of codes.entries()) {
      // In a channel members only read.
      const reads = type === CONVERSATION.channel && role === ROLE.member;
      const expected = reads && [0, 3003, 2005].includes(code) ? CODE.roleTooLow : code;
      expect(codeOf({ ...facts, type, role }, group, said)).toBe(expected);
      expect(codeOf({ ...facts, type, role }, notify, said)).toBe(expected);
    }
  }
});

test("a group takes no message of a pair", () => {
  for (const type of GROUPS) {
    for (const cmd of [single, stranger]) expect(codeOf({ type }, cmd)).toBe(CODE.malformed);
  }
});

test("other types: the system's own, a type that there is not, and none at all", () => {
  for (const cmd of [single, group, stranger, notify]) {
    expect(codeOf({ type: CONVERSATION.system }, cmd)).toBe(CODE.forbidden);
    expect(codeOf({ type: 9 }, cmd)).toBe(CODE.unsupported);
    expect(codeOf({ type: 0 }, cmd)).toBe(CODE.noSuchConversation);
    expect(verdict(0, cmd, false, false)).toBe(CODE.noSuchConversation);
  }
});

test("a chatroom: whoever has joined, which only the gateway knows, unless he is muted", () => {
  const { chatroom: type } = CONVERSATION;
  for (const member of [true, false]) {
    expect(codeOf({ type, member }, CMD.chatroomChat)).toBe(0);
    expect(codeOf({ type, member }, notify)).toBe(0);
    expect(codeOf({ type, member, muted: true }, CMD.chatroomChat)).toBe(CODE.muted);
    expect(codeOf({ type, member, dissolved: true }, CMD.chatroomChat)).toBe(CODE.groupDissolved);
    expect(codeOf({ type, member }, group)).toBe(CODE.malformed);
  }
});

type CustomRow = [sendRole: number, outsider: number, codes: [number, number, number]];

const customRows: CustomRow[] = [
  [SEND.members, 1002, [0, 0, 0]],
  [SEND.administrators, 1002, [2005, 0, 0]],
  [SEND.owner, 1002, [2005, 2005, 0]],
  [SEND.anyone, 0, [0, 0, 0]],
];

test.each(customRows)("a custom conversation where %p may send", (sendRole, outsider, codes) => {
  const { custom: type } = CONVERSATION;
  for (const [role, code] of codes.entries()) {
    expect(codeOf({ type, role, sendRole }, CMD.customChat)).toBe(code);
    expect(codeOf({ type, role, sendRole, muted: true }, CMD.customChat)).toBe(CODE.muted);
  }
  expect(codeOf({ type, member: false, sendRole }, CMD.customChat)).toBe(outsider);
  expect(codeOf({ type, sendRole }, group)).toBe(CODE.malformed);
});

test("a stranger's messages are counted down to none, and only while they count", () => {
  for (const type of PAIRS) {
    let word = grantWord(factsOf({ type, strangerLeft: 3 }));
    for (const left of [2, 1, 0, 0]) {
      word = afterStrangerMessage(word);
      expect((word & GRANT.strangerMask) >> GRANT.strangerShift).toBe(left);
    }
    expect(verdict(word, stranger, false, false)).toBe(CODE.strangerLimit);
    for (const free of [{ friends: true }, { answered: true }]) {
      const counted = grantWord(factsOf({ type, strangerLeft: 3, ...free }));
      expect(afterStrangerMessage(counted)).toBe(counted);
    }
  }
  const ofGroup = grantWord(factsOf({ type: CONVERSATION.group, strangerLeft: 3 }));
  expect(afterStrangerMessage(ofGroup)).toBe(ofGroup);
});
