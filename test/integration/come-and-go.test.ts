// Thousands connect and drop, five times: what the server and Redis hold of them is gone again.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createClient } from "redis";
import { PRESENCE_BUCKETS, presenceKey } from "../../src/redis/keys.ts";
import { call } from "../outside/http-client.ts";
import { type Fleet, startFleet } from "../support/fleet.ts";
import { inParallel, until } from "../support/pace.ts";
import { countSockets, rssMib } from "../support/sockets.ts";

const FULL = process.env["LINNET_TEST_FULL"] === "1";
const CONNECTIONS = FULL ? 10_000 : 1000;
const ROUNDS = 5;
/** By how much the server may have grown from the end of the second round to that of the last. */
const GROWTH_MIB = 32;
const AT_ONCE = 64;
const PATIENT = 300_000;

let fleet: Fleet;
let redis: ReturnType<typeof createClient>;
const tokens: string[] = [];

beforeAll(async () => {
  fleet = await startFleet({
    roles: ["gateway,worker,api"],
    env: { LINNET_CONNECTS_PER_SECOND: "1000000", LINNET_CONNECTS_BURST: "1000000" },
  });
  redis = createClient({ url: fleet.redisUrl });
  await redis.connect();
  const people = Array.from({ length: CONNECTIONS }, (_, index) => `guest-${index}`);
  await inParallel(people, 32, async (id, index) => {
    const path = "/openapi/v1/user/login";
    const { data } = await call(fleet.urls[0] as string, "POST", path, { id }, fleet);
    tokens[index] = String(data["token"]);
  });
}, PATIENT);

afterAll(async () => {
  redis.destroy();
  await fleet.end();
}, PATIENT);

/** Of one gateway: its state, its count, its stream, and the list of gateways. */
const OWN_KEYS = 4;

async function gauge(name: string): Promise<number> {
  const page = await (await fetch(`${fleet.process(0).adminUrl}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)`, "m").exec(page)?.[1]);
}

/** Settles when the server has greeted it. */
async function greeted(token: string): Promise<WebSocket> {
  const address = `${(fleet.urls[0] as string).replace("http", "ws")}/ws`;
  const socket = new WebSocket(`${address}?token=${token}&deviceType=im_web`, "json");
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("message", () => resolve(), { once: true });
    socket.addEventListener("close", ({ code }) => reject(new Error(`closed ${code}`)));
  });
  return socket;
}

async function presence(): Promise<number> {
  let users = 0;
  for (let bucket = 0; bucket < PRESENCE_BUCKETS; bucket++) {
    users += await redis.hLen(presenceKey(bucket));
  }
  return users;
}

test(
  `${CONNECTIONS} connect and drop, five times`,
  async () => {
    const { pid } = fleet.process(0);
    const sockets = countSockets(pid);
    const rss: number[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      const open: WebSocket[] = [];
      await inParallel(tokens, AT_ONCE, async (token) => {
        open.push(await greeted(token));
      });
      expect(await gauge("linnet_connections")).toBe(CONNECTIONS);
      expect(await presence()).toBe(CONNECTIONS);
      // One half says that it goes, the other is just gone.
      for (const [index, socket] of open.entries()) {
        if (index % 2 === 0) socket.close();
        else socket.terminate();
      }
      const isGone = async (): Promise<boolean> =>
        (await gauge("linnet_connections")) === 0 &&
        (await presence()) === 0 &&
        (await redis.dbSize()) <= OWN_KEYS &&
        countSockets(pid) <= sockets;
      const gone = await until(isGone, 30_000);
      const left = [await gauge("linnet_connections"), await presence(), await redis.dbSize()];
      rss.push(rssMib(pid));
      console.log(
        `round ${round}: ${left.join(", ")} connections, users, keys (${OWN_KEYS} of its own), ` +
          `${countSockets(pid)} sockets (${sockets} before), ${rss.at(-1)} MiB`,
      );
      expect(gone).toBe(true);
    }
    expect((rss[ROUNDS - 1] as number) - (rss[1] as number)).toBeLessThan(GROWTH_MIB);
  },
  PATIENT,
);
