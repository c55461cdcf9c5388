// CLIENT KILL of every Redis connection of a gateway while it delivers: clients stay connected, and
// have everything within 70 s without being told to sync.
import { expect, test } from "bun:test";
import { createClient } from "redis";
import { SETTINGS } from "../../src/app/settings.ts";
import { type Fleet, startFleet } from "../support/fleet.ts";
import { until, wait } from "../support/pace.ts";
import { portsTo } from "../support/sockets.ts";
import { holesIn } from "../support/tables.ts";
import { startTalkers } from "../support/talkers.ts";

const COMPLETE_MS = 70_000;
const ROUNDS = 5;
const AUDITS =
  process.env["LINNET_TEST_FULL"] === "1"
    ? [SETTINGS.LINNET_AUDIT_SECONDS.default, 5]
    : [SETTINGS.LINNET_AUDIT_SECONDS.default];

/** Ends all connections of the process; how many there were. */
async function killConnections(fleet: Fleet, pid: number): Promise<number> {
  const admin = createClient({ url: fleet.redisUrl, RESP: 2 });
  await admin.connect();
  let killed = 0;
  for (const port of portsTo(pid, fleet.redis.port)) {
    killed += Number(await admin.sendCommand(["CLIENT", "KILL", "ADDR", `127.0.0.1:${port}`]));
  }
  admin.destroy();
  return killed;
}

test.each(AUDITS)(
  "an audit each %i s: everyone has everything, and nobody had to come again",
  async (auditSeconds) => {
    const fleet = await startFleet({
      roles: ["gateway,api", "gateway,api", "worker"],
      // What was on its way into Redis is unknown until then, and sent again.
      env: { LINNET_AUDIT_SECONDS: `${auditSeconds}`, LINNET_ANSWER_MS: "3000" },
    });
    try {
      const talkers = await startTalkers({ ...fleet, urls: fleet.urls.slice(0, 2), count: 20 });
      talkers.talk(20);
      let killed = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const sent = talkers.sent;
        expect(await until(() => talkers.sent > sent + 200, 10_000)).toBe(true);
        for (const gateway of [0, 1]) {
          killed += await killConnections(fleet, fleet.process(gateway).pid);
          await wait(100);
        }
      }
      const lastMs = performance.now();
      await talkers.hush();
      const whole = await until(() => talkers.failures().length === 0, COMPLETE_MS);
      if (!whole) console.log(fleet.logs());
      const seconds = ((performance.now() - lastMs) / 1000).toFixed(1);
      console.log(
        `${killed} connections ended, ${talkers.sent} messages, complete in ${seconds} s`,
      );
      expect(killed).toBeGreaterThanOrEqual(2 * ROUNDS);
      expect(talkers.failures()).toEqual([]);
      expect(talkers.absences).toEqual([]);
      expect(await holesIn(fleet.databaseUrl)).toEqual([]);
      await talkers.close();
    } finally {
      await fleet.end();
    }
  },
  180_000,
);
