/**
 * The configuration: read once from the environment into a frozen object, or refused in a sentence.
 */
import type { BlockList } from "node:net";
import { readNetworks } from "../base/address.ts";
import { type ListedHosts, readListedHosts } from "../base/public-address.ts";
import type { TokenKey } from "../base/token.ts";
import { EVENTS } from "../notify/outbox-rows.ts";
import { SENSITIVE_POLICIES, type SensitivePolicy } from "../filter/sensitive-words.ts";
import { SETTINGS, type Setting, type SettingName } from "./settings.ts";

export const ROLES = ["gateway", "worker", "api"] as const;
export type Role = (typeof ROLES)[number];

type Values = {
  readonly [Name in SettingName]: (typeof SETTINGS)[Name] extends { kind: "number" }
    ? number
    : string;
};

export interface Config {
  readonly values: Values;
  readonly roles: ReadonlySet<Role>;
  /** "": no administration over HTTP. */
  readonly adminKey: string;
  readonly sensitive: SensitivePolicy;
  readonly spam: SensitivePolicy;
  /** Empty: a key made once in Postgres. */
  readonly tokenKeys: readonly TokenKey[];
  /** Empty: pages of all origins may connect. */
  readonly origins: ReadonlySet<string>;
  readonly trustedProxies: BlockList;
  /** What outgoing requests may reach though private. */
  readonly outgoingHosts: ListedHosts;
  /** Names of the events that the host application is told of. */
  readonly webhookEvents: ReadonlySet<string>;
  /** Where `control.callback` of a message may lead: these and what lies below them. */
  readonly callbackUrls: readonly URL[];
}

/** Every sentence names the variable. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** `roles` from the command line win over the environment. Throws ConfigError. */
export function readConfig(
  given: Readonly<Record<string, string | undefined>>,
  roles?: string,
): Config {
  refuseUnknown(given);
  const entries = Object.entries(SETTINGS).map(([name, setting]) => [
    name,
    read(name, setting, given[name]),
  ]);
  const values = Object.freeze(Object.fromEntries(entries)) as Values;
  assertRelations(values);
  assertHooks(values);
  return Object.freeze({
    values,
    roles: readRoles(roles ?? values.LINNET_ROLES),
    adminKey: readAdminKey(values),
    sensitive: readPolicy("LINNET_SENSITIVE", values.LINNET_SENSITIVE),
    spam: readPolicy("LINNET_SPAM", values.LINNET_SPAM),
    tokenKeys: readTokenKeys(values.LINNET_TOKEN_KEYS),
    origins: readOrigins(values.LINNET_ORIGINS),
    trustedProxies: readProxies(values.LINNET_TRUSTED_PROXIES),
    callbackUrls: readUrls(values.LINNET_CALLBACK_URLS),
    webhookEvents: readEvents(values.LINNET_WEBHOOK_EVENTS),
    outgoingHosts: readOutgoingHosts(values.LINNET_OUTGOING_HOSTS),
  });
}

/** The process's own environment; the one place that reads it. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/** Variables that tools beside the server read. */
const OTHERS: ReadonlySet<string> = new Set(["LINNET_URL"]);

function refuseUnknown(given: Readonly<Record<string, string | undefined>>): void {
  for (const name of Object.keys(given)) {
    if (!name.startsWith("LINNET_") || name in SETTINGS || OTHERS.has(name)) continue;
    throw new ConfigError(`${name} is not a setting of Linnet; docs/configuration.md lists them`);
  }
}

function read(name: string, setting: Setting, given: string | undefined): number | string {
  const text = given?.trim() ?? "";
  if (setting.kind === "text") {
    if (text !== "") return text;
    if (setting.required) throw new ConfigError(`${name} is required: ${setting.what}`);
    return setting.default ?? "";
  }
  if (text === "") return setting.default;
  const value = Number(text);
  if (!Number.isInteger(value) || value < setting.min || value > setting.max) {
    const range = `a whole number from ${setting.min} to ${setting.max} (${setting.unit})`;
    throw new ConfigError(`${name} is ${range}, not "${text}"`);
  }
  return value;
}

function readRoles(text: string): ReadonlySet<Role> {
  const roles = new Set<Role>();
  for (const name of text.split(",")) {
    const role = ROLES.find((known) => known === name.trim());
    if (role === undefined) {
      throw new ConfigError(`LINNET_ROLES: "${name}" is none of ${ROLES.join(", ")}`);
    }
    roles.add(role);
  }
  return roles;
}

const SECRET_CHARACTERS_MIN = 32;

function readTokenKeys(text: string): TokenKey[] {
  if (text === "") return [];
  return text.split(",").map((part) => {
    const [id, secret] = part.split(":");
    if (!id || secret === undefined || secret.length < SECRET_CHARACTERS_MIN) {
      throw new ConfigError(
        "LINNET_TOKEN_KEYS is id:secret joined by commas, " +
          `a secret has ${SECRET_CHARACTERS_MIN} characters or more`,
      );
    }
    return { id, secret };
  });
}

function readPolicy(name: SettingName, text: string): SensitivePolicy {
  const policy = SENSITIVE_POLICIES.find((known) => known === text);
  if (policy !== undefined) return policy;
  throw new ConfigError(`${name}: "${text}" is none of ${SENSITIVE_POLICIES.join(", ")}`);
}

