// Entry of `bun run chat`: two terminals show the server working. It does both parts of a host
// application, the server's (accounts.ts, with the app key) and the client's (talk.ts, on the SDK).
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command, Option } from "commander";
import { createClient } from "../../sdk/client.ts";
import { FRAMINGS, type Framing } from "../../wire/frame.ts";
import { befriend, logIn, type Server } from "./accounts.ts";
import { fileStore } from "./file-store.ts";
import { openScreen } from "./screen.ts";
import { Talk } from "./talk.ts";

interface Flags {
  as: string;
  to?: string;
  group?: string;
  url?: string;
  appKey?: string;
  framing: Framing;
  device: string;
}

const LINNET = join(resolve(import.meta.dir, "..", "..", ".."), ".linnet");

const program = new Command("chat")
  .description(
    "Chat in the terminal. Lines that you type are sent, /help shows more, Ctrl-C or Ctrl-D ends.",
  )
  .requiredOption("--as <user>", "who you are; made if there is no such user")
  .option("--to <user>", "whom to talk to; made, and made a friend")
  .option("--group <id>", "the group to talk in, instead of --to")
  .addOption(new Option("--url <url>", "the server (default: .linnet/env)").env("LINNET_URL"))
  .addOption(new Option("--app-key <key>", "its app key (default: there)").env("LINNET_APP_KEY"))
  .addOption(new Option("--framing <name>", "on the wire").choices(FRAMINGS).default("json"))
  .option("--device <type>", "one connection each: im_web, im_pc_linux, …", "im_pc_linux");

try {
  process.exit(await run(program.parse().opts<Flags>()));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

async function run(flags: Flags): Promise<number> {
  const group = flags.group === undefined ? undefined : Number(flags.group);
  if ((flags.to === undefined) === (group === undefined)) {
    throw new Error("Say whom to talk to: --to <user> or --group <id>.");
  }
  if (group !== undefined && !Number.isSafeInteger(group)) {
    throw new Error("--group takes the id of a conversation, a number.");
  }
  const server = findServer(flags);
  const token = await prepare(server, flags);
  const store = fileStore(join(LINNET, "chat", `${encodeURIComponent(flags.as)}.json`));
  const client = createClient({
    url: server.url,
    token,
    deviceType: flags.device,
    framing: flags.framing,
    store,
    begin: "now",
  });
  const ended = Promise.withResolvers<"ended" | "interrupted">();
  const early: string[] = [];
  let say = (line: string): void => {
    early.push(line);
  };
  const screen = openScreen(`${flags.as}> `, {
    typed: (line) => say(line),
    ended: () => ended.resolve("ended"),
    interrupted: () => ended.resolve("interrupted"),
  });
  const interrupt = () => ended.resolve("interrupted");
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  const { firstRun } = store;
  const who = { user: flags.as, peer: flags.to, group };
  const talk = new Talk({ client, screen, ...who, firstRun, server, token });
  const stopped = stoppedForGood(client);
  const talking = talk.begin().then(async () => {
    say = (line) => talk.say(line);
    for (const line of early) talk.say(line);
    if ((await ended.promise) === "ended") await talk.allAnswered();
    return talk.refused ? 1 : 0;
  });
  // An interrupt doesn't wait for a server that isn't there; what wasn't sent is sent next time.
  const interrupted = ended.promise.then((how) => (how === "interrupted" ? 130 : talking));
  const code = await Promise.race([talking, interrupted, stopped]);
  screen.close();
  await client.close();
  return code;
}

function stoppedForGood(client: ReturnType<typeof createClient>): Promise<number> {
  return new Promise((done) => {
    client.on("state", (state) => {
      if (state.name === "stopped" && state.code !== 1000) done(1);
    });
  });
}

async function prepare(server: Server, flags: Flags): Promise<string> {
  try {
    const token = await logIn(server, flags.as, flags.device);
    if (flags.to !== undefined) await befriend(server, flags.as, flags.to);
    return token;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const hint = "Is the server running? Start it with: bun run up";
    throw new Error(`${server.url}: ${why}\n${hint}`, { cause: error });
  }
}

/** The flags or the environment first, then what `up` wrote. */
function findServer(flags: Flags): Server {
  const written = readEnvFile(join(LINNET, "env"));
  const url = flags.url ?? written.get("LINNET_URL");
  const appKey = flags.appKey ?? written.get("LINNET_APP_KEY");
  if (url === undefined || appKey === undefined) {
    throw new Error(
      "No server known: start one with `bun run up`, or set LINNET_URL and LINNET_APP_KEY.",
    );
  }
  return { url, appKey };
}

function readEnvFile(path: string): Map<string, string> {
  const values = new Map<string, string>();
  let text = "";
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return values;
  }
  for (const line of text.split("\n")) {
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    const quoted = /^'(.*)'$/.exec(value)?.[1];
    values.set(name, quoted === undefined ? value : quoted.replaceAll("'\\''", "'"));
  }
  return values;
}
