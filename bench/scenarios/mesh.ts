// Some users of whom many pairs talk: by how many conversations there are, not by who is there.
import type { LaneSpec } from "../generator/job.ts";
import { CMD, CONVERSATION } from "../../src/wire/commands.ts";
import type { Account } from "../machine/accounts.ts";
import { makeConversations } from "../machine/conversations.ts";
import { generate } from "../machine/generator.ts";
import { makeUsers } from "../machine/population.ts";
import type { Services } from "../machine/services.ts";
import type { Context } from "../run/context.ts";
import type { Subject } from "../run/trial.ts";
import { connectionOf } from "./pairs.ts";

const USERS_LEAST = 201;
/** First messages under way at a time, over all conversations. */
const TOUCHING_AT_ONCE = 512;

interface Place {
  readonly services: Services | undefined;
  readonly base: string;
  readonly appKey: string;
}

export class Mesh {
  readonly #context: Context;
  readonly #place: Place;
  readonly #work: Subject["job"];
  readonly #accounts: readonly Account[];
  readonly #lanes: LaneSpec[] = [];

  private constructor(
    context: Context,
    place: Place,
    work: Subject["job"],
    accounts: readonly Account[],
  ) {
    this.#context = context;
    this.#place = place;
    this.#accounts = accounts;
    this.#work = { ...work, connections: accounts.map(connectionOf), lanes: [] };
  }

  /** As many users as so many conversations take; `work` says where the server is. */
  static async make(
    context: Context,
    place: Place,
    work: Subject["job"],
    conversationsMost: number,
  ): Promise<Mesh> {
    let users = USERS_LEAST;
    // Odd, so that going round in steps of 1, 2, 3, … meets each pair once.
    while ((users * (users - 1)) / 2 < conversationsMost) users += 2;
    return new Mesh(context, place, work, await makeUsers(place, users));
  }

  /** Work over the first so many conversations, in an order of its own each time. */
  async reach(count: number): Promise<Subject["job"]> {
    if (count > this.#lanes.length) await this.#growTo(count);
    return { ...this.#work, lanes: shuffled(this.#lanes.slice(0, count)) };
  }

  async #growTo(count: number): Promise<void> {
    const from = this.#lanes.length;
    this.#context.tell(`making conversations up to ${count.toLocaleString("en")}`);
    const numbers = Array.from({ length: count - from }, (_, n) => from + n);
    const idOf = (user: number) => (this.#accounts[user] as Account).id;
    const couples = numbers.map((number) => {
      const [one, other] = this.#pairAt(number);
      return [idOf(one), idOf(other)] as const;
    });
    const ids = await makeConversations(this.#place, couples);
    for (const [n, conversationId] of ids.entries()) {
      const [sender, receiver] = this.#pairAt(from + n);
      this.#lanes.push({
        sender,
        receivers: [receiver],
        cmd: CMD.singleChat,
        stored: true,
        bodyBytes: this.#context.flags.bodyBytes,
        conversationId,
        conversationType: CONVERSATION.single,
      });
    }
    await this.#touch(this.#lanes.slice(from));
    await this.#place.services?.vacuum();
  }

  #pairAt(number: number): [number, number] {
    const users = this.#accounts.length;
    const one = number % users;
    return [one, (one + 1 + Math.floor(number / users)) % users];
  }

  /** A message in each conversation: what is read at a first message has been read. */
  async #touch(lanes: readonly LaneSpec[]): Promise<void> {
    this.#context.tell(`a first message in each of ${lanes.length.toLocaleString("en")}`);
    const job = {
      readEvery: 0,
      ...this.#work,
      lanes,
      kind: "traffic",
      window: TOUCHING_AT_ONCE,
      inTurn: true,
      rate: 0,
      messagesMost: lanes.length,
      warmUpSeconds: 0.01,
      seconds: 0.01,
    } as const;
    const { answered } = await generate(job, this.#context.cores);
    if (answered < lanes.length) {
      throw new Error(`only ${answered} of ${lanes.length} first messages were stored`);
    }
  }
}

/** A lap over all may take longer than a trial: so none is left out each time. */
function shuffled<Item>(items: Item[]): Item[] {
  for (let at = items.length - 1; at > 0; at--) {
    const other = Math.floor(Math.random() * (at + 1));
    [items[at], items[other]] = [items[other] as Item, items[at] as Item];
  }
  return items;
}
