// Pairs of friends, and the subjects that their messages are sent through: the server, or a limit.
import type { ConnectionSpec, LaneSpec } from "../generator/job.ts";
import { type Account, Application } from "../machine/accounts.ts";
import { startLimit } from "../machine/programs.ts";
import type { Context } from "../run/context.ts";
import type { Subject, SubjectPlan } from "../run/trial.ts";
import { startTarget, type TargetOptions } from "./target.ts";

/** Accounts and conversations outlive the server's process, so they are made once. */
interface Pairs {
  readonly accounts: readonly Account[];
  readonly conversations: readonly { id: number; type: number }[];
}

export interface PairWork {
  readonly cmd: number;
  readonly stored: boolean;
}

export class PairSubjects {
  readonly #context: Context;
  readonly #work: PairWork;
  #pairs: Pairs | undefined;

  constructor(context: Context, work: PairWork) {
    this.#context = context;
    this.#work = work;
  }

  linnet(options: TargetOptions = {}): SubjectPlan {
    return { name: "linnet", start: () => this.#startLinnet(options) };
  }

  limit(name: string): SubjectPlan {
    return { name, start: () => this.#startLimit(name) };
  }

  async #startLinnet(options: TargetOptions): Promise<Subject> {
    const { flags } = this.#context;
    const target = await startTarget(this.#context, options);
    this.#pairs ??= await this.#make(new Application(target.base, target.appKey));
    const { accounts, conversations } = this.#pairs;
    return {
      job: {
        host: target.host,
        ports: target.ports,
        framing: flags.framing,
        connections: accounts.map(connectionOf),
        lanes: conversations.map((conversation, pair) => this.#lane(pair, conversation)),
        greeting: true,
        answered: true,
        processes: target.processes,
      },
      stop: () => target.stop(),
    };
  }

  async #startLimit(name: string): Promise<Subject> {
    const { flags, services } = this.#context;
    if (services === undefined) throw new Error("limits need services of the run's own");
    const { framing, bodyBytes } = flags;
    const program = await startLimit(name, { services, framing, bodyBytes });
    const users = Array.from({ length: flags.pairs * 2 }, (_, user) => user);
    const pairs = Array.from({ length: flags.pairs }, (_, pair) => pair);
    return {
      job: {
        host: program.host,
        ports: [program.port],
        framing,
        connections: users.map((user) => ({ path: `/ws?user=${user}`, headers: {} })),
        lanes: pairs.map((pair) => this.#lane(pair, { id: 1000 + pair, type: 1 })),
        greeting: false,
        answered: name !== "relay-silent",
        processes: {
          server: [program.pid],
          redis: [services.redisPid],
          postgres: [services.postgresPid],
        },
      },
      stop: () => program.stop(),
    };
  }

  #lane(pair: number, conversation: { id: number; type: number }): LaneSpec {
    const { bodyBytes, address } = this.#context.flags;
    const accounts = this.#pairs?.accounts;
    const to = accounts?.[pair * 2 + 1]?.id;
    return {
      sender: pair * 2,
      receivers: [pair * 2 + 1],
      bodyBytes,
      ...this.#work,
      ...(address === "to" && to !== undefined
        ? { to }
        : { conversationId: conversation.id, conversationType: conversation.type }),
    };
  }

  async #make(application: Application): Promise<Pairs> {
    const { pairs } = this.#context.flags;
    this.#context.tell(`making ${pairs} pairs of friends`);
    const run = crypto.randomUUID().slice(0, 8);
    const ids = Array.from({ length: pairs * 2 }, (_, n) => `bench-${run}-${n}`);
    const accounts = await application.logins(ids);
    const couples = Array.from(
      { length: pairs },
      (_, n) => [ids[n * 2] as string, ids[n * 2 + 1] as string] as const,
    );
    await application.befriend(couples);
    return { accounts, conversations: await application.conversationsOf(couples) };
  }
}

export function connectionOf(account: Account): ConnectionSpec {
  return { path: "/ws", headers: { token: account.token, deviceType: "im_pc_linux" } };
}
