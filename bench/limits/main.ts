// Entry of the limit programs: `bun bench/limits/main.ts <name>`. Each does the same work as the
// server with everything of the server's taken away, and prints the port that it listens at.
import type { Framing } from "../../src/wire/frame.ts";
import { FRAMINGS } from "../../src/wire/frame.ts";
import { startFloor } from "./floor.ts";
import { startGroup, startPublish } from "./group.ts";
import { startInbox } from "./inbox.ts";
import { startRelay } from "./relay.ts";

export interface LimitOptions {
  readonly framing: Framing;
  /** Bytes of text in each message. */
  readonly bodyBytes: number;
  /** Members of the group that is sent to. */
  readonly members: number;
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

const framing = FRAMINGS.find((known) => known === process.argv[3]) ?? "proto";
const options: LimitOptions = {
  framing,
  bodyBytes: Number(process.env["BENCH_BODY_BYTES"] ?? 200),
  members: Number(process.env["BENCH_MEMBERS"] ?? 0),
  databaseUrl: process.env["BENCH_DATABASE_URL"] ?? "",
  redisUrl: process.env["BENCH_REDIS_URL"] ?? "",
};

async function start(name: string | undefined): Promise<number> {
  switch (name) {
    case "relay":
      return startRelay({ ...options, answers: true });
    case "relay-silent":
      return startRelay({ ...options, answers: false });
    case "inbox":
      return await startInbox(options);
    case "floor":
      return await startFloor(options);
    case "group":
      return await startGroup(options);
    case "publish":
      return await startPublish(options, true);
    case "publish-only":
      return await startPublish(options, false);
    default:
      throw new Error(`no limit program is named ${name}`);
  }
}

process.stdout.write(`port ${await start(process.argv[2])}\n`);
