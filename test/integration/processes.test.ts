// Many processes: one port, roles apart, rolling restarts and standbys, with clients that talk on.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Fleet, startFleet } from "../support/fleet.ts";
import { until } from "../support/pace.ts";
import { startTalkers } from "../support/talkers.ts";

const PATIENT = 120_000;

describe("--processes 2", () => {
  let fleet: Fleet;

  beforeAll(async () => {
    fleet = await startFleet({
      roles: ["gateway,worker,api"],
      flags: ["--processes", "2"],
      env: { LINNET_DRAIN_MS: "2000" },
    });
  }, PATIENT);

  afterAll(async () => {
    await fleet.end();
  }, PATIENT);

  test(
    "a rolling restart loses no message and no client, and they come back one by one",
    async () => {
      const talkers = await startTalkers({ ...fleet, count: 200 });
      const before = await childrenOf(fleet);
      expect(before).toHaveLength(2);
      talkers.talk(250);
      process.kill(fleet.process(0).pid, "SIGHUP");
      const replaced = await until(async () => {
        const now = await childrenOf(fleet);
        return now.length === 2 && !now.some((pid) => before.includes(pid));
      }, 40_000);
      if (!replaced) console.log(fleet.logs());
      expect(replaced).toBe(true);
      await until(() => talkers.clients.every(isOnline), 20_000);
      await talkers.hush();
      const whole = await until(() => talkers.failures().length === 0, 20_000);
      if (!whole) console.log(fleet.logs());
      expect(talkers.failures()).toEqual([]);
      expect(talkers.clients.every(isOnline)).toBe(true);
      // Everyone was sent away at least once, and no tenth of a second brings more than its part.
      expect(talkers.absences.length).toBeGreaterThanOrEqual(200);
      expect(busiest(talkers.absences.map(({ backMs }) => backMs))).toBeLessThan(60);
      console.log(
        `${talkers.sent} messages, ${talkers.absences.length} absences, ` +
          `busiest 100 ms: ${busiest(talkers.absences.map(({ backMs }) => backMs))}, longest ` +
          `${Math.round(Math.max(...talkers.absences.map((a) => a.backMs - a.lostMs)))} ms`,
      );
      await talkers.close();
    },
    PATIENT,
  );

  test(
    "a process that is killed is started again",
    async () => {
      const [first] = await childrenOf(fleet);
      process.kill(first as number, "SIGKILL");
      const again = await until(async () => {
        const now = await childrenOf(fleet);
        return now.length === 2 && !now.includes(first as number);
      }, 20_000);
      expect(again).toBe(true);
      await fleet.process(0).ready();
    },
    PATIENT,
  );

  test("the supervisor shows the metrics of each process", async () => {
    const page = await (await fetch(`${fleet.process(0).adminUrl}/metrics`)).text();
    for (const place of [0, 1]) {
      expect(page).toContain(`linnet_connections{process="${place}"} 0`);
    }
    expect(page.match(/# TYPE linnet_connections gauge/g)).toHaveLength(1);
  });

  test(
    "SIGTERM ends all of them; SIGKILL of the supervisor too",
    async () => {
      const children = await childrenOf(fleet);
      await fleet.process(0).stop();
      expect(children.some(isAlive)).toBe(false);
      await fleet.process(0).restart();
      const next = await childrenOf(fleet);
      expect(next).toHaveLength(2);
      await fleet.process(0).kill9();
      expect(await until(() => !next.some(isAlive), 15_000)).toBe(true);
    },
    PATIENT,
  );
});

describe("roles apart", () => {
  let fleet: Fleet;

  beforeAll(async () => {
    fleet = await startFleet({ roles: ["gateway", "api", "worker"] });
  }, PATIENT);

  afterAll(async () => {
    await fleet.end();
  }, PATIENT);

  test("each serves what is its own, and no more", async () => {
    const [gateway, api, worker] = fleet.processes;
    const status = async (url: string, init?: RequestInit) => (await fetch(url, init)).status;
    expect(await status(`${gateway?.url}/openapi.json`)).toBe(503);
    expect(await status(`${gateway?.url}/healthz`)).toBe(200);
    expect(await status(`${gateway?.url}/metrics`)).toBe(200);
    expect(await status(`${gateway?.url}/ws`)).toBe(401);
    expect(await status(`${api?.url}/openapi.json`)).toBe(200);
    expect(await status(`${api?.url}/ws`)).toBe(503);
    expect(fetch(`${worker?.url}/healthz`)).rejects.toThrow();
    expect(await status(`${worker?.adminUrl}/readyz`)).toBe(200);
    expect(await status(`${worker?.adminUrl}/metrics`)).toBe(200);
    expect(await status(`${worker?.adminUrl}/openapi.json`)).toBe(503);
  });

  test("together they carry messages", async () => {
    const [gateway, api] = fleet.processes;
    const headers = { "content-type": "application/json", "x-app-key": fleet.appKey };
    const call = async (path: string, body: object) => {
      const init = { method: "POST", headers, body: JSON.stringify(body) };
      return (await (await fetch(`${api?.url}/openapi/v1/${path}`, init)).json()) as {
        code: number;
        data: { token: string };
      };
    };
    const { createClient } = await import("../../src/sdk/client.ts");
    const { token } = (await call("user/login", { id: "apart-1" })).data;
    await call("user/register", { id: "apart-2" });
    await call("friend", { userId: "apart-1", friendId: "apart-2" });
    const client = createClient({ url: gateway?.url ?? "", token, deviceType: "im_web" });
    await client.connect();
    expect((await client.send({ to: "apart-2", text: "hello" })).code).toBe(200);
    await client.close();
  });
});

describe("a standby takes the writer's place within 5 s", () => {
  let fleet: Fleet;

  beforeAll(async () => {
    fleet = await startFleet({ roles: ["gateway,api", "worker", "worker"] });
  }, PATIENT);

  afterAll(async () => {
    await fleet.end();
  }, PATIENT);

  for (const signal of ["SIGKILL", "SIGSTOP", "SIGTERM"] as const) {
    test(
      `of one that got ${signal}`,
      async () => {
        const name = `stand-${signal.toLowerCase()}`;
        const url = fleet.process(0).url;
        const talkers = await startTalkers({ ...fleet, urls: [url], count: 4, name });
        talkers.talk(50);
        const writers = [fleet.process(1), fleet.process(2)];
        await until(async () => (await writerOf(writers)) !== undefined, 10_000);
        const writer = await writerOf(writers);
        if (writer === undefined) throw new Error(`no writer:\n${fleet.logs()}`);
        const other = writers.find((one) => one !== writer) as typeof writer;
        const before = await storedBy(other.adminUrl);
        const atMs = performance.now();
        process.kill(writer.pid, signal);
        expect(await until(async () => (await storedBy(other.adminUrl)) > before, 20_000)).toBe(
          true,
        );
        expect(performance.now() - atMs).toBeLessThan(5500);
        await talkers.hush();
        await until(() => talkers.failures().length === 0, 20_000);
        expect(talkers.failures()).toEqual([]);
        await talkers.close();
        if (signal === "SIGSTOP") writer.thaw();
        await writer.restart();
      },
      PATIENT,
    );
  }
});

function isOnline(client: { state: { name: string } }): boolean {
  return client.state.name === "online";
}

/** The processes that serve now, as the supervisor's metrics tell them. */
async function childrenOf(fleet: Fleet): Promise<number[]> {
  const parent = fleet.process(0).pid;
  const { stdout } = Bun.spawnSync(["pgrep", "-P", String(parent)]);
  return stdout.toString().trim().split("\n").filter(Boolean).map(Number);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Most moments within a tenth of a second. */
function busiest(momentsMs: readonly number[]): number {
  const sorted = [...momentsMs].sort((a, b) => a - b);
  let most = 0;
  for (let first = 0, last = 0; last < sorted.length; last++) {
    while ((sorted[last] as number) - (sorted[first] as number) > 100) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

async function storedBy(adminUrl: string): Promise<number> {
  const page = await (await fetch(`${adminUrl}/metrics`)).text();
  return Number(/^linnet_messages_stored_total (\d+)/m.exec(page)?.[1] ?? 0);
}

/** The one whose count grows while clients talk. */
async function writerOf<T extends { adminUrl: string }>(writers: T[]): Promise<T | undefined> {
  const before = await Promise.all(writers.map(({ adminUrl }) => storedBy(adminUrl)));
  let writer: T | undefined;
  await until(async () => {
    const now = await Promise.all(writers.map(({ adminUrl }) => storedBy(adminUrl)));
    writer = writers.find((_, index) => (now[index] as number) > (before[index] as number));
    return writer !== undefined;
  }, 2000);
  return writer;
}
