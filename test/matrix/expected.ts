// Who may say what where, written from the protocol page, and not from what the server does: for
// each conversation type and each kind of sender, 200 or the code of the refusal.

/** The kinds of senders, in the order in which the table shows them. */
export const SENDERS = [
  "owner",
  "administrator",
  "member",
  "muted member",
  "former member",
  "outsider",
  "friend",
  "stranger",
  "stranger beyond the limit",
  "blocked by the other",
  "blocks the other",
  "system",
  "not logged in",
] as const;

export type SenderKind = (typeof SENDERS)[number];

export interface Row {
  /** The conversation type, and for custom ones who may send by their policy. */
  readonly name: string;
  readonly type: number;
  readonly policy?: { readonly send: string };
  /** The command that users send with. */
  readonly cmd: number;
  /** An absent kind is one that there is not in this type. */
  readonly codes: Readonly<Partial<Record<SenderKind, number>>>;
  /** What differs over HTTP, where nobody is there by a connection. */
  readonly overHttp?: Readonly<Partial<Record<SenderKind, number>>>;
}

/** Whoever has the key of the host application, and whoever has shown nothing. */
const ALWAYS = { system: 200, "not logged in": 401 } as const;

/**
 * In a group the friend and the stranger (of the owner) are not members; those whom the owner
 * blocks, or who block him, are: a block is between two, and no matter of the group.
 */
const GROUP = {
  ...ALWAYS,
  owner: 200,
  administrator: 200,
  member: 200,
  "muted member": 2002,
  "former member": 2003,
  outsider: 2003,
  friend: 2003,
  stranger: 2003,
  "blocked by the other": 200,
  "blocks the other": 200,
} as const;

const OUTSIDE_CUSTOM = {
  "former member": 1002,
  outsider: 1002,
  friend: 1002,
  stranger: 1002,
} as const;

const CUSTOM = { ...GROUP, ...OUTSIDE_CUSTOM } as const;
const PLAIN_REFUSED = {
  member: 2005,
  "blocked by the other": 2005,
  "blocks the other": 2005,
} as const;

/** The owner too has to have joined, and over HTTP nobody can. */
const CHATROOM_HTTP = {
  owner: 1002,
  member: 1002,
  "blocked by the other": 1002,
  "blocks the other": 1002,
} as const;

export const ROWS: readonly Row[] = [
  {
    name: "SINGLE",
    type: 1,
    cmd: 1,
    codes: {
      ...ALWAYS,
      friend: 200,
      stranger: 1006,
      "former member": 1006,
      outsider: 1002,
      "blocked by the other": 1007,
      "blocks the other": 1007,
    },
  },
  { name: "GROUP", type: 2, cmd: 2, codes: GROUP },
  {
    name: "CHATROOM",
    type: 3,
    cmd: 3,
    codes: {
      ...ALWAYS,
      owner: 200,
      member: 200,
      "former member": 1002,
      outsider: 1002,
      friend: 1002,
      stranger: 1002,
      "blocked by the other": 200,
      "blocks the other": 200,
    },
    overHttp: CHATROOM_HTTP,
  },
  { name: "CHANNEL", type: 4, cmd: 2, codes: { ...GROUP, ...PLAIN_REFUSED } },
  { name: "MILLION_GROUP", type: 5, cmd: 2, codes: GROUP },
  {
    name: "SYSTEM_CONVERSATION",
    type: 6,
    cmd: 1,
    codes: { ...ALWAYS, member: 403, outsider: 403 },
  },
  { name: "CUSTOM: members", type: 7, policy: { send: "members" }, cmd: 5, codes: CUSTOM },
  {
    name: "CUSTOM: administrators",
    type: 7,
    policy: { send: "administrators" },
    cmd: 5,
    codes: { ...CUSTOM, ...PLAIN_REFUSED },
  },
  {
    name: "CUSTOM: owner",
    type: 7,
    policy: { send: "owner" },
    cmd: 5,
    codes: { ...CUSTOM, ...PLAIN_REFUSED, administrator: 2005 },
  },
  {
    name: "CUSTOM: anyone",
    type: 7,
    policy: { send: "anyone" },
    cmd: 5,
    codes: {
      ...CUSTOM,
      "former member": 200,
      outsider: 200,
      friend: 200,
      stranger: 200,
    },
  },
  {
    name: "STRANGER_CHAT",
    type: 8,
    cmd: 6,
    codes: {
      ...ALWAYS,
      friend: 200,
      stranger: 200,
      "stranger beyond the limit": 1008,
      "former member": 200,
      outsider: 1002,
      "blocked by the other": 1007,
      "blocks the other": 200,
    },
  },
];
