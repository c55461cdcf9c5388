/** The providers of offline pushes that the settings name. */
import { readFileSync } from "node:fs";
import { ApnsPush } from "../notify/push-apns.ts";
import { type FcmAccount, FcmPush } from "../notify/push-fcm.ts";
import type { PushProvider } from "../notify/push-note.ts";
import { webPush } from "../notify/push-web.ts";
import { webhookPush } from "../notify/push-webhook.ts";
import type { ProviderName } from "../store/push-tokens.ts";
import { type Config, ConfigError } from "./config.ts";
import type { Shared } from "./shared.ts";

/** The setting that turns a provider on. */
const TURNED_ON_BY = {
  webhook: "LINNET_PUSH_WEBHOOK_URL",
  fcm: "LINNET_FCM_CREDENTIALS",
  apns: "LINNET_APNS_KEY",
  webpush: "LINNET_VAPID_PUBLIC_KEY",
} as const satisfies Record<ProviderName, keyof Config["values"]>;

/** Whether there is anybody to push by: else nothing has to be known about who has what. */
export function hasProviders({ values }: Config): boolean {
  return Object.values(TURNED_ON_BY).some((name) => values[name] !== "");
}

/** Empty where no provider is set: then nothing is kept for pushes. Throws ConfigError. */
export function composeProviders(shared: Shared): Map<ProviderName, PushProvider> {
  const { config, outgoing, clock, certificates } = shared;
  const { values } = config;
  const providers = new Map<ProviderName, PushProvider>();
  if (values[TURNED_ON_BY.webhook] !== "") {
    const secret = required(values.LINNET_PUSH_WEBHOOK_SECRET, "LINNET_PUSH_WEBHOOK_SECRET");
    const url = values.LINNET_PUSH_WEBHOOK_URL;
    providers.set("webhook", webhookPush({ outgoing, clock, url, secret }));
  }
  if (values[TURNED_ON_BY.fcm] !== "") {
    const account = fcmAccount(values.LINNET_FCM_CREDENTIALS);
    providers.set("fcm", new FcmPush({ outgoing, clock, account, url: values.LINNET_FCM_URL }));
  }
  if (values[TURNED_ON_BY.apns] !== "") {
    const account = {
      key: readSetting("LINNET_APNS_KEY", values.LINNET_APNS_KEY),
      keyId: required(values.LINNET_APNS_KEY_ID, "LINNET_APNS_KEY_ID"),
      teamId: required(values.LINNET_APNS_TEAM_ID, "LINNET_APNS_TEAM_ID"),
      app: required(values.LINNET_APNS_APP, "LINNET_APNS_APP"),
      url: values.LINNET_APNS_URL,
      certificates,
    };
    providers.set("apns", new ApnsPush(clock, account));
  }
  if (values[TURNED_ON_BY.webpush] !== "") {
    const vapid = {
      publicKey: values.LINNET_VAPID_PUBLIC_KEY,
      privateKey: required(values.LINNET_VAPID_PRIVATE_KEY, "LINNET_VAPID_PRIVATE_KEY"),
      subject: required(values.LINNET_VAPID_SUBJECT, "LINNET_VAPID_SUBJECT"),
    };
    providers.set("webpush", webPush(outgoing, vapid));
  }
  return providers;
}

function fcmAccount(file: string): FcmAccount {
  const name = "LINNET_FCM_CREDENTIALS";
  const read = JSON.parse(readSetting(name, file)) as Record<string, unknown>;
  const text = (field: string) => {
    const value = read[field];
    if (typeof value === "string") return value;
    throw new ConfigError(`${name}: the file has no ${field}`);
  };
  return {
    projectId: text("project_id"),
    clientEmail: text("client_email"),
    privateKey: text("private_key"),
    tokenUrl: text("token_uri"),
  };
}

function readSetting(name: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ConfigError(`${name}: ${String(error)}`);
  }
}

function required(value: string, name: string): string {
  if (value !== "") return value;
  throw new ConfigError(`${name} is required by the other settings of its provider`);
}
