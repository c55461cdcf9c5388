/** What the data of a group's commands must be, over WebSocket and HTTP alike. */
import { CMD } from "./commands.ts";
import type { Data } from "./envelope.ts";
import { CODE } from "./errors.ts";
import { utf8Length } from "./utf8.ts";

/** Bytes of UTF-8. */
export const GROUP_BYTES: Readonly<Record<string, number>> = {
  name: 256,
  avatar: 2048,
  announcement: 8192,
  message: 512,
};

const JOIN_MODES: readonly unknown[] = ["free", "approval", "invite"];

/** `role` of a member, on the wire and in the tables. */
export const GROUP_ROLE = { member: 0, administrator: 1, owner: 2 } as const;

export interface Problem {
  code: number;
  /** The field, below `data`. */
  field: string;
  what: string;
}

/** Undefined when the data can be what the command asks for. */
export function groupProblem(cmd: number, data: Data): Problem | undefined {
  for (const [field, bytesMax] of Object.entries(GROUP_BYTES)) {
    const value = data[field];
    if (typeof value === "string" && utf8Length(value) > bytesMax) {
      return { code: CODE.tooLarge, field, what: `more than ${bytesMax} bytes` };
    }
  }
  switch (cmd) {
    case CMD.groupCreate:
      return data["joinMode"] ? joinModeProblem(data) : undefined;
    case CMD.groupJoin:
      return answerProblem(data);
    case CMD.groupUpdate:
      return updateProblem(data);
    case CMD.groupMute:
      return untilProblem(data["until"]);
    default:
      return undefined;
  }
}

function joinModeProblem(data: Data): Problem | undefined {
  if (data["joinMode"] === undefined || JOIN_MODES.includes(data["joinMode"])) return undefined;
  return { code: CODE.malformed, field: "joinMode", what: "not free, approval or invite" };
}

function answerProblem(data: Data): Problem | undefined {
  const asked = data["requestId"];
  if (asked === undefined || asked === "") return undefined;
  if (typeof asked !== "string" || !/^[1-9][0-9]{0,14}$/.test(asked)) {
    return { code: CODE.notFound, field: "requestId", what: "there is no such request" };
  }
  if (typeof data["accept"] === "boolean") return undefined;
  return { code: CODE.incomplete, field: "accept", what: "absent" };
}

const UPDATED = ["name", "avatar", "announcement", "joinMode"] as const;

function updateProblem(data: Data): Problem | undefined {
  const roles = rolesOf(data);
  const nothing = UPDATED.every((field) => data[field] === undefined);
  if (nothing && roles.length === 0 && !data["owner"]) {
    return { code: CODE.incomplete, field: "name", what: "absent, and nothing else is changed" };
  }
  const names = new Set<string>();
  for (const { userId, role } of roles) {
    if (userId === "") return { code: CODE.incomplete, field: "roles.userId", what: "absent" };
    if (role !== GROUP_ROLE.member && role !== GROUP_ROLE.administrator) {
      return { code: CODE.malformed, field: "roles.role", what: "not 0 or 1" };
    }
    if (names.has(userId)) {
      return { code: CODE.malformed, field: "roles.userId", what: "a user stands there twice" };
    }
    names.add(userId);
  }
  return joinModeProblem(data);
}

export function rolesOf(data: Data): { userId: string; role: number }[] {
  const roles = data["roles"];
  if (!Array.isArray(roles)) return [];
  return roles.map((entry: unknown) => {
    const { userId, role } = entry as { userId?: string; role?: number };
    return { userId: userId ?? "", role: role ?? 0 };
  });
}

function untilProblem(until: unknown): Problem | undefined {
  if (until === undefined) return { code: CODE.incomplete, field: "until", what: "absent" };
  if (typeof until === "number" && until >= 0) return undefined;
  return { code: CODE.malformed, field: "until", what: "not a time in ms since 1970, or 0" };
}
