// The configuration: what is not known, not possible or contradicts itself is refused by name.
import { expect, test } from "bun:test";
import { ConfigError, readConfig } from "../../../src/app/config.ts";
import { SETTINGS } from "../../../src/app/settings.ts";

const LEAST = {
  DATABASE_URL: "postgres://localhost/linnet",
  REDIS_URL: "redis://localhost",
  LINNET_APP_KEY: "a-key",
};

function refusalOf(given: Record<string, string>, roles?: string): string {
  try {
    readConfig({ ...LEAST, ...given }, roles);
    return "taken";
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message;
  }
}

test("the addresses and the key are enough; the rest has its defaults", () => {
  const { values, roles, tokenKeys } = readConfig({ ...LEAST, PATH: "/bin", HOME: "/" });
  expect(values.LINNET_PORT).toBe(9688);
  expect([...roles]).toEqual(["gateway", "worker", "api"]);
  expect(tokenKeys).toEqual([]);
  expect(Object.isFrozen(values)).toBe(true);
});

test.each(Object.keys(LEAST))("%s is required", (name) => {
  expect(refusalOf({ [name]: "" })).toStartWith(`${name} is required`);
  expect(refusalOf({ [name]: "  " })).toStartWith(`${name} is required`);
});

test("a setting that nobody knows is refused, a variable of others is not", () => {
  expect(refusalOf({ LINNET_PROT: "1" })).toStartWith("LINNET_PROT is not a setting");
  expect(refusalOf({ LINNET_URL: "http://localhost", OTHER_PROT: "1" })).toBe("taken");
});

const numbers = Object.entries(SETTINGS).flatMap(([name, setting]) =>
  setting.kind === "number" ? [[name, setting] as const] : [],
);

test.each(numbers)("%s is a whole number in its range", (name, { min, max }) => {
  for (const wrong of [`${min - 1}`, `${max + 1}`, `${min}.5`, "many", "1e999", "NaN"]) {
    expect(refusalOf({ [name]: wrong })).toStartWith(`${name} is a whole number from ${min} to`);
  }
  // In its range it is taken, or contradicts another setting: never out of range.
  for (const right of [min, max]) {
    expect(refusalOf({ [name]: `${right}` })).not.toContain("is a whole number");
  }
});

test.each([
  ["LINNET_TEXT_BYTES", "LINNET_CONTENT_BYTES", { LINNET_TEXT_BYTES: "102401" }],
  ["LINNET_CONTENT_BYTES", "LINNET_FRAME_BYTES", { LINNET_FRAME_BYTES: "102399" }],
  [
    "LINNET_CONTENT_BYTES",
    "LINNET_ENTRY_BYTES",
    { LINNET_CONTENT_BYTES: "65537", LINNET_ENTRY_BYTES: "65536" },
  ],
  ["LINNET_SLOW_BYTES", "LINNET_BACKLOG_BYTES", { LINNET_SLOW_BYTES: "2097153" }],
  ["LINNET_FRAME_BYTES", "LINNET_BACKLOG_BYTES", { LINNET_FRAME_BYTES: "2097153" }],
  ["LINNET_MESSAGES_PER_SECOND", "LINNET_MESSAGES_BURST", { LINNET_MESSAGES_BURST: "49" }],
  ["LINNET_CONNECTS_PER_SECOND", "LINNET_CONNECTS_BURST", { LINNET_CONNECTS_BURST: "99" }],
  [
    "LINNET_FAN_OUT_MEMBERS",
    "LINNET_BATCH_ROWS",
    { LINNET_FAN_OUT_MEMBERS: "501", LINNET_BATCH_ROWS: "500" },
  ],
])("%s may not be above %s", (low, high, given) => {
  const refusal = refusalOf(given);
  expect(refusal).toStartWith(`${low} (`);
  expect(refusal).toContain(`must not be above ${high} (`);
});

test.each(["LINNET_PENDING_MAX", "LINNET_GRANT_SLOTS"])("%s is a power of two", (name) => {
  expect(refusalOf({ [name]: "4095" })).toBe(`${name} must be a power of two`);
  expect(refusalOf({ [name]: "4096" })).toBe("taken");
});

test("roles: those that are known, and the command line wins", () => {
  const roles = (text: string | undefined) => [...readConfig(LEAST, text).roles];
  expect(roles("worker")).toEqual(["worker"]);
  expect(roles("api, gateway")).toEqual(["api", "gateway"]);
  expect(refusalOf({ LINNET_ROLES: "worker" }, "writer")).toStartWith('LINNET_ROLES: "writer"');
  expect(refusalOf({ LINNET_ROLES: "worker," })).toStartWith('LINNET_ROLES: ""');
});

test("token keys: an id and a long secret each, the refusal shows no secret", () => {
  const secret = "s".repeat(32);
  const { tokenKeys } = readConfig({ ...LEAST, LINNET_TOKEN_KEYS: `new:${secret},old:${secret}` });
  expect(tokenKeys.map((key) => key.id)).toEqual(["new", "old"]);
  for (const wrong of ["new", `:${secret}`, `new:${secret.slice(1)}`, `new:${secret},`]) {
    const refusal = refusalOf({ LINNET_TOKEN_KEYS: wrong });
    expect(refusal).toStartWith("LINNET_TOKEN_KEYS is id:secret");
    expect(refusal).not.toContain("ssss");
  }
});
