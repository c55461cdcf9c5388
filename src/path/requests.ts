/** Requests whose outcome somebody awaits: of HTTP, and of commands that are not plain messages. */
import type { Clock } from "../base/clock.ts";
import type { AnswerItem } from "../delivery/record.ts";
import type { RecordFields } from "../transfer/record.ts";
import { CODE } from "../wire/errors.ts";
import type { Inbound } from "../wire/frame.ts";
import { type Ingest, type Sender, WAIT } from "./ingest.ts";
import type { Pending } from "./pending.ts";
import { answerOf } from "./outcome.ts";

export class Requests {
  readonly #ingest: Ingest;
  readonly #pending: Pending;
  readonly #clock: Clock;

  constructor(parts: { ingest: Ingest; pending: Pending; clock: Clock }) {
    this.#ingest = parts.ingest;
    this.#pending = parts.pending;
    this.#clock = parts.clock;
  }

  /** Sends a message through steps 3 to 9; the answer has a code and, with 200, the numbers. */
  async send(inbound: Inbound, sender: Sender): Promise<AnswerItem> {
    const refused = await this.#check(inbound, sender);
    return refused ?? (await this.#taken((request) => this.#ingest.append(request)));
  }

  /** Steps 1 to 3 alone: the record that `send` would append, or why it may not be sent. */
  async check(inbound: Inbound, sender: Sender): Promise<RecordFields | AnswerItem> {
    const refused = await this.#check(inbound, sender);
    if (refused !== undefined) return refused;
    const { record } = this.#ingest;
    const key = this.#ingest.keyOfRecord();
    return { ...record, key, target: [...record.target], mentions: [...record.mentions] };
  }

  async #check(inbound: Inbound, sender: Sender): Promise<AnswerItem | undefined> {
    for (let attempt = 0; ; attempt++) {
      const code = this.#ingest.check(inbound, sender, attempt);
      if (code === 0) {
        const { priority } = inbound;
        const crowded =
          priority !== 0 && this.#pending.isCrowded(priority, this.#clock.monotonicMs());
        if (crowded) return unavailable("too many requests are under way");
        return undefined;
      }
      if (code !== WAIT) return { ...answerOf(0, code), message: this.#ingest.problem };
      if (!(await this.#ingest.waited())) return unavailable("the store is away");
    }
  }

  /** Appends a command's record and awaits its outcome. `key` is that of its localId. */
  async change(record: RecordFields): Promise<AnswerItem> {
    return await this.#taken((request) => this.#ingest.appendRecord({ ...record, request }));
  }

  #taken(append: (request: number) => boolean): Promise<AnswerItem> {
    const { promise, resolve } = Promise.withResolvers<AnswerItem>();
    const request = this.#pending.takeFor(resolve, this.#clock.monotonicMs());
    if (request === 0) return Promise.resolve(unavailable("too many requests are under way"));
    if (!append(request)) {
      this.#pending.close(request);
      return Promise.resolve(unavailable("the stream is away or full"));
    }
    return promise;
  }
}

function unavailable(message: string): AnswerItem {
  return { ...answerOf(0, CODE.unavailable), message };
}
