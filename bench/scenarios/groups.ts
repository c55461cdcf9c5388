// A group with some of its members online, sent to by its owner: through the server, or a limit.
import type { LaneSpec } from "../generator/job.ts";
import { type Account, Application } from "../machine/accounts.ts";
import { makeUsers } from "../machine/population.ts";
import { startLimit } from "../machine/programs.ts";
import { CMD } from "../../src/wire/commands.ts";
import type { Context } from "../run/context.ts";
import type { Subject, SubjectPlan } from "../run/trial.ts";
import { connectionOf } from "./pairs.ts";
import { startTarget } from "./target.ts";

export interface GroupShape {
  readonly type: number;
  readonly members: number;
  readonly online: number;
}

export class GroupSubjects {
  readonly #context: Context;
  readonly #shape: GroupShape;
  #made: { accounts: readonly Account[]; conversationId: number } | undefined;

  constructor(context: Context, shape: GroupShape) {
    this.#context = context;
    this.#shape = shape;
  }

  linnet(): SubjectPlan {
    return { name: "linnet", start: () => this.#startLinnet() };
  }

  limit(name: string): SubjectPlan {
    return { name, start: () => this.#startLimit(name) };
  }

  async #startLinnet(): Promise<Subject> {
    const { flags } = this.#context;
    const target = await startTarget(this.#context);
    this.#made ??= await this.#make(target.base, target.appKey);
    const { accounts, conversationId } = this.#made;
    return {
      job: {
        host: target.host,
        ports: target.ports,
        framing: flags.framing,
        connections: accounts.slice(0, this.#shape.online).map(connectionOf),
        lanes: [this.#lane(conversationId)],
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
    const { members, online } = this.#shape;
    const program = await startLimit(name, { services, framing, bodyBytes, members });
    return {
      job: {
        host: program.host,
        ports: [program.port],
        framing,
        connections: Array.from({ length: online }, (_, user) => ({
          path: `/ws?user=${user}`,
          headers: {},
        })),
        lanes: [this.#lane(1000)],
        greeting: false,
        answered: true,
        processes: {
          server: [program.pid],
          redis: [services.redisPid],
          postgres: [services.postgresPid],
        },
      },
      stop: () => program.stop(),
    };
  }

  #lane(conversationId: number): LaneSpec {
    return {
      sender: 0,
      receivers: Array.from({ length: this.#shape.online - 1 }, (_, n) => n + 1),
      cmd: CMD.groupChat,
      stored: true,
      bodyBytes: this.#context.flags.bodyBytes,
      conversationId,
      conversationType: this.#shape.type,
    };
  }

  async #make(base: string, appKey: string) {
    const { services } = this.#context;
    const { members, online, type } = this.#shape;
    this.#context.tell(`making a group of ${members}`);
    const accounts = await makeUsers({ services, base, appKey }, members, online);
    const ids = accounts.map((account) => account.id);
    const application = new Application(base, appKey);
    const conversationId = await application.group(ids[0] as string, ids.slice(1), type);
    return { accounts, conversationId };
  }
}
