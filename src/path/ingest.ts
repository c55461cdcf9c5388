/**
 * The order of steps 3 and 4, in a gateway: resolve names, may this user say this here?, append.
 * What the tables miss is loaded many at a time, and the message waits its turn.
 */
import type { Clock } from "../base/clock.ts";
import { DeadlineError, withDeadline } from "../base/deadline.ts";
import type { KeyedHash } from "../base/hash.ts";
import { Recent } from "../base/recent.ts";
import { type Asking, questionName } from "./asking.ts";
import type { Access, GrantKey } from "../filter/access.ts";
import type { Judgements } from "../filter/before-send.ts";
import { GRANT } from "../filter/grant.ts";
import { verdict } from "../filter/verdict.ts";
import type { Sql } from "../postgres/client.ts";
import { knownName, loadKnown } from "../store/known.ts";
import type { Appender } from "../transfer/append.ts";
import { emptyRecord, RECORD_FLAG, type RecordFields } from "../transfer/record.ts";
import { CODE } from "../wire/errors.ts";
import type { Inbound } from "../wire/frame.ts";
import { groupCommand, MEMBERSHIP, POLICY, type Policy } from "../wire/policy.ts";
import { type CallbackProblem, type ContentChecks, setFlags } from "./content-checks.ts";
import { checkWishes, readWishes, withWishes } from "../wire/wishes.ts";

/** Who sends: always the connection's own user, whatever the frame says. */
export interface Sender {
  userId: number;
  externalId: string;
  device: string;
  /** RECORD_FLAG.serverApi, RECORD_FLAG.system, or 0. */
  flags: number;
  /** His connection at this gateway, which may have joined where membership is a lease of it. */
  slot?: number;
}

/** Whether a connection has joined a conversation whose membership is a lease. */
export type HasJoined = (slot: number, conversationId: number) => boolean;

/** Answers of `check` beside 0 (may be sent) and codes. */
export const WAIT = -1;
/** How often a message may wait for a load: an invalidation can overtake one. */
const ATTEMPTS_MAX = 5;
const KNOWN_MAX = 4096;
/**
 * After so long a message that waits for a load is refused: it has not been taken. Long enough to
 * outlast a lock of some seconds, short of the 10 s after which a request is answered 504.
 */
const LOAD_DEADLINE_MS = 8000;

export class Ingest {
  readonly #access: Access;
  readonly #sql: Sql;
  readonly #clock: Clock;
  readonly #hash: KeyedHash;
  readonly #appender: Appender;
  readonly #hasJoined: HasJoined;
  readonly #asking: Asking;
  readonly #callbackProblem: CallbackProblem;
  readonly #judgements: Judgements | undefined;
  readonly #contentChecks: ContentChecks;
  /** The message checked last; what `append` sends. One object, overwritten. */
  readonly #record: RecordFields;
  #wantedUsers = new Set<string>();
  #wantedGrants = new Map<string, GrantKey>();
  #wantedKnown = new Map<string, { conversationId: number; key: number }>();
  /** Of messages that were refused: whether they are stored. Read once, by the same frame. */
  readonly #known = new Recent<string, boolean>(KNOWN_MAX);
  #loading: Promise<boolean> | undefined;
  #hung = false;
  /** What is wrong with the message refused last, or "". */
  problem = "";
  /** Whether the message checked last may not be said, and is stored: only `append` may take it. */
  isRepeat = false;
  /** What the message checked last waits for, when that is more than `loaded`. */
  question: Promise<boolean> | undefined;
  /** The grant of the message checked last. */
  #grantWord = 0;

  constructor(parts: {
    access: Access;
    sql: Sql;
    clock: Clock;
    hash: KeyedHash;
    appender: Appender;
    hasJoined: HasJoined;
    asking: Asking;
    callbackProblem: CallbackProblem;
    judgements?: Judgements | undefined;
    contentChecks: ContentChecks;
  }) {
    this.#access = parts.access;
    this.#sql = parts.sql;
    this.#clock = parts.clock;
    this.#hash = parts.hash;
    this.#appender = parts.appender;
    this.#hasJoined = parts.hasJoined;
    this.#asking = parts.asking;
    this.#callbackProblem = parts.callbackProblem;
    this.#judgements = parts.judgements;
    this.#contentChecks = parts.contentChecks;
    this.#record = emptyRecord();
  }

