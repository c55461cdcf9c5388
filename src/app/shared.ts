/** What all roles of a process share, made once. */
import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";
import { Registry } from "prom-client";
import { systemClock } from "../base/clock.ts";
import { KeyedHash } from "../base/hash.ts";
import { createLog } from "../base/log.ts";
import { OutgoingHttp } from "../base/outgoing-http.ts";
import { Tokens } from "../base/token.ts";
import { Access } from "../filter/access.ts";
import { openPool } from "../postgres/client.ts";
import type { DatabaseSettings } from "../postgres/settings.ts";
import { openRedis } from "../redis/client.ts";
import { type Config, ConfigError } from "./config.ts";

export type SharedParts = ReturnType<typeof shareParts>;

/** The settings come from Postgres, once it is there. */
export type Shared = SharedParts & { settings: DatabaseSettings };

export function shareParts(config: Config) {
  const { values } = config;
  const certificates = readCertificates(values.LINNET_OUTGOING_CERTIFICATES);
  const gatewayId = Buffer.from(crypto.getRandomValues(new Uint8Array(6))).toString("hex");
  const log = createLog(values.LINNET_LOG_LEVEL, gatewayId);
  const seed = crypto.getRandomValues(new Int32Array(1))[0] as number;
  const accessLimits = {
    grantSlots: values.LINNET_GRANT_SLOTS,
    userEntries: values.LINNET_USER_ENTRIES,
    strangerMessages: values.LINNET_STRANGER_MESSAGES,
  };
  return {
    config,
    gatewayId,
    log,
    clock: systemClock,
    registry: new Registry(),
    sql: openPool(
      values.DATABASE_URL,
      "linnet",
      values.LINNET_POOL_CONNECTIONS,
      values.LINNET_QUERY_MS,
    ),
    redis: openRedis(values.REDIS_URL, `linnet-${gatewayId}`, log),
    outgoing: new OutgoingHttp({ listed: config.outgoingHosts, certificates }),
    certificates,
    newAccess: () => new Access(systemClock, accessLimits, seed),
  };
}

/** What outgoing connections trust, where it is more than usual. */
function readCertificates(file: string): string[] | undefined {
  if (file === "") return undefined;
  try {
    return [...rootCertificates, readFileSync(file, "utf8")];
  } catch (error) {
    throw new ConfigError(`LINNET_OUTGOING_CERTIFICATES: ${String(error)}`);
  }
}

export function tokensOf(shared: Shared): Tokens {
  const { config, settings } = shared;
  const own = { id: "db", secret: settings.tokenKey };
  return new Tokens(config.tokenKeys.length > 0 ? config.tokenKeys : [own]);
}

export function keyedHash(shared: Shared): KeyedHash {
  return new KeyedHash(shared.settings.dedupeSeed);
}
