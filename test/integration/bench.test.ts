// Each scenario of the bench for about a second: what is counted must be right; times are nobody's
// business here. Ratios are only asked to be there. Some run side by side: most of the time of
// a run that is so short goes by in waiting for what it starts.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { resolve } from "node:path";
import type { BenchResult } from "../../bench/run/result.ts";
import { APP_KEY, startServer, type TestServer } from "./http/server.ts";

const CHECKOUT = resolve(import.meta.dir, "..", "..");
const BRIEF = ["--trials", "1", "--seconds", "0.5", "--warm-up", "0.3", "--no-save"];

interface Ended {
  code: number;
  out: string;
  err: string;
}

const AT_ONCE = 4;
const PATIENT = 280_000;
let running = 0;
const queue: (() => void)[] = [];

/** When one of the places is free. */
async function bench(...args: string[]): Promise<Ended> {
  while (running === AT_ONCE) await new Promise<void>((free) => queue.push(free));
  running += 1;
  try {
    return await run(args);
  } finally {
    running -= 1;
    queue.shift()?.();
  }
}

async function run(args: readonly string[]): Promise<Ended> {
  const child = Bun.spawn([process.execPath, "bench/main.ts", ...args], {
    cwd: CHECKOUT,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    child.exited,
  ]);
  return { code, out, err };
}

async function measured(...args: string[]): Promise<BenchResult> {
  const { code, out, err } = await bench(...args, "--json", ...BRIEF);
  if (code !== 0) throw new Error(err);
  return JSON.parse(out.trimEnd().split("\n").at(-1) ?? "") as BenchResult;
}

/** Everything that was sent was answered and delivered, once and in order. */
function expectWhole(result: BenchResult): void {
  expect(result.sent).toBeGreaterThan(0);
  expect(result.answered).toBe(result.sent);
  expect(result.lost).toBe(0);
  expect(result.duplicated).toBe(0);
  expect(result.disordered).toBe(0);
  expect(result.refused).toBe(0);
}

describe("a scenario counts every message", () => {
  const limits = { proto: "floor,inbox,relay", json: "inbox", msgpack: "inbox,relay" };
  for (const [framing, names] of Object.entries(limits)) {
    test.concurrent(
      `direct, ${framing}: stored, answered and delivered, beside its limits`,
      async () => {
        const result = await measured(
          ...["direct", "--pairs", "5", "--framing", framing, "--limits", names],
        );
        expectWhole(result);
        expect(result.delivered).toBe(result.sent);
        expect(result.missingRows).toBe(0);
        expect(Object.keys(result.ratios).sort()).toEqual(names.split(","));
        expect(result.ratio).toBe(result.ratios["inbox"] as number);
        for (const trial of result.trials) {
          expect(trial).toMatchObject({ lost: 0, duplicated: 0, unanswered: 0 });
        }
        const { server, redis, postgres } = result.cpuMicrosPerMessage;
        expect(Math.min(server ?? 0, redis ?? 0, postgres ?? 0)).toBeGreaterThan(0);
        expect(result.durability).toEqual({ fsync: "on", synchronousCommit: "on" });
      },
      PATIENT,
    );
  }

  test.concurrent(
    "direct at a rate: as many are offered as were asked for",
    async () => {
      const result = await measured("direct", "--pairs", "5", "--rate", "200", "--limits", "none");
      expectWhole(result);
      // 0.8 s and the time in which the last of them are awaited.
      expect(result.offered).toBeGreaterThanOrEqual(100);
      expect(result.ratio).toBeUndefined();
    },
    PATIENT,
  );

  test.concurrent(
    "compare: what is not installed is left out, with how to get it",
    async () => {
      const result = await measured("compare", "--pairs", "5", "--limits", "socket.io");
      expectWhole(result);
      const noted = result.notes.some((note) => note.startsWith("socket.io is not installed"));
      expect(noted).toBe(!("socket.io" in result.ratios));
    },
    PATIENT,
  );

  test.concurrent(
    "push: delivered without a row",
    async () => {
      const result = await measured("push", "--pairs", "5");
      expectWhole(result);
      expect(result.delivered).toBe(result.sent);
      const [trial] = result.trials;
      expect(trial).toMatchObject({ subject: "linnet" });
      const rows = (trial as { rows: { before: object; after: object } }).rows;
      expect(rows.after).toEqual(rows.before);
    },
    PATIENT,
  );

  test.concurrent(
    "fanout: each message reaches every member who is online",
    async () => {
      const result = await measured("fanout", "--members", "300", "--window", "2");
      expectWhole(result);
      for (const part of Object.values(result.parts ?? {})) {
        expect(part.delivered).toBe(part.sent * (Number(part.parameters["online"]) - 1));
      }
    },
    PATIENT,
  );

  test.concurrent(
    "mixed: sizes, groups, people away and reads together",
    async () => {
      const result = await measured("mixed", "--pairs", "20", "--rate", "200");
      expectWhole(result);
      expect(result.delivered).toBeLessThan(result.sent);
      expect(result.missingRows).toBe(0);
    },
    PATIENT,
  );
});

