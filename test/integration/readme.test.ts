// The README does what it says: its code blocks are run as they stand, against a server of the
// test's own, and its frames are read by the codecs. The server serves what the protocol's page
// says.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { envFile } from "../../src/app/up/screen.ts";
import { createCodecs } from "../../src/wire/codec.ts";
import { CMD } from "../../src/wire/commands.ts";
import type { Envelope } from "../../src/wire/envelope.ts";
import { freePort, freshDatabase, startRedis, type TestService } from "../support/services.ts";
import { type Block, blocksOf, linesOf, MARK } from "./readme/blocks.ts";
import { makeWorkshop, type Terminal, type Workshop } from "./readme/workshop.ts";

const ROOT = resolve(import.meta.dir, "..", "..");
const APP_KEY = "linnet-dev";
const PATIENT = 60_000;
const blocks = blocksOf(readFileSync(join(ROOT, "README.md"), "utf8"));
const shell = blocks.filter(({ language }) => language === "sh");
const codecs = createCodecs();

let workshop: Workshop;
let redis: TestService;
let services: { DATABASE_URL: string; REDIS_URL: string; LINNET_APP_KEY: string };
let url = "";
let server: Terminal;
const open: Terminal[] = [];

beforeAll(async () => {
  workshop = makeWorkshop();
  redis = await startRedis();
  const databaseUrl = (await freshDatabase()).url;
  services = { DATABASE_URL: databaseUrl, REDIS_URL: redis.url, LINNET_APP_KEY: APP_KEY };
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  // As `up` starts it, and with the file that `up` writes.
  server = terminal("bun src/main.ts", { ...services, ...at(port) });
  await server.shows('"msg":"ready"');
  workshop.write(
    ".linnet/env",
    envFile({ url, appKey: APP_KEY, databaseUrl, redisUrl: redis.url }),
  );
}, PATIENT);

afterAll(async () => {
  await Promise.all(open.map((each) => each.end()));
  await redis.kill9();
  await workshop.remove();
}, PATIENT);

function terminal(command: string, env: Record<string, string> = {}): Terminal {
  const opened = workshop.open(command, env);
  open.push(opened);
  return opened;
}

function at(port: number): Record<string, string> {
  return { LINNET_PORT: `${port}`, LINNET_HOST: "127.0.0.1" };
}

/** The one block of the shell that holds `text`. */
function blockWith(text: string): Block {
  const found = shell.filter((block) => block.text.includes(text));
  expect(found.length).toBe(1);
  return found[0] as Block;
}