function readAdminKey({ LINNET_ADMIN_KEY: key, LINNET_APP_KEY: appKey }: Values): string {
  if (key !== "" && key.length < SECRET_CHARACTERS_MIN) {
    throw new ConfigError(`LINNET_ADMIN_KEY has ${SECRET_CHARACTERS_MIN} characters or more`);
  }
  if (key !== "" && key === appKey) {
    throw new ConfigError("LINNET_ADMIN_KEY must not be LINNET_APP_KEY: the application may less");
  }
  return key;
}

function readOrigins(text: string): ReadonlySet<string> {
  const origins = text
    .split(",")
    .map((part) => part.trim().toLowerCase())
    .filter((part) => part !== "");
  for (const origin of origins) {
    if (URL.canParse(origin) && new URL(origin).origin === origin) continue;
    throw new ConfigError(`LINNET_ORIGINS: "${origin}" is no origin as https://chat.example is`);
  }
  return new Set(origins);
}

function readProxies(text: string): BlockList {
  const networks = readNetworks(text);
  if (networks !== undefined) return networks;
  throw new ConfigError(`LINNET_TRUSTED_PROXIES: "${text}" is no list of networks as 10.0.0.0/8`);
}

function readOutgoingHosts(text: string): ListedHosts {
  const hosts = readListedHosts(text);
  if (hosts !== undefined) return hosts;
  throw new ConfigError(`LINNET_OUTGOING_HOSTS: "${text}" is no list of names and networks`);
}

function readEvents(text: string): ReadonlySet<string> {
  if (text === "") return new Set(EVENTS);
  const names = text.split(",").map((part) => part.trim());
  const known: readonly string[] = EVENTS;
  for (const name of names) {
    if (known.includes(name)) continue;
    throw new ConfigError(`LINNET_WEBHOOK_EVENTS: "${name}" is none of ${EVENTS.join(", ")}`);
  }
  return new Set(names);
}

function readUrls(text: string): URL[] {
  const parts = text.split(",").map((part) => part.trim());
  return parts
    .filter((part) => part !== "")
    .map((part) => {
      const url = URL.parse(part);
      if (url !== null && /^https?:$/.test(url.protocol)) return url;
      throw new ConfigError(`LINNET_CALLBACK_URLS: "${part}" is no URL of https or http`);
    });
}

/** What is posted is signed: without a key nobody could tell whose it is. */
function assertHooks(values: Values): void {
  const { LINNET_WEBHOOK_SECRET: secret, LINNET_BEFORE_SEND_FAIL: fail } = values;
  if (fail !== "open" && fail !== "closed") {
    throw new ConfigError(`LINNET_BEFORE_SEND_FAIL is open or closed, not "${fail}"`);
  }
  const names = ["LINNET_WEBHOOK_URL", "LINNET_BEFORE_SEND_URL"] as const;
  const given = names.filter((name) => values[name] !== "");
  if (given.length === 0) return;
  for (const name of given) {
    if (/^https?:/.test(values[name]) && URL.canParse(values[name])) continue;
    throw new ConfigError(`${name}: "${values[name]}" is no URL of https or http`);
  }
  if (secret.length < SECRET_CHARACTERS_MIN) {
    throw new ConfigError(
      `${given[0]} takes a LINNET_WEBHOOK_SECRET of ${SECRET_CHARACTERS_MIN} characters`,
    );
  }
}

/** Relations between limits: what contradicts itself doesn't start. */
function assertRelations(values: Values): void {
  const below = (low: SettingName, high: SettingName): void => {
    if ((values[low] as number) <= (values[high] as number)) return;
    throw new ConfigError(`${low} (${values[low]}) must not be above ${high} (${values[high]})`);
  };
  below("LINNET_TEXT_BYTES", "LINNET_CONTENT_BYTES");
  below("LINNET_CONTENT_BYTES", "LINNET_FRAME_BYTES");
  below("LINNET_CONTENT_BYTES", "LINNET_ENTRY_BYTES");
  below("LINNET_ENTRY_BYTES", "LINNET_STREAM_BYTES");
  below("LINNET_SLOW_BYTES", "LINNET_BACKLOG_BYTES");
  below("LINNET_FRAME_BYTES", "LINNET_BACKLOG_BYTES");
  below("LINNET_MESSAGES_PER_SECOND", "LINNET_MESSAGES_BURST");
  below("LINNET_CONNECTS_PER_SECOND", "LINNET_CONNECTS_BURST");
  below("LINNET_USER_MESSAGES_PER_SECOND", "LINNET_USER_MESSAGES_BURST");
  below("LINNET_HTTP_PER_SECOND", "LINNET_HTTP_BURST");
  below("LINNET_ADDRESS_HTTP_PER_SECOND", "LINNET_ADDRESS_HTTP_BURST");
  below("LINNET_FAN_OUT_MEMBERS", "LINNET_BATCH_ROWS");
  for (const name of ["LINNET_PENDING_MAX", "LINNET_GRANT_SLOTS"] as const) {
    const value = values[name];
    if ((value & (value - 1)) !== 0) throw new ConfigError(`${name} must be a power of two`);
  }
}