describe("a scenario without traffic counts what it is about", () => {
  test.concurrent(
    "idle: connections stand until they are released",
    async () => {
      const result = await measured("idle", "--connections", "200");
      expect(result.trials.map((trial) => trial.subject)).toEqual(["linnet", "relay"]);
      for (const trial of result.trials)
        expect(trial).toMatchObject({ connections: 200, closed: 0 });
    },
    PATIENT,
  );

  test.concurrent(
    "sync: every missed event comes, without a hole",
    async () => {
      const result = await measured("sync", "--missed", "700");
      expect(result.lost).toBe(0);
      expect(result.delivered).toBeGreaterThanOrEqual(20 * 700);
    },
    PATIENT,
  );

  test.concurrent(
    "storm: all come back and get what they missed",
    async () => {
      const result = await measured("storm", "--connections", "50");
      expect(result.lost).toBe(0);
      expect(result.delivered).toBeGreaterThanOrEqual(50 * 20);
    },
    PATIENT,
  );

  test.concurrent(
    "micro: a figure for each part",
    async () => {
      const micro = await measured("micro");
      expect(Object.values(micro.figures ?? {}).every((value) => Number(value) > 0)).toBe(true);
    },
    PATIENT,
  );

  test.concurrent(
    "limits: each program does the whole work",
    async () => {
      const limits = await measured("limits", "--pairs", "5");
      expect(limits.lost + limits.duplicated).toBe(0);
      expect(limits.parts?.["pairs"]?.limits["floor"]?.perSecond).toBeGreaterThan(0);
    },
    PATIENT,
  );

  test.concurrent(
    "scale: at each point every message is counted, beside those who stand there",
    async () => {
      const result = await measured(
        ...["scale", "--curves", "connections,conversations,processes", "--pairs", "5"],
        ...["--connections", "20", "--conversations", "450"],
      );
      expectWhole(result);
      const { ratios, ...points } = result.parts ?? {};
      expect(Object.keys(points)).toEqual([
        ...["capacity", "10 connections", "20 connections"],
        // More than there are users: each has several.
        ...["100 conversations", "450 conversations"],
        ...["1 process", "1 gateway, 1 worker", "2 gateways, 1 worker"],
      ]);
      for (const point of Object.values(points)) {
        expectWhole(point);
        expect(point.delivered).toBe(point.sent);
        expect(point.missingRows).toBe(0);
      }
      const { "connections lost meanwhile": lost, ...compared } = result.figures ?? {};
      expect(lost).toBe(0);
      expect(Object.keys(compared)).toHaveLength(7);
      expect(Object.values(compared).every((ratio) => Number(ratio) > 0)).toBe(true);
      expect(ratios?.figures).toEqual(result.figures);
    },
    PATIENT,
  );
});

describe("against a deployment that stands", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  const at = () => ["--url", server.url, "--app-key", APP_KEY];

  test.concurrent(
    "nothing is started, and messages below its limits are counted",
    async () => {
      const result = await measured("direct", ...at(), "--pairs", "5", "--rate", "50");
      expectWhole(result);
      expect(result.ratios).toEqual({});
    },
    PATIENT,
  );

  test.concurrent(
    "a limit for clients ends the run and is named",
    async () => {
      // At a rate: however slow all of it is, more is offered than a user may send.
      const offered = ["--pairs", "5", "--rate", "5000"];
      const { code, err } = await bench("direct", ...at(), ...offered, ...BRIEF);
      expect(code).toBe(1);
      expect(err).toContain("LINNET_MESSAGES_PER_SECOND");
    },
    PATIENT,
  );
});
