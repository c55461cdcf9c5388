/** What one device does to messages: to its user's own, and reactions to what it was told of. */
import { CODE } from "../../src/wire/errors.ts";
import { OPERATIONS } from "./about.ts";
import type { Actor, Operation } from "./actor.ts";
import type { Random } from "./random.ts";

interface Told {
  conversationId: number;
  messageId: string;
}

/** Of the newest so many messages one is picked, so that operations meet on one message. */
const NEWEST = 24;
const KINDS = [
  ...["edit", "edit", "edit", "edit", "react", "react", "react", "react", "react"],
  ...["recall", "recall", "delete"],
] as const;

export class Operator {
  readonly #actor: Actor;
  readonly #random: Random;
  readonly #own: Told[] = [];
  readonly #all: Told[] = [];
  /** What this device has given a reaction and may take it from again. */
  readonly #given: Told[] = [];
  /** Each device of a user gives another one, so that none is given twice by a user. */
  readonly #reaction: string;
  readonly #reacted = new Set<string>();
  #edits = 0;

  constructor(actor: Actor, random: Random) {
    this.#actor = actor;
    this.#random = random;
    this.#reaction = actor.device === "im_web" ? "👍" : "🎉";
    actor.client.on("message", ({ envelope }) => {
      const conversationId = envelope.route?.conversationId;
      const messageId = envelope.messageExtra?.messageId;
      if (conversationId === undefined || messageId === undefined) return;
      remember(this.#all, { conversationId, messageId });
      if (envelope.route?.from === actor.user) remember(this.#own, { conversationId, messageId });
    });
  }

  /** Begins one operation, where there is something to do it to. */
  next(): void {
    const kind = this.#random.pick(KINDS);
    if (kind === "react") return this.#react();
    const told = this.#pick(this.#own);
    if (told === undefined) return;
    if (kind === "edit") {
      const text = `${this.#actor.name} edits ${told.messageId}: ${this.#edits++}`;
      return this.#begin({ cmd: OPERATIONS.edit, ...told, text });
    }
    // It stays with the user's other device, which may take it back a second time, or edit it.
    this.#own.splice(this.#own.indexOf(told), 1);
    this.#begin({ cmd: OPERATIONS[kind], ...told });
  }

  /** Each changes something, where it is answered 200: it is given once and taken away once. */
  #react(): void {
    const reaction = this.#reaction;
    const given = this.#random.chance(0.4) ? this.#pick(this.#given) : undefined;
    if (given !== undefined) {
      this.#given.splice(this.#given.indexOf(given), 1);
      return this.#begin({ cmd: OPERATIONS.reaction, ...given, reaction, remove: true });
    }
    const told = this.#pick(this.#all);
    if (told === undefined || this.#reacted.has(told.messageId)) return;
    this.#reacted.add(told.messageId);
    this.#begin({ cmd: OPERATIONS.reaction, ...told, reaction }, () => remember(this.#given, told));
  }

  #begin(operation: Operation, done: () => void = () => {}): void {
    void this.#actor.operate(operation).then((code) => {
      if (code === CODE.ok) done();
    });
  }

  #pick(told: readonly Told[]): Told | undefined {
    return told.length === 0 ? undefined : this.#random.pick(told);
  }
}

function remember(list: Told[], told: Told): void {
  list.push(told);
  if (list.length > NEWEST) list.shift();
}
