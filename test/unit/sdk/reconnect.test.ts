// When to come back, and whereto.
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { comeback, jitterMs, RECONNECT } from "../../../src/sdk/reconnect.ts";
import { socketUrl } from "../../../src/sdk/socket.ts";
import { CLOSE } from "../../../src/wire/errors.ts";

const half = () => 0.5;

describe("a close code says whether and when to come back", () => {
  test("40xx ends it, with the server's reason or the code's own", () => {
    expect(comeback(4000, "", 0, half)).toEqual({
      stop: true,
      reason: "replaced by a newer login",
    });
    expect(comeback(4001, "signed out", 0, half)).toEqual({ stop: true, reason: "signed out" });
    expect(comeback(4042, "", 0, half)).toEqual({ stop: true, reason: "closed with code 4042" });
    expect(comeback(4099, "", 0, half).stop).toBe(true);
  });

  test("4100 comes back at the moment that the server gave, up to a bound", () => {
    expect(comeback(CLOSE.draining, "0", 7, half)).toEqual({ stop: false, delayMs: 0 });
    expect(comeback(CLOSE.draining, "8000", 7, half)).toEqual({ stop: false, delayMs: 8000 });
    expect(comeback(CLOSE.draining, "1e12", 0, half)).toEqual({
      stop: false,
      delayMs: RECONNECT.drainMaxMs,
    });
  });

  test("4100 without a number in its reason, other 41xx and all else follow the schedule", () => {
    const expected = { stop: false as const, delayMs: 750 };
    for (const code of [4100, 4101, 4102, 4199, 1000, 1001, 1006, 1009, 1011, 3000, 4500]) {
      expect(comeback(code, "", 0, half)).toEqual(expected);
    }
    expect(comeback(4100, "soon", 0, half)).toEqual(expected);
  });

  test("the schedule lies within 0.5 and 20 s, grows, and is spread over all of it", () => {
    fc.assert(
      fc.property(
        fc.nat(2000),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, chance) => {
          const ms = jitterMs(attempt, () => chance, RECONNECT.firstMs, RECONNECT.maxMs);
          expect(ms).toBeGreaterThanOrEqual(500);
          expect(ms).toBeLessThanOrEqual(20_000);
        },
      ),
    );
    const middle = [0, 1, 2, 3, 4, 5, 6].map((attempt) => jitterMs(attempt, half, 500, 20_000));
    expect(middle).toEqual([750, 1250, 2250, 4250, 8250, 10_250, 10_250]);
    expect(jitterMs(9, () => 0, 500, 20_000)).toBe(500);
  });
});

test("the address of the WebSocket follows from the server's", () => {
  expect(socketUrl("http://h:9688", "Bearer a.b", "im_web")).toBe(
    "ws://h:9688/ws?token=a.b&deviceType=im_web",
  );
  expect(socketUrl("https://h/", "t", "im_web")).toBe("wss://h/ws?token=t&deviceType=im_web");
  expect(socketUrl("ws://h:1/im/ws", "t", "im_web")).toBe(
    "ws://h:1/im/ws?token=t&deviceType=im_web",
  );
});
