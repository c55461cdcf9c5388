// Whose address a request comes from, and what is counted as one.
import { expect, test } from "bun:test";
import { clientAddress, rateKey, readNetworks } from "../../../src/base/address.ts";
import { ConfigError, readConfig } from "../../../src/app/config.ts";

const networks = (text: string) => {
  const read = readNetworks(text);
  if (read === undefined) throw new Error(text);
  return read;
};

test("only a trusted peer is asked, and it is asked from the right", () => {
  const proxies = networks("10.0.0.0/8, 192.0.2.1,fd00::/8");
  const client = (peer: string, header: string | null) => clientAddress(peer, header, proxies);
  expect(client("203.0.113.5", "198.51.100.1")).toBe("203.0.113.5");
  expect(client("10.1.1.1", null)).toBe("10.1.1.1");
  expect(client("10.1.1.1", "198.51.100.1")).toBe("198.51.100.1");
  expect(client("10.1.1.1", "1.1.1.1, 198.51.100.1")).toBe("198.51.100.1");
  expect(client("10.1.1.1", "1.1.1.1,198.51.100.1, 10.2.2.2 ,192.0.2.1")).toBe("198.51.100.1");
  expect(client("10.1.1.1", "10.3.3.3, 10.2.2.2")).toBe("10.3.3.3");
  expect(client("::ffff:10.1.1.1", "::ffff:198.51.100.1")).toBe("198.51.100.1");
  expect(client("fd12::1", "2001:db8::1")).toBe("2001:db8::1");
  expect(client("10.1.1.1", "evil, unknown")).toBe("10.1.1.1");
  expect(client("10.1.1.1", "")).toBe("10.1.1.1");
  expect(client("10.1.1.1", "198.51.100.1:443, 10.2.2.2")).toBe("10.2.2.2");
  expect(client("", "198.51.100.1")).toBe("");
});

test("an IPv6 network of 64 bits is one, however it is written", () => {
  expect(rateKey("198.51.100.1")).toBe("198.51.100.1");
  const key = "2001:db8:0:7::/64";
  const same = ["2001:db8:0:7::1", "2001:0db8:0000:0007:1:2:3:4", "2001:DB8:0:7:ffff::%eth0"];
  for (const address of [...same, "2001:db8::7:1:2:3:4"]) expect(rateKey(address)).toBe(key);
  expect(rateKey("::1")).toBe("0:0:0:0::/64");
  expect(rateKey("::7:1.2.3.4")).toBe("0:0:0:0::/64");
  expect(rateKey("2001:db8:0:8::1")).not.toBe(key);
  expect(rateKey("")).toBe("");
});

test("networks and origins that are none refuse the start", () => {
  for (const text of ["10.0.0.0/33", "10.0.0", "x", "10.0.0.0/", "::/129", "10.0.0.0/8;::1"]) {
    expect(readNetworks(text)).toBeUndefined();
  }
  const needed = { DATABASE_URL: "x", REDIS_URL: "x", LINNET_APP_KEY: "x" };
  const start = (more: Record<string, string>) => readConfig({ ...needed, ...more });
  expect(() => start({ LINNET_TRUSTED_PROXIES: "all" })).toThrow(ConfigError);
  expect(() => start({ LINNET_ORIGINS: "https://a.example/path" })).toThrow(ConfigError);
  expect(() => start({ LINNET_ORIGINS: "chat.example" })).toThrow(ConfigError);
  expect(() => start({ LINNET_ORIGINS: "https://a.example:443" })).toThrow(ConfigError);
  expect(start({ LINNET_ORIGINS: "https://A.example," }).origins).toEqual(
    new Set(["https://a.example"]),
  );
});
