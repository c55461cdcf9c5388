// compare: the same generator and work against other servers, beside Linnet in the same run.
import { CMD } from "../../src/wire/commands.ts";
import { EJABBERD } from "../rivals/ejabberd.ts";
import type { Rival } from "../rivals/rival.ts";
import { SOCKET_IO } from "../rivals/socket-io.ts";
import type { Context } from "../run/context.ts";
import { type BenchResult, resultOf } from "../run/result.ts";
import { runTrials, type Subject, type SubjectPlan } from "../run/trial.ts";
import { PairSubjects } from "./pairs.ts";

const RIVALS: readonly Rival[] = [SOCKET_IO, EJABBERD];

export async function compare(context: Context): Promise<BenchResult> {
  const { flags, services } = context;
  if (services === undefined) throw new Error("compare starts servers of its own; leave out --url");
  const wanted = RIVALS.filter(({ name }) => flags.limits?.includes(name) ?? true);
  const there = wanted.filter((rival) => rival.isInstalled());
  const absent = wanted.filter((rival) => !rival.isInstalled());
  const pairs = new PairSubjects(context, { cmd: CMD.singleChat, stored: true });
  const plans = [pairs.linnet(), ...there.map((rival) => planOf(context, rival))];
  const { framing, window, bodyBytes } = flags;
  return resultOf(context, {
    scenario: "compare",
    parameters: { framing, pairs: flags.pairs, window, bodyBytes },
    trials: await runTrials(context, plans),
    bound: undefined,
    stored: true,
    notes: [
      ...there.map(({ work }) => work),
      ...absent.map(
        ({ name, install }) => `${name} is not installed, so it was left out: ${install}`,
      ),
    ],
  });
}

function planOf(context: Context, rival: Rival): SubjectPlan {
  return { name: rival.name, start: () => startRival(context, rival) };
}

async function startRival({ flags, services }: Context, rival: Rival): Promise<Subject> {
  if (services === undefined) throw new Error("other servers need services of the run's own");
  const users = Array.from({ length: flags.pairs * 2 }, (_, user) => user);
  const program = await rival.start(services, users.length);
  return {
    job: {
      host: program.host,
      ports: [program.port],
      framing: "json",
      foreign: { subprotocol: rival.subprotocol },
      connections: users.map((user) => ({
        path: rival.path(user),
        headers: {},
        opening: rival.opening(user),
      })),
      lanes: Array.from({ length: flags.pairs }, (_, pair) => ({
        sender: pair * 2,
        receivers: [pair * 2 + 1],
        cmd: CMD.singleChat,
        stored: true,
        bodyBytes: flags.bodyBytes,
        frame: rival.frame(pair * 2 + 1),
      })),
      greeting: false,
      answered: rival.answers,
      processes: {
        server: [program.pid],
        redis: [services.redisPid],
        postgres: [services.postgresPid],
      },
    },
    stop: () => program.stop(),
  };
}
