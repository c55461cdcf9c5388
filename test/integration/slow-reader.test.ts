// A connection that reads too slowly costs the server a bound, not its memory: it leaves push mode,
// is told once to pull when it reads again, and has everything after its sync.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Envelope } from "../outside/framing.ts";
import { befriend, login } from "../outside/http-client.ts";
import { code, connect, type RawClient, textMessage } from "../outside/raw-client.ts";
import { type Fleet, startFleet } from "../support/fleet.ts";
import { until } from "../support/pace.ts";
import { TcpClient } from "../support/tcp-client.ts";

/** Large, so that the kernel's buffers are full after a few hundred. */
const TEXT = "x".repeat(60_000);
const SENDS_MAX = 1000;

let fleet: Fleet;
let sender: RawClient;
let reader: TcpClient;
let sent = 0;

beforeAll(async () => {
  const env = { LINNET_TEXT_BYTES: "100000", LINNET_AUDIT_SECONDS: "3600" };
  fleet = await startFleet({ roles: ["gateway,worker,api"], env });
  const [token, own] = [await login(fleet, "fast", "im_web"), await login(fleet, "slow", "im_web")];
  await befriend(fleet, "fast", "slow");
  const base = fleet.process(0).url;
  sender = await connect({ base, token, device: "im_web" });
  reader = await TcpClient.open(base, { token: own, deviceType: "im_web" });
}, 60_000);

afterAll(async () => {
  sender.close();
  reader.close();
  await fleet.end();
}, 30_000);

async function send(): Promise<void> {
  const message = textMessage(1, { to: "slow" }, `m${sent}`, `${sent} ${TEXT}`);
  sent += 1;
  expect(code(await sender.request(message))).toBe(200);
}

/** How often connections have left push mode. */
async function slowed(): Promise<number> {
  const text = await (await fetch(`${fleet.process(0).url}/metrics`)).text();
  return Number(/^linnet_slow_total (\d+)/m.exec(text)?.[1]);
}

function framesFrom(start: number): Envelope[] {
  return reader.frames.slice(start).map((frame) => JSON.parse(frame) as Envelope);
}

const isHint = (one: Envelope) => one.direction === 3 && Number(one.cmd) === 71;
const isMessage = (one: Envelope) => one.direction === 3 && one.content?.text !== undefined;
const numberOf = (one: Envelope) => Number(one.content?.text?.split(" ", 1)[0]);

/** Asks for what lies after `pts`, page by page, as a client does. */
async function sync(epoch: string, from: number): Promise<Envelope[]> {
  const events: Envelope[] = [];
  let pts = from;
  for (let page = 0; ; page += 1) {
    const localId = `page-${page}`;
    const data = { epoch, pts, limit: 500 };
    reader.send(JSON.stringify({ direction: 1, cmd: 71, header: { localId }, content: { data } }));
    const find = () => framesFrom(0).find((one) => one.header?.localId === localId);
    expect(await until(() => find() !== undefined, 10_000, 20)).toBe(true);
    const answer = find()?.response?.data;
    events.push(...(answer?.events ?? []));
    pts = answer?.pts ?? pts;
    if (answer?.final) return events;
  }
}

test("leaves push mode, is told once, and misses nothing", async () => {
  const greeting = framesFrom(0)[0]?.content?.data;
  const before = greeting?.pts ?? 0;
  reader.stopReading();
  while ((await slowed()) === 0 && sent < SENDS_MAX) await send();
  expect(await slowed()).toBe(1);
  // What is sent now is not queued for it at all.
  for (let more = 0; more < 10; more += 1) await send();
  expect(await slowed()).toBe(1);
  reader.goOn();
  expect(await until(() => framesFrom(1).some(isHint), 10_000, 20)).toBe(true);
  const frames = framesFrom(1);
  const pushed = frames.filter(isMessage);
  expect(pushed.length).toBeLessThan(sent - 9);
  expect(pushed.map(numberOf)).toEqual([...pushed.keys()]);
  expect(frames.filter(isHint)).toHaveLength(1);
  expect(frames.findIndex(isHint)).toBe(frames.length - 1);
  expect(frames.at(-1)?.content?.data?.pts).toBe(before + sent);
  const pulled = await sync(greeting?.epoch ?? "", before + pushed.length);
  expect([...pushed, ...pulled].map(numberOf)).toEqual([...Array(sent).keys()]);
  // In push mode again.
  const seen = reader.frames.length;
  await send();
  expect(await until(() => framesFrom(seen).length > 0, 5000, 20)).toBe(true);
  expect(framesFrom(seen).map(numberOf)).toEqual([sent - 1]);
}, 60_000);