  /** The record that `check` has filled. */
  get record(): Readonly<RecordFields> {
    return this.#record;
  }

  get conversationType(): number {
    return this.#grantWord & GRANT.typeMask;
  }

  /** Whether the message checked last is told to those who are online, and not stored. */
  get isTransient(): boolean {
    return (this.#grantWord & GRANT.transient) !== 0;
  }

  /**
   * 0 when the message may be appended, WAIT when `waited()` is to be awaited first, else the
   * code of the refusal. `attempt` counts how often it has waited.
   */
  check(inbound: Inbound, sender: Sender, attempt: number): number {
    this.problem = "";
    this.isRepeat = false;
    this.question = undefined;
    const code = this.#resolve(inbound, sender, attempt) || this.#mayWish(inbound);
    if (code !== 0) return code === WAIT && attempt >= ATTEMPTS_MAX ? CODE.unavailable : code;
    const checks = this.#contentChecks;
    if ((inbound.security | checks.always) !== 0 && !this.isRepeat) {
      let refusal = checks.check(inbound, sender);
      if (refusal === CODE.contentRefused) refusal = this.#unlessKnown(refusal, inbound, sender);
      if (refusal !== 0) return this.#refuse(refusal, checks.problem);
    }
    this.#fill(inbound, sender);
    return this.#judgements === undefined ? 0 : this.#judge(this.#judgements, inbound, sender);
  }

  /** What the host application sends itself, and what is stored already, it is not asked about. */
  #judge(judgements: Judgements, inbound: Inbound, sender: Sender): number {
    const byServer = sender.flags !== 0;
    if (this.isRepeat || !judgements.concerns(inbound.security, byServer)) return 0;
    const { to, target, security } = inbound;
    const record = this.#record;
    const { conversationType } = this;
    const about = { ...record, key: this.keyOfRecord(), security, byServer, to, target };
    const judged = judgements.take({ ...about, conversationType });
    if (judged === undefined) return WAIT;
    if (judged.code !== 0) return this.#refuse(judged.code, judged.problem);
    const bytes = judged.content;
    if (bytes) record.content = { bytes, start: 0, end: bytes.length };
    return 0;
  }

  /** Step 4 for the message checked last. False: not taken. */
  append(request: number): boolean {
    const record = this.#record;
    record.request = request;
    record.key = this.keyOfRecord();
    return this.#appender.add(record);
  }

  /** The key of the message checked last. */
  keyOfRecord(): number {
    const { senderId, deviceId, localId } = this.#record;
    return this.#hash.of(senderId, deviceId, localId);
  }

  /** Step 4 for a command's record, which has its key. */
  appendRecord(record: RecordFields): boolean {
    return this.#appender.add(record);
  }

  keyOf(sender: Sender, deviceId: string, localId: string): number {
    return this.#hash.of(sender.userId, deviceId, localId);
  }

  /** Settles when the message checked last, which has to wait, can be checked again. */
  waited(): Promise<boolean> {
    return this.question ?? this.loaded();
  }

