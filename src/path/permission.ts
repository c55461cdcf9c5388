/**
 * May this user signal here? The same filter as for a chat message, for what is neither queued nor
 * stored: the gateway's grants are all that is asked, and loaded where they are missed.
 */
import type { Clock } from "../base/clock.ts";
import type { Access } from "../filter/access.ts";
import { GRANT } from "../filter/grant.ts";
import { verdict } from "../filter/verdict.ts";
import type { Sql } from "../postgres/client.ts";
import { CMD } from "../wire/commands.ts";
import type { Route } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { chatCommand, isLeased, MEMBERSHIP, POLICY } from "../wire/policy.ts";

export interface Refused {
  code: number;
  message: string;
}

export interface Permitted {
  code: typeof CODE.ok;
  /** 0 for a pair that has none yet. */
  conversationId: number;
  conversationType: number;
  wide: boolean;
  /** 0 where only the conversation was named. */
  peerId: number;
}

/** An invalidation can overtake a load. */
const LOADS_MAX = 4;

export class Permission {
  readonly #access: Access;
  readonly #sql: Sql;
  readonly #clock: Clock;

  constructor(parts: { access: Access; sql: Sql; clock: Clock }) {
    this.#access = parts.access;
    this.#sql = parts.sql;
    this.#clock = parts.clock;
  }

  /** `strangers`: whether strangers who have answered one another may, too. */
  async ask(
    userId: number,
    route: Route | undefined,
    strangers: boolean,
  ): Promise<Permitted | Refused> {
    const { to = "", conversationId, target = [] } = route ?? {};
    let peerId = 0;
    if (to !== "") {
      const [found] = await this.userIds([to]);
      if (found === undefined) return refused(CODE.notFound, `route.to: there is no user ${to}`);
      if (found === userId) return refused(CODE.forbidden, "route.to: yourself");
      peerId = found;
    } else if (conversationId === undefined) {
      return refused(CODE.incomplete, "route.to or route.conversationId is required");
    } else if (conversationId === 0) {
      return refused(CODE.noSuchConversation, "");
    }
    const first = peerId > 0 ? -peerId : (conversationId as number);
    for (let loads = 0; loads < LOADS_MAX; loads++) {
      const { grants } = this.#access;
      const slot = grants.find(first, userId);
      if (slot >= 0) {
        const word = grants.word(slot);
        const found = grants.conversation(slot);
        if (peerId > 0 && conversationId !== undefined && conversationId !== found) {
          return refused(CODE.malformed, "route.to contradicts route.conversationId");
        }
        const code = signalVerdict(word, target.length > 0, strangers);
        if (code === 0) {
          const wide = (word & GRANT.wide) !== 0;
          const conversationType = word & GRANT.typeMask;
          return { code: CODE.ok, conversationId: found, conversationType, wide, peerId };
        }
        if (grants.mayRefuse(slot, this.#clock.monotonicMs())) return refused(code, "");
      }
      const key = { conversationId: peerId > 0 ? 0 : (conversationId as number), peerId, userId };
      await this.#access.loadGrants(this.#sql, [key]);
    }
    return refused(CODE.unavailable, "the conversation is changing");
  }

  /** Inner ids of those who exist. */
  async userIds(names: readonly string[]): Promise<(number | undefined)[]> {
    const missed = names.filter((name) => this.#access.userId(name) === undefined);
    if (missed.length > 0) await this.#access.loadUsers(this.#sql, missed);
    return names.map((name) => this.#access.userId(name));
  }
}

/** As for a message of the conversation's own command; between strangers as for command 1. */
function signalVerdict(word: number, hasTarget: boolean, strangers: boolean): number {
  const type = word & GRANT.typeMask;
  // Whether he has joined is known to his connection alone, and these are too many to be told.
  if (isLeased(type)) return CODE.unsupported;
  const pair = POLICY[type]?.membership === MEMBERSHIP.pair;
  const cmd = pair ? CMD.singleChat : (chatCommand(type) ?? CMD.groupChat);
  const code = verdict(word, cmd, hasTarget, false);
  const answered = pair && (word & GRANT.answered) !== 0;
  return code === CODE.notFriends && strangers && answered ? 0 : code;
}

function refused(code: number, message: string): Refused {
  return { code, message };
}