async function call(path: string, body: object): Promise<{ code: number; data: unknown }> {
  const response = await fetch(`${url}/openapi/v1/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-app-key": APP_KEY },
    body: JSON.stringify(body),
  });
  return (await response.json()) as { code: number; data: unknown };
}

async function tokenOf(id: string): Promise<string> {
  const { data } = await call("user/login", { id, device: "im_web" });
  return (data as { token: string }).token;
}

test("every block is of a kind that a test here takes", () => {
  const kinds = blocks.map(({ language, mark }) => {
    const isExample = mark.startsWith(MARK.example);
    return `${language} ${isExample ? "example" : mark}`.trim();
  });
  const known = ["text", "ts", "sh", `sh ${MARK.elsewhere}`, `sh ${MARK.terminals}`];
  const examples = ["jsonl", "textproto", "hex"].map((language) => `${language} example`);
  expect(kinds.filter((kind) => ![...known, ...examples].includes(kind))).toEqual([]);
  expect(shell.length).toBe(5);
});

const examples = new Map<string, Block[]>();
for (const block of blocks) {
  if (!block.mark.startsWith(MARK.example)) continue;
  const name = block.mark.slice(MARK.example.length);
  examples.set(name, [...(examples.get(name) ?? []), block]);
}

test("there is an example of each kind of frame", () => {
  expect([...examples.keys()]).toEqual(["greeting", "send", "answer", "push", "sync", "page"]);
});

for (const [name, framings] of examples) {
  test(`the frame of ${name} is the same in each framing`, () => {
    const [json, ...others] = framings;
    const envelope = codecs.json.decode(json?.text ?? "") as Envelope;
    expect(JSON.parse(codecs.json.encode(envelope) as string)).toEqual(
      JSON.parse(json?.text ?? ""),
    );
    for (const { language, text } of others) {
      const isHex = language === "hex";
      const hex = isHex
        ? text
        : text
            .match(/^# .*$/gm)
            ?.join("")
            .replaceAll("# ", "");
      const bytes = new Uint8Array(Buffer.from(hex?.replaceAll("\n", "") ?? "", "hex"));
      const codec = isHex ? codecs.msgpack : codecs.proto;
      expect(codec.decode(bytes)).toEqual(envelope);
      expect(Buffer.from(codec.encode(envelope)).equals(bytes)).toBe(true);
      if (!isHex) expect(Buffer.from(bytesOfText(text)).toString("hex")).toBe(toHex(bytes));
    }
    expect(others.length).toBe(name === "page" ? 0 : 2);
  });
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** By another implementation, from the schema alone. */
function bytesOfText(text: string): Uint8Array {
  const buf = join(ROOT, "node_modules", ".bin", "buf");
  const words = ["convert", "proto", "--type", "linnet.v1.Envelope"];
  const run = Bun.spawnSync([buf, ...words, "--from", "-#format=txtpb", "--to", "-#format=binpb"], {
    cwd: ROOT,
    stdin: Buffer.from(text),
  });
  if (run.exitCode !== 0) throw new Error(run.stderr.toString());
  return run.stdout;
}

test(
  "the calls by curl log in, befriend, and send",
  async () => {
    const block = blockWith("curl");
    const first = await terminal(block.text).output();
    const answers = (text: string) =>
      text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    expect(answers(first).map(({ code }) => code)).toEqual([200, 200, 200, 200]);
    expect(answers(first)[3].data).toMatchObject({ conversationSeq: 0, conversationType: 1 });
    // "Run the last line again: nothing is sent twice."
    const again = answers(await terminal(block.text).output())[3].data;
    expect(again).toEqual({ ...answers(first)[3].data, duplicate: true });
  },
  PATIENT,
);

test(
  "two terminals chat with one another",
  async () => {
    const [alice, bob] = linesOf(blockWith("run chat")).map((line) => terminal(line));
    await Promise.all([alice?.shows("connected as alice"), bob?.shows("connected as bob")]);
    alice?.type("how are you?");
    await bob?.shows("alice: how are you?");
    await alice?.shows("stored seq 1");
    bob?.type("well");
    await alice?.shows("bob: well");
  },
  PATIENT,
);

test(
  "the example of the SDK connects, sends and hears",
  async () => {
    const [example] = blocks.filter(({ language }) => language === "ts");
    workshop.write("hello.ts", example?.text ?? "");
    workshop.write(
      "run.ts",
      `import { hello } from "./hello.ts";
const client = await hello(process.env.URL, async () => process.env.TOKEN, "bob");
client.on("message", ({ envelope }) => envelope.content?.text === "heard" && process.exit(0));
console.log("listening");`,
    );
    const run = terminal("bun run.ts", { URL: url, TOKEN: await tokenOf("alice") });
    await run.shows("true 200 ");
    await run.shows("hello from the SDK");
    await run.shows("listening");
    const content = { text: "heard" };
    await call("message", { from: "bob", to: "alice", content, localId: "heard" });
    await run.output();
  },
  PATIENT,
);

test(
  "the example becomes one file that a page can run",
  async () => {
    await terminal(blockWith("bun build").text).output();
    const made = readFileSync(join(workshop.folder, "hello.js"), "utf8");
    expect(/\bfrom "(node|bun):|\brequire\("(node|bun):/.test(made)).toBe(false);
    // What a server has and a page hasn't is taken away before it runs.
    workshop.write(
      "page.js",
      `const [url, token] = [process.env.URL, process.env.TOKEN];
for (const name of ["process", "Buffer", "require"]) globalThis[name] = undefined;
const { hello } = await import("./hello.js");
const client = await hello(url, async () => token, "bob");
await client.close();`,
    );
    const run = terminal("bun page.js", { URL: url, TOKEN: await tokenOf("alice") });
    expect(await run.output()).toContain("true 200 ");
  },
  PATIENT,
);

test(
  "the protocol's page marks what is served",
  async () => {
    const page = readFileSync(join(ROOT, "docs", "protocol.md"), "utf8");
    const rows = [...page.matchAll(/^\| (\d+) *\| [^|]+ \| (yes|no) *\|[^|]*\|$/gm)];
    const marked = new Map(rows.map(([, cmd, served]) => [Number(cmd), served === "yes"]));
    expect([...marked.keys()].sort((a, b) => a - b)).toEqual(
      Object.values(CMD).sort((a, b) => a - b),
    );
    const answered = await askEverything([...marked.keys()], await tokenOf("carol"));
    expect(answered).toEqual(marked);
  },
  PATIENT,
);

/** Sends each command with nothing but a localId; whether the server knows it. */
function askEverything(commands: readonly number[], token: string): Promise<Map<number, boolean>> {
  const query = new URLSearchParams({ token, deviceType: "im_web" });
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws?${query}`, ["json"]);
  const answered = new Map<number, boolean>();
  return new Promise((done, reject) => {
    socket.addEventListener("close", () => reject(new Error("closed")));
    socket.addEventListener("open", () => {
      for (const cmd of commands) {
        socket.send(JSON.stringify({ cmd, header: { localId: `ask-${cmd}` } }));
      }
    });
    socket.addEventListener("message", ({ data }) => {
      const { direction, cmd, response } = JSON.parse(String(data)) as Envelope;
      if (direction !== 2) return;
      answered.set(cmd, response?.code !== 3003);
      if (answered.size < commands.length) return;
      done(new Map([...answered].sort(([a], [b]) => a - b)));
      socket.close();
    });
  });
}

test(
  "several processes share the work: a gateway alone takes, a worker settles",
  async () => {
    await server.end();
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const env = { ...services, ...at(port) };
    const started = linesOf(blockWith("run start")).map((line) => terminal(line, env));
    expect(started.length).toBe(3);
    await Promise.all(started.map((each) => each.shows('"msg":"ready"')));
    const content = { text: "through two processes" };
    const sent = await call("message", { from: "alice", to: "bob", content, localId: "two" });
    expect(sent.code).toBe(200);
  },
  PATIENT,
);
