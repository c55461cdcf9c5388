/**
 * Fetches what is missing: pages of the own log first, then the conversation list where it is
 * needed, then pages of the wide logs. One request at a time, each due log once, however many hints
 * and gaps asked for it; a refusal or a page without progress makes it pause (0.5 to 20 s).
 */
import { CMD } from "../wire/commands.ts";
import type { Data, Envelope } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import type { ClientClock, Random } from "./clock.ts";
import type { Answer, Greeting } from "./connection.ts";
import { numberOf, textOf } from "./data.ts";
import type { Entry, EventLog } from "./log.ts";
import type { LogName, Logs } from "./logs.ts";
import { jitterMs, RECONNECT } from "./reconnect.ts";

/** An entry of the conversation list, answer to 72. */
export interface Conversation {
  conversationId: number;
  conversationType: number;
  /** −1 for none, as in `readSeq`. */
  lastSeq: number;
  readSeq: number;
  unread: number;
  unreadMentions: number;
  /** Absent where the conversation isn't wide. */
  conversationPts?: number;
  top: boolean;
  mute: boolean;
  last?: Envelope;
  /** The other of a pair. */
  peer?: string;
  /** Of a group its name, of a pair the other's nickname. */
  name: string;
  /** Of the other, in a conversation of two: what he has on a device, and what he has read. */
  deliveredSeq?: number;
  peerReadSeq?: number;
}

/** What came before this position can't be had from the log any more: read state afresh. */
export interface Reset {
  log: LogName;
  position: number;
  /** All of them, newest first, when it is the own log; empty for a wide one. */
  conversations: Conversation[];
}

export interface SyncOptions {
  clock: ClientClock;
  random: Random;
  logs: Logs;
  /** Events of one page; 500 at most. */
  pageSize: number;
  /** A client without a cursor begins with what is to come, not with its whole past. */
  fromNow: boolean;
  ask: (cmd: number, conversationId: number | undefined, data: Data, done: Done) => boolean;
  apply: (log: LogName, entries: Entry<Envelope>[]) => void;
  reset: (reset: Reset) => void;
  /** Nothing is due any more. */
  synced: () => void;
  /** A cursor moved without an event. */
  moved: () => void;
}

type Done = (answer: Answer) => void;

const GAP_MS = 500;
const LIST_PAGE = 100;
/** Refusals that mean: not a member of this conversation any more. */
const NOT_MEMBER: readonly number[] = [
  CODE.forbidden,
  CODE.notFound,
  CODE.senderNotInConversation,
  CODE.noSuchConversation,
  CODE.groupDissolved,
  CODE.notGroupMember,
];

export class Sync {
  #options: SyncOptions;
  #due = new Set<LogName>();
  #listDue = false;
  #busy = false;
  #online = false;
  #announced = true;
  #attempt = 0;
  #cancelPause: (() => void) | undefined;
  #gaps = new Map<LogName, () => void>();
  #serverEpoch = "";
  /** The list that is being read. */
  #list: Conversation[] = [];
  #listCursor = "";
  #ownReset = false;
  #fresh = true;

  constructor(options: SyncOptions) {
    this.#options = options;
  }

  /** `fresh`: there is no cursor from an earlier connection or run. */
  greeted(greeting: Greeting, fresh: boolean): void {
    const { logs, fromNow } = this.#options;
    this.#online = true;
    this.#announced = false;
    this.#serverEpoch = greeting.epoch;
    this.#fresh = fresh;
    if (fresh) this.#begin(greeting, fromNow);
    if (logs.epoch !== greeting.epoch) {
      logs.hold();
      this.#due.add("own");
    } else if (logs.own.have !== greeting.pts) {
      this.#due.add("own");
    }
    this.#listDue = logs.listDue || logs.wideCount > 0;
    this.#startList();
    this.#pump();
  }