  /** Settles when what was missed until now is loaded; false when Postgres is away. */
  loaded(): Promise<boolean> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load(): Promise<boolean> {
    // One turn of the loop: all frames of this tick say first what they miss.
    await new Promise((resolve) => setImmediate(resolve));
    const users = [...this.#wantedUsers];
    const grants = [...this.#wantedGrants.values()];
    const known = [...this.#wantedKnown.values()];
    this.#wantedUsers = new Set();
    this.#wantedGrants = new Map();
    this.#wantedKnown = new Map();
    this.#loading = undefined;
    if (this.#hung) return false;
    const loads: Promise<void>[] = [];
    if (users.length > 0) loads.push(this.#access.loadUsers(this.#sql, users));
    if (grants.length > 0) loads.push(this.#access.loadGrants(this.#sql, grants));
    if (known.length > 0) loads.push(this.#loadKnown(known));
    if (this.#judgements !== undefined) loads.push(this.#judgements.load());
    const load = Promise.all(loads);
    try {
      await withDeadline(load, LOAD_DEADLINE_MS);
      return true;
    } catch (error) {
      if (error instanceof DeadlineError) this.#waitFor(load);
      return false;
    }
  }

  /** Until a load that hangs has ended, all that would need one are refused at once. */
  #waitFor(load: Promise<unknown>): void {
    this.#hung = true;
    const ended = (): void => {
      this.#hung = false;
    };
    load.then(ended, ended);
  }

  async #loadKnown(keys: readonly { conversationId: number; key: number }[]): Promise<void> {
    const found = await loadKnown(this.#sql, keys);
    for (const { conversationId, key } of keys) {
      const name = knownName(conversationId, key);
      this.#known.set(name, found.has(name));
    }
  }

  /** A callback goes only where the operator lets it. */
  #mayWish(inbound: Inbound): number {
    if (inbound.wishes === "") return 0;
    const code = checkWishes(inbound);
    if (code !== 0) return this.#refuse(code, inbound.problem);
    const problem = this.#callbackProblem(readWishes(inbound.wishes));
    return problem === undefined ? 0 : this.#refuse(CODE.forbidden, problem);
  }

  #resolve(inbound: Inbound, sender: Sender, attempt: number): number {
    const record = this.#record;
    record.peerId = 0;
    (record.target as number[]).length = 0;
    (record.mentions as number[]).length = 0;
    this.#grantWord = 0;
    if (attempt === 0 && !this.#knowsUsers(inbound)) return WAIT;
    if (inbound.to !== "") {
      const peerId = this.#access.userId(inbound.to) ?? -1;
      if (peerId < 0) return this.#unknownUser("route.to", inbound.to);
      if (peerId === sender.userId) return this.#refuse(CODE.forbidden, "route.to: yourself");
      record.peerId = peerId;
    } else if (inbound.conversationId < 0) {
      return this.#refuse(CODE.incomplete, "route.to or route.conversationId is required");
    }
    if ((sender.flags & RECORD_FLAG.system) !== 0) {
      record.conversationId = record.peerId > 0 ? 0 : inbound.conversationId;
      return this.#mayTarget(inbound);
    }
    if (record.peerId === 0 && inbound.conversationId === 0) return CODE.noSuchConversation;
    const code = this.#mayReceive(inbound, sender);
    return code !== 0 ? code : this.#mayTarget(inbound);
  }

  #mayReceive(inbound: Inbound, sender: Sender): number {
    const record = this.#record;
    const { grants } = this.#access;
    const first = record.peerId > 0 ? -record.peerId : inbound.conversationId;
    const slot = grants.find(first, sender.userId);
    if (slot < 0) return this.#wantGrant(first, sender.userId);
    const conversationId = grants.conversation(slot);
    const named = record.peerId > 0 && inbound.conversationId >= 0;
    if (named && inbound.conversationId !== conversationId) {
      return this.#refuse(CODE.malformed, "route.to contradicts route.conversationId");
    }
    record.conversationId = conversationId;
    const word = grants.word(slot);
    this.#grantWord = word;
    if (inbound.byType) inbound.cmd = groupCommand(word & GRANT.typeMask);
    const code = verdict(word, inbound.cmd, inbound.target.length > 0, inbound.mentionsAll);
    if (code === 0) return this.#mayHere(word, inbound, sender);
    if (!grants.mayRefuse(slot, this.#clock.monotonicMs())) {
      return this.#wantGrant(first, sender.userId);
    }
    return this.#unlessKnown(code, inbound, sender);
  }

  /** What no grant says: whether he has joined from this connection, where that is needed. */
  #mayHere(word: number, inbound: Inbound, sender: Sender): number {
    if ((word & GRANT.asks) !== 0) return this.#asked(inbound, sender);
    const policy = POLICY[word & GRANT.typeMask] as Policy;
    if (policy.membership !== MEMBERSHIP.lease) return 0;
    if (this.#hasJoined(sender.slot ?? -1, this.#record.conversationId)) return 0;
    return this.#unlessKnown(policy.outsiderCode, inbound, sender);
  }

  #asked(inbound: Inbound, sender: Sender): number {
    const { conversationId } = this.#record;
    const key = this.keyOf(sender, inbound.deviceId || sender.device, inbound.localId);
    const name = questionName(key, conversationId, inbound);
    const said = this.#asking.said(name);
    if (said === undefined) {
      this.question = this.#asking.ask(name, conversationId, sender.externalId, inbound);
      return WAIT;
    }
    if (said.code === 0) return 0;
    const code = this.#unlessKnown(said.code, inbound, sender);
    return code === said.code ? this.#refuse(code, said.problem) : code;
  }

  /**
   * What may not be said any more may have been said already: then it is a repeat, and answered
   * as such by the writer.
   */
  #unlessKnown(code: number, inbound: Inbound, sender: Sender): number {
    const { conversationId } = this.#record;
    if (conversationId === 0) return this.#refuse(code, "");
    const key = this.keyOf(sender, inbound.deviceId || sender.device, inbound.localId);
    const name = knownName(conversationId, key);
    const known = this.#known.get(name);
    if (known === undefined) {
      this.#wantedKnown.set(name, { conversationId, key });
      return WAIT;
    }
    this.#known.delete(name);
    this.isRepeat = known;
    return known ? 0 : this.#refuse(code, "");
  }

  #mayTarget(inbound: Inbound): number {
    const target = this.#record.target as number[];
    const mentions = this.#record.mentions as number[];
    for (const name of inbound.target) {
      const userId = this.#access.userId(name) ?? -1;
      if (userId < 0) return this.#unknownUser("route.target", name);
      target.push(userId);
    }
    for (const name of inbound.mentionUids) {
      const userId = this.#access.userId(name);
      // A mention of somebody who doesn't exist is text like any other.
      if (userId !== undefined) mentions.push(userId);
    }
    return 0;
  }

  #fill(inbound: Inbound, sender: Sender): void {
    const record = this.#record;
    record.cmd = inbound.cmd;
    setFlags(record, inbound, sender.flags);
    if (this.#mentionsAll(inbound)) record.flags |= RECORD_FLAG.mentionsAll;
    record.senderId = sender.userId;
    record.deviceId = inbound.deviceId === "" ? sender.device : inbound.deviceId;
    // Only what is appended has a key.
    record.key = 0;
    record.type = inbound.type;
    record.ttl = inbound.ttl;
    record.from = sender.externalId;
    record.localId = inbound.localId;
    record.content = inbound.content;
    record.options = inbound.options;
    if (inbound.wishes !== "") {
      record.flags |= RECORD_FLAG.wishes;
      record.options = withWishes(inbound.options, inbound.wishes);
    }
  }

  /** Only groups have an "all". */
  #mentionsAll(inbound: Inbound): boolean {
    const type = this.#grantWord & GRANT.typeMask;
    return inbound.mentionsAll && (POLICY[type]?.mentionsAll ?? false);
  }

  /** All whom a message names are asked for at once: who is unknown after that does not exist. */
  #knowsUsers({ to, target, mentionUids }: Inbound): boolean {
    let known = to === "" || this.#knowsUser(to);
    for (const name of target) known = this.#knowsUser(name) && known;
    for (const name of mentionUids) known = this.#knowsUser(name) && known;
    return known;
  }

  #knowsUser(externalId: string): boolean {
    if (this.#access.userId(externalId) !== undefined) return true;
    this.#wantedUsers.add(externalId);
    return false;
  }

  #unknownUser(where: string, externalId: string): number {
    return this.#refuse(CODE.notFound, `${where}: there is no user ${externalId}`);
  }

  #wantGrant(first: number, userId: number): number {
    const key =
      first > 0 ? { conversationId: first, peerId: 0 } : { conversationId: 0, peerId: -first };
    this.#wantedGrants.set(`${first}:${userId}`, { ...key, userId });
    return WAIT;
  }

  #refuse(code: number, problem: string): number {
    this.problem = problem;
    return code;
  }
}
