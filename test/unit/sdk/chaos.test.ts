// The whole client against a server that loses, repeats, delays and refuses, from a seed: in the
// end the applied logs equal the server's, and each send is one message, in its order.
import { expect, test } from "bun:test";
import { createClient } from "../../../src/sdk/client.ts";
import type { Random } from "../../../src/sdk/clock.ts";
import { CMD } from "../../../src/wire/commands.ts";
import { DIRECTION, type Envelope } from "../../../src/wire/envelope.ts";
import { FRAMINGS } from "../../../src/wire/frame.ts";
import { answer, FakeServer } from "./fake-server.ts";
import { FakeClock, seeded } from "./fake-time.ts";

const SENDS = 30;
const WIDE = 9;

function chaotic(random: Random, clock: FakeClock): FakeServer {
  const server = new FakeServer();
  server.pageMax = 7;
  server.arrive({
    cmd: CMD.conversationUpdate,
    route: { conversationId: WIDE, conversationType: 2 },
    content: { data: { wide: true, conversationPts: 0 } },
  });
  server.passes = (envelope) => random() > (envelope.direction === DIRECTION.push ? 0.15 : 0.05);
  server.carry = (envelope, deliver) => {
    const numbered = envelope.direction === DIRECTION.push && envelope.cmd !== CMD.heartbeat;
    if (!numbered || random() < 0.5) return deliver();
    clock.after(random() * 900, deliver);
    if (random() < 0.3) clock.after(random() * 900, deliver);
  };
  server.answers = (request) => {
    const chance = random();
    if (request.cmd === CMD.heartbeat) return undefined;
    if (chance < 0.05) return answer(request, 503);
    if (chance < 0.1 && request.cmd === CMD.singleChat) return answer(request, 429);
    return chance < 0.15 ? answer(request, 504) : undefined;
  };
  return server;
}

async function run(seed: number) {
  const random = seeded(seed);
  const clock = new FakeClock();
  const server = chaotic(random, clock);
  const framing = FRAMINGS[seed % 3] ?? "json";
  const applied: { log: unknown; text: string; position: number }[] = [];
  const client = createClient({
    url: "http://s",
    token: "t",
    deviceType: "im_web",
    framing,
    clock,
    random,
    socket: server.socket,
  });
  client.on("event", ({ log, position, envelope }) => {
    applied.push({ log, position, text: envelope.content?.text ?? "" });
  });
  client.on("error", (error) => {
    throw error;
  });
  void client.connect();
  const results: Promise<{ seq?: number }>[] = [];
  for (let step = 0; step < 200; step += 1) {
    if (random() < 0.5) server.arrive();
    if (random() < 0.5) server.arriveWide(WIDE);
    if (random() < 0.3 && results.length < SENDS) {
      results.push(client.send({ conversationId: 7, cmd: 1, text: `mine ${results.length}` }));
    }
    if (random() < 0.04) server.close(random() < 0.5 ? 1006 : 4101, "");
    await clock.advance(random() * 300);
  }
  server.passes = () => true;
  server.answers = () => undefined;
  server.carry = (_envelope, deliver) => deliver();
  await clock.advance(60_000);
  // The gateway's audit: the last push of a wide log may be the lost one. The own log needs none,
  // the answers to heartbeats say where it is.
  const conversationPts = server.wide.get(WIDE)?.length ?? 0;
  const data = { conversationId: WIDE, conversationPts };
  server.push({ direction: DIRECTION.push, cmd: CMD.syncMsg, content: { data } });
  await clock.advance(60_000);
  const sent = await Promise.all(results);
  await client.close();
  return { server, client, applied, sent };
}

const shown = (log: (Envelope | undefined)[]) => log.map((event) => event?.content?.text ?? "");

for (let seed = 1; seed <= 30; seed += 1) {
  test(`seed ${seed}: whatever is lost or refused, it ends in the server's logs`, async () => {
    const { server, client, applied, sent } = await run(seed);
    const own = applied.filter((event) => event.log === "own");
    const wide = applied.filter((event) => event.log === WIDE);
    expect(own.map((event) => event.position)).toEqual(server.log.map((_, index) => index + 1));
    expect(own.map((event) => event.text)).toEqual(shown(server.log));
    expect(wide.map((event) => event.text)).toEqual(shown(server.wide.get(WIDE) ?? []));
    const mine = own.map((event) => event.text).filter((text) => text.startsWith("mine"));
    expect(mine).toEqual(sent.map((_, index) => `mine ${index}`));
    const seqs = sent.map((result) => result.seq ?? -1);
    expect(seqs).toEqual([...seqs].sort((one, other) => one - other));
    expect(client.unsettled).toBe(0);
  });
}
