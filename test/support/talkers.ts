// Pairs of SDK clients that talk without end, and the judgement of what they heard.
import { type Client, createClient } from "../../src/sdk/client.ts";
import { inParallel, wait } from "./pace.ts";

export interface Talkers {
  /** Both of each pair begin to send, a message each `everyMs`. */
  talk(everyMs: number): void;
  /** Settles when every send has its definite answer. */
  hush(): Promise<void>;
  /** Whatever is missing, twice there or out of order; empty when all is well. */
  failures(): string[];
  readonly clients: readonly Client[];
  readonly sent: number;
  /** When each connection was lost and stood again, ms. */
  readonly absences: { lostMs: number; backMs: number }[];
  close(): Promise<void>;
}

interface Talker {
  name: string;
  peer: string;
  client: Client;
  sent: string[];
  heard: string[];
  refused: string[];
}

/** `urls`: the servers, of which pairs take one after another, both sides different ones. */
export async function startTalkers(options: {
  urls: readonly string[];
  appKey: string;
  count: number;
  name?: string;
}): Promise<Talkers> {
  const { urls, appKey, count } = options;
  const base = urls[0] as string;
  const call = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${base}/openapi/v1/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-app-key": appKey },
      body: JSON.stringify(body),
    });
    const { code, msg, data } = (await response.json()) as {
      code: number;
      msg: string;
      data: Record<string, unknown>;
    };
    if (code !== 200) throw new Error(`${path}: ${code} ${msg}`);
    return data;
  };
  const prefix = options.name ?? "talker";
  const names = Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
  const peerOf = (index: number) => names[index ^ 1] as string;
  const absences: { lostMs: number; backMs: number }[] = [];
  const talkers: Talker[] = [];
  const tokens = new Map<string, unknown>();
  await inParallel(names, 16, async (id) => {
    tokens.set(id, (await call("user/login", { id }))["token"]);
  });
  await inParallel(names, 16, async (id, index) => {
    if (index % 2 === 0) await call("friend", { userId: id, friendId: peerOf(index) });
  });
  await inParallel(names, 16, async (name, index) => {
    const client = createClient({
      url: urls[index % urls.length] as string,
      token: String(tokens.get(name)),
      deviceType: "im_web",
    });
    const talker: Talker = { name, peer: peerOf(index), client, sent: [], heard: [], refused: [] };
    talkers.push(talker);
    client.on("message", ({ envelope }) => {
      const text = envelope.content?.text ?? "";
      if (text.startsWith(`${talker.peer}:`)) talker.heard.push(text);
    });
    let lostMs = 0;
    client.on("state", ({ name: state }) => {
      if (state === "online" && lostMs > 0) {
        absences.push({ lostMs, backMs: performance.now() });
        lostMs = 0;
      } else if (state !== "online" && lostMs === 0) {
        lostMs = performance.now();
      }
    });
    await client.connect();
  });
  absences.length = 0;
  let talking = false;
  let loops: Promise<void>[] = [];
  const talkOn = async (talker: Talker, everyMs: number): Promise<void> => {
    const answers: Promise<void>[] = [];
    await wait(Math.random() * everyMs);
    while (talking) {
      const text = `${talker.name}:${talker.sent.length}`;
      talker.sent.push(text);
      const answer = talker.client.send({ to: talker.peer, text }).then((result) => {
        if (!result.ok) talker.refused.push(`${text} ${result.code}`);
      });
      answers.push(answer);
      await wait(everyMs);
    }
    await Promise.all(answers);
  };
  return {
    talk(everyMs) {
      talking = true;
      loops = talkers.map((talker) => talkOn(talker, everyMs));
    },
    async hush() {
      talking = false;
      await Promise.all(loops);
    },
    failures: () => talkers.flatMap((talker) => failuresOf(talker, talkers)),
    clients: talkers.map(({ client }) => client),
    get sent() {
      return talkers.reduce((sum, { sent }) => sum + sent.length, 0);
    },
    absences,
    async close() {
      talking = false;
      await Promise.all(talkers.map(({ client }) => client.close()));
    },
  };
}

function failuresOf(talker: Talker, talkers: readonly Talker[]): string[] {
  const failures = talker.refused.map((what) => `refused: ${what}`);
  const peer = talkers.find(({ name }) => name === talker.peer) as Talker;
  const said = peer.sent.join("\n");
  if (talker.heard.join("\n") === said) return failures;
  const { heard } = talker;
  const missing = peer.sent.filter((text) => !heard.includes(text));
  const twice = heard.filter((text, index) => heard.indexOf(text) !== index);
  failures.push(
    `${talker.name} heard ${heard.length} of ${peer.sent.length}; missing ${missing.slice(0, 3)}` +
      `; twice ${twice.slice(0, 3)}`,
  );
  return failures;
}
