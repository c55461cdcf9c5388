// The table of revocations has a bound, and beyond it refuses more, never less.
import { expect, test } from "bun:test";
import type { TokenClaims } from "../../../src/base/token.ts";
import { Revocations } from "../../../src/gateway/revocations.ts";

const DAY_MS = 24 * 3600 * 1000;
const claims = (uid: number, issuedMs: number): TokenClaims => {
  const iat = issuedMs / 1000;
  return { sub: String(uid), uid, dev: "", iat, exp: iat + 2_592_000 };
};

test("what was issued until then is refused, to the millisecond", () => {
  const revocations = new Revocations(10);
  const untilMs = 1_795_302_444_698;
  revocations.add({ userId: 1, device: "", untilMs, bannedUntilMs: 0 });
  for (let ms = untilMs - 500; ms <= untilMs; ms++) {
    expect(revocations.refuses(claims(1, ms), "im_web")).toBe(true);
    expect(revocations.refuses(claims(1, ms + 501), "im_web")).toBe(false);
  }
  expect(revocations.refuses(claims(11, untilMs), "im_web")).toBe(false);
  revocations.add({ userId: 1, device: "", untilMs: untilMs - 5000, bannedUntilMs: 0 });
  expect(revocations.refuses(claims(1, untilMs), "im_web")).toBe(true);
});

test("the table stays bounded; a token that it has forgotten about is refused for its age", () => {
  const revocations = new Revocations(100);
  for (let i = 0; i < 250; i++) {
    revocations.add({ userId: i, device: "", untilMs: 1_000_000 + i, bannedUntilMs: 0 });
  }
  expect(revocations.size).toBe(100);
  for (let i = 0; i < 250; i++) {
    expect(revocations.refuses(claims(i, 1_000_000 + i), "im_web")).toBe(true);
    expect(revocations.refuses(claims(i, 1_000_300), "im_web")).toBe(false);
  }
});

test("what is older than any token is forgotten, and refuses nobody", () => {
  const revocations = new Revocations(100);
  revocations.add({ userId: 1, device: "", untilMs: 100 * DAY_MS, bannedUntilMs: 0 });
  revocations.add({ userId: 2, device: "im_web", untilMs: 131 * DAY_MS, bannedUntilMs: 0 });
  expect(revocations.size).toBe(1);
  expect(revocations.refuses(claims(3, 101 * DAY_MS), "im_web")).toBe(false);
  expect(revocations.refuses(claims(2, 101 * DAY_MS), "im_web")).toBe(true);
  expect(revocations.refuses(claims(2, 101 * DAY_MS), "im_app_ios")).toBe(false);
});
