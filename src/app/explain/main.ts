/** Entry of `bun run explain`: what became of a message, by what the tables and Redis tell. */
import { Command } from "commander";
import { systemClock } from "../../base/clock.ts";
import { withDeadline } from "../../base/deadline.ts";
import { createLog } from "../../base/log.ts";
import { openPool } from "../../postgres/client.ts";
import { loadSettings } from "../../postgres/settings.ts";
import { openRedis } from "../../redis/client.ts";
import { ConfigError, environment, readConfig } from "../config.ts";
import { explain, type Question } from "./explain.ts";

const QUERY_MS = 15_000;
const REDIS_MS = 3000;

const program = new Command("explain")
  .description("Tell a message's way: by its id, or by its sender and local id")
  .argument("[messageId]", "the id in the answer to the send")
  .option("--sender <user>", "who sent it, where the id is not known")
  .option("--local-id <id>", "the local id that he gave it")
  .option("--device <id>", "the device id in the header, if not a device type")
  .parse();

async function main(): Promise<number> {
  const question = asked();
  if (question === undefined) {
    console.error("Name a message id, or --sender and --local-id.");
    return 2;
  }
  const { values } = readConfig(environment());
  const sql = openPool(values.DATABASE_URL, "linnet explain", 2, QUERY_MS);
  const redis = openRedis(values.REDIS_URL, "linnet-explain", createLog("silent", "explain"));
  try {
    const ready = new Promise<void>((resolve) => redis.onReady(resolve));
    // Without Redis what the tables know is told.
    await withDeadline(ready, REDIS_MS).catch(() => {});
    const { dedupeSeed } = await loadSettings(sql);
    const told = await explain({ sql, redis, dedupeSeed, clock: systemClock }, question);
    for (const line of told.lines) console.log(line);
    return told.found ? 0 : 1;
  } finally {
    redis.close();
    await sql.end({ timeout: 1 });
  }
}

function asked(): Question | undefined {
  const [id] = program.args;
  const { sender, localId, device } = program.opts<Record<string, string | undefined>>();
  if (id !== undefined) return { id };
  if (sender === undefined || localId === undefined) return undefined;
  return { sender, localId, ...(device === undefined ? {} : { device }) };
}

try {
  process.exit(await main());
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(1);
}
