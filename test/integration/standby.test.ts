// A standby takes over within five seconds when the writer is killed, and when it stands still; the
// one that stood still writes nothing when it goes on.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { befriend, login } from "../outside/http-client.ts";
import { code, connect, type RawClient, sendSurely, textMessage } from "../outside/raw-client.ts";
import { openSql } from "../outside/target.ts";
import { type Fleet, type FleetProcess, startFleet } from "../support/fleet.ts";
import { until } from "../support/pace.ts";

const TAKEN_OVER_MS = 5000;
const [ALICE, BOB] = ["alice", "bob"] as const;

let fleet: Fleet;
let sender: RawClient;
let conversationId: string;
let sent = 0;

beforeAll(async () => {
  fleet = await startFleet({ roles: ["gateway,api", "worker", "worker"] });
  const token = await login(fleet, ALICE, "im_web");
  await login(fleet, BOB, "im_web");
  await befriend(fleet, ALICE, BOB);
  sender = await connect({ base: fleet.process(0).url, token, device: "im_web" });
  const first = await sendSurely(sender, message());
  conversationId = String(first?.route?.conversationId);
}, 60_000);

afterAll(async () => {
  sender.close();
  await fleet.end();
}, 30_000);

function message() {
  sent += 1;
  return textMessage(1, { to: BOB }, `m${sent}`, `text ${sent}`);
}

/** The process whose session holds the writer's lock, by its place in the fleet. */
function writer(): FleetProcess {
  const said = (one: FleetProcess) => one.log().includes("this process is the writer");
  const workers = [fleet.process(1), fleet.process(2)].filter(said);
  expect(workers).toHaveLength(1);
  return workers[0] as FleetProcess;
}

/** Sends until it is answered 200; how long that took. */
async function answeredAfter(): Promise<number> {
  const sinceMs = performance.now();
  const answer = await sender.request(message(), TAKEN_OVER_MS + 5000);
  expect(code(answer)).toBe(200);
  return performance.now() - sinceMs;
}

async function expectNoHoles(): Promise<void> {
  const sql = openSql(fleet);
  const rows = await sql`
    SELECT seq FROM messages WHERE conversation_id = ${conversationId} ORDER BY seq`;
  await sql.end();
  expect(rows.map((row) => Number(row["seq"]))).toEqual([...Array(sent).keys()]);
}

test("a writer that is killed", async () => {
  const killed = writer();
  await killed.kill9();
  expect(await answeredAfter()).toBeLessThan(TAKEN_OVER_MS);
  await killed.restart();
  await expectNoHoles();
}, 30_000);

test("a writer that stands still, and then goes on", async () => {
  const frozen = writer();
  const standby = fleet.process(frozen === fleet.process(1) ? 2 : 1);
  frozen.freeze();
  try {
    expect(await answeredAfter()).toBeLessThan(TAKEN_OVER_MS);
    expect(standby.log()).toContain("this process is the writer");
  } finally {
    frozen.thaw();
  }
  expect(await until(() => frozen.log().includes("no longer the writer"), 10_000)).toBe(true);
  await answeredAfter();
  await expectNoHoles();
}, 30_000);