  /** A fresh client has no state that could be of another epoch. */
  #begin(greeting: Greeting, fromNow: boolean): void {
    const { logs, moved } = this.#options;
    logs.epoch = greeting.epoch;
    if (!fromNow) return;
    logs.own.restart(greeting.pts);
    logs.listDue = true;
    moved();
  }

  offline(): void {
    this.#online = false;
    this.#busy = false;
    this.#attempt = 0;
    this.#cancelPause?.();
    this.#cancelPause = undefined;
    for (const cancel of this.#gaps.values()) cancel();
    this.#gaps.clear();
    this.#due.clear();
    this.#options.logs.forget();
  }

  /** After a hint, always: a connection that was too slow gets no pushes until it has synced. */
  hinted(log: LogName): void {
    if (this.#options.logs.get(log) === undefined) return;
    this.#due.add(log);
    this.#pump();
  }

  /** To be called when a log may have a gap: what is missing has 0.5 s to come by itself. */
  watch(log: LogName): void {
    const state = this.#options.logs.get(log);
    if (state === undefined || !state.behind || state.held) return;
    if (!this.#online || this.#gaps.has(log) || this.#due.has(log)) return;
    const cancel = this.#options.clock.after(GAP_MS, () => {
      this.#gaps.delete(log);
      if (this.#options.logs.get(log)?.behind) this.hinted(log);
    });
    this.#gaps.set(log, cancel);
  }

  #pump(): void {
    if (!this.#online || this.#busy || this.#cancelPause !== undefined) return;
    const next = this.#next();
    if (next !== undefined) {
      this.#busy = true;
      if (!(next === "list" ? this.#askList() : this.#askPage(next))) this.#pause();
    } else if (!this.#announced) {
      this.#announced = true;
      this.#options.synced();
    }
  }

  #next(): LogName | "list" | undefined {
    if (this.#due.has("own")) return "own";
    if (this.#listDue) return "list";
    for (const log of this.#due) {
      if (this.#options.logs.get(log) !== undefined) return log;
      this.#due.delete(log);
    }
    return undefined;
  }

  #askPage(name: LogName): boolean {
    const { logs, pageSize, ask } = this.#options;
    const have = logs.get(name)?.have ?? 0;
    const { epoch } = logs;
    const done: Done = (answer) => this.#page(name, have, answer);
    if (name === "own")
      return ask(CMD.syncMsg, undefined, { epoch, pts: have, limit: pageSize }, done);
    return ask(CMD.syncMsg, name, { epoch, conversationPts: have, limit: pageSize }, done);
  }

  #page(name: LogName, asked: number, answer: Answer): void {
    if (answer === "lost") return;
    const code = answer === "late" ? 0 : answer.response?.code;
    if (answer === "late" || code !== CODE.ok) {
      if (name === "own" || !NOT_MEMBER.includes(code ?? 0)) return this.#pause();
      this.#options.logs.unfollow(name);
      this.#options.moved();
      return this.#goOn();
    }
    const log = this.#options.logs.get(name);
    // Unfollowed while the page was on its way.
    if (log === undefined) return this.#goOn();
    const data = answer.response?.data ?? {};
    const end = numberOf(data, name === "own" ? "pts" : "conversationPts", asked);
    this.#due.delete(name);
    if (data["final"] !== true) this.#due.add(name);
    if (data["reset"] === true) this.#restart(name, log, end, data);
    else this.#take(name, log, end, data);
    if (data["final"] !== true && log.have === asked) return this.#pause();
    this.#goOn();
  }

  #take(name: LogName, log: EventLog<Envelope>, end: number, data: Data): void {
    const entries: Entry<Envelope>[] = [];
    for (const event of (data["events"] ?? []) as Envelope[]) {
      const { pts, conversationPts } = event.messageExtra ?? {};
      const position = name === "own" ? pts : conversationPts;
      if (position !== undefined) entries.push({ position, event });
    }
    this.#options.apply(name, log.page(entries, end));
    this.#options.moved();
    this.watch(name);
  }

  #restart(name: LogName, log: EventLog<Envelope>, end: number, data: Data): void {
    const { logs, apply, reset, moved } = this.#options;
    if (name === "own") {
      const epoch = textOf(data, "epoch") || this.#serverEpoch;
      if (epoch !== logs.epoch) logs.unfollowAll();
      logs.epoch = epoch;
      logs.listDue = true;
      this.#ownReset = true;
      this.#listDue = true;
      this.#startList();
    } else {
      reset({ log: name, position: end, conversations: [] });
    }
    apply(name, log.restart(end));
    moved();
    this.watch(name);
  }

  #startList(): void {
    this.#list = [];
    this.#listCursor = "";
  }

  #askList(): boolean {
    const data = { cursor: this.#listCursor, limit: LIST_PAGE };
    const cursor = this.#listCursor;
    return this.#options.ask(CMD.syncConversation, undefined, data, (answer) => {
      if (answer === "lost") return;
      if (answer === "late" || answer.response?.code !== CODE.ok) return this.#pause();
      const page = readConversations(answer.response.data ?? {});
      this.#list.push(...page.conversations);
      this.#listCursor = page.cursor;
      if (page.final || this.#listSuffices()) this.#listRead();
      else if (page.cursor === cursor) return this.#pause();
      this.#goOn();
    });
  }

  /** Where only the positions of followed logs are wanted, the rest of the list is not. */
  #listSuffices(): boolean {
    const { logs } = this.#options;
    if (logs.listDue) return false;
    const listed = new Set(this.#list.map((entry) => entry.conversationId));
    return logs.wideIds().every((id) => listed.has(id));
  }

  #listRead(): void {
    const { logs, reset, moved } = this.#options;
    this.#listDue = false;
    const list = this.#list;
    this.#startList();
    const listed = new Set<number>();
    for (const { conversationId, conversationPts } of list) {
      if (conversationPts === undefined) continue;
      listed.add(conversationId);
      const log = logs.get(conversationId);
      // Without a reset an event 33 that is still to come says where to begin; the list would be
      // too late by what happened since.
      if (log === undefined && !logs.listDue) continue;
      if (log === undefined) logs.follow(conversationId, conversationPts);
      // Adopted ones too: a push may have come before it was known where it belongs.
      if (log?.have !== conversationPts) this.#due.add(conversationId);
    }
    if (!logs.listDue) return;
    for (const id of logs.wideIds()) if (!listed.has(id)) logs.unfollow(id);
    logs.listDue = false;
    moved();
    const wasReset = this.#ownReset || !this.#fresh;
    this.#ownReset = false;
    if (wasReset) reset({ log: "own", position: logs.own.have, conversations: list });
  }

  /** Busy until here, so that what the application does with a page starts no second request. */
  #goOn(): void {
    if (!this.#online) return;
    this.#busy = false;
    this.#attempt = 0;
    this.#pump();
  }

  #pause(): void {
    if (!this.#online) return;
    this.#busy = false;
    const ms = jitterMs(this.#attempt, this.#options.random, RECONNECT.firstMs, RECONNECT.maxMs);
    this.#attempt += 1;
    this.#cancelPause = this.#options.clock.after(ms, () => {
      this.#cancelPause = undefined;
      this.#pump();
    });
  }
}

export function readConversations(data: Data): {
  conversations: Conversation[];
  cursor: string;
  final: boolean;
} {
  const given = (data["conversations"] ?? []) as Partial<Conversation>[];
  const conversations: Conversation[] = given.map((entry) => ({
    conversationId: 0,
    conversationType: 0,
    lastSeq: -1,
    readSeq: -1,
    unread: 0,
    unreadMentions: 0,
    top: false,
    mute: false,
    name: "",
    ...entry,
  }));
  return {
    conversations,
    cursor: textOf(data, "cursor"),
    final: data["final"] === true,
  };
}

/** Which log a hint is about, and how far it says that log reaches. */
export function hintOf(envelope: Envelope): { log: LogName; position: number } {
  const data = envelope.content?.data ?? {};
  const conversationId = numberOf(data, "conversationId", envelope.route?.conversationId ?? 0);
  if (conversationId === 0) return { log: "own", position: numberOf(data, "pts", 0) };
  return { log: conversationId, position: numberOf(data, "conversationPts", 0) };
}
