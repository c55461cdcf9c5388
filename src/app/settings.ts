/** The table of settings: names, defaults, units, bounds. The README's table is made from it. */

export interface NumberSetting {
  kind: "number";
  default: number;
  min: number;
  max: number;
  unit: string;
  what: string;
}

export interface TextSetting {
  kind: "text";
  /** Undefined: required, or absent. */
  default: string | undefined;
  required: boolean;
  unit: string;
  what: string;
}

export type Setting = NumberSetting | TextSetting;

export const SETTINGS = {
  DATABASE_URL: required("address of Postgres, 14 or newer"),
  REDIS_URL: required(
    "address of Redis, 7 or newer; of a cluster: redis+cluster://host:port,host:port",
  ),
  LINNET_APP_KEY: required("the key that the host application's server shows"),
  LINNET_ADMIN_KEY: text(
    undefined,
    "the key of administration under /openapi/v1/admin, 32 characters or more; else it is off",
  ),
  LINNET_HOST: text("0.0.0.0", "address to listen at"),
  LINNET_PORT: number(9688, 0, 65535, "port", "port to listen at; 0 takes a free one"),
  LINNET_ADMIN_HOST: text("127.0.0.1", "address of this process's own health and metrics"),
  LINNET_ADMIN_PORT: number(
    0,
    0,
    65535,
    "port",
    "of its own health and metrics; 0 takes a free one",
  ),
  LINNET_ROLES: text("gateway,worker,api", "what this process does: gateway, worker, api"),
  LINNET_TOKEN_KEYS: text(
    undefined,
    "keys that sign tokens, id:secret joined by commas, the first signs; else one from Postgres",
  ),
  LINNET_ORIGINS: text(
    undefined,
    "pages that may connect, such as https://chat.example, joined by commas; else all",
  ),
  LINNET_TRUSTED_PROXIES: text(
    undefined,
    "networks whose X-Forwarded-For is believed, such as 10.0.0.0/8, joined by commas",
  ),
  LINNET_ASK_SECRET: text(
    undefined,
    "key that signs what webhooks of custom conversations are asked; else LINNET_APP_KEY",
  ),
  LINNET_OUTGOING_HOSTS: text(
    undefined,
    "hosts and networks that webhooks and callbacks may reach though private or without TLS, " +
      "such as hooks.internal,10.1.0.0/16, joined by commas",
  ),
  LINNET_OUTGOING_CERTIFICATES: text(
    undefined,
    "file of certificates (PEM) trusted on outgoing connections besides the usual ones",
  ),
  LINNET_WEBHOOK_URL: text(
    undefined,
    "where the host application is told of events; else nobody is",
  ),
  LINNET_WEBHOOK_SECRET: text(undefined, "key that signs what is posted to the host application"),
  LINNET_WEBHOOK_EVENTS: text(undefined, "the events that are told, joined by commas; else all"),
  LINNET_WEBHOOK_TIMEOUT_MS: number(
    5000,
    100,
    30_000,
    "ms",
    "that one posting of an event may take",
  ),
  LINNET_WEBHOOK_ATTEMPTS: number(12, 1, 100, "attempts", "before an event is given up"),
  LINNET_SENSITIVE: text(
    "asked",
    "which messages are looked at for sensitive words: off, asked (by control.security), always",
  ),
  LINNET_SPAM_URL: text(undefined, "where messages are posted to for a spam score"),
  LINNET_SPAM: text("asked", "which messages: off, asked (by control.security), always"),
  LINNET_SPAM_SCORE: number(80, 0, 1000, "score", "above which a message is refused"),
  LINNET_SPAM_TIMEOUT_MS: number(1000, 50, 5000, "ms", "that this may take; then it is let pass"),
  LINNET_SIGN_KEY: text(
    undefined,
    "key by which control.security.sign is verified; else it is only carried",
  ),
  LINNET_BEFORE_SEND_URL: text(undefined, "where each message is asked about before it is taken"),
  LINNET_BEFORE_SEND_TIMEOUT_MS: number(1000, 50, 5000, "ms", "that this may take"),
  LINNET_BEFORE_SEND_FAIL: text(
    "closed",
    "what becomes of a message that could not be asked about: open takes it, closed refuses it",
  ),
  LINNET_CALLBACK_URLS: text(
    undefined,
    "where control.callback of a message may lead, with all below, joined by commas; else nowhere",
  ),
  LINNET_OUTBOX_HOURS: number(72, 1, 720, "h", "after which an event that waits is given up"),
  LINNET_PUSH_AFTER_MS: number(
    5000,
    100,
    600_000,
    "ms",
    "without a receipt, before an offline push",
  ),
  LINNET_PUSH_WEBHOOK_URL: text(undefined, "where offline pushes to webhook tokens are posted"),
  LINNET_PUSH_WEBHOOK_SECRET: text(undefined, "key that signs those"),
  LINNET_FCM_CREDENTIALS: text(undefined, "file of the service account's key (JSON) for FCM"),
  LINNET_FCM_URL: text("https://fcm.googleapis.com", "address of FCM"),
  LINNET_APNS_KEY: text(undefined, "file of the signing key (p8) for APNs"),
  LINNET_APNS_KEY_ID: text(undefined, "id of that key"),
  LINNET_APNS_TEAM_ID: text(undefined, "id of the team that it belongs to"),
  LINNET_APNS_APP: text(undefined, "bundle id of the app, where a token names none"),
  LINNET_APNS_URL: text("https://api.push.apple.com", "address of APNs"),
  LINNET_VAPID_PUBLIC_KEY: text(undefined, "public key of Web Push, base64url"),
  LINNET_VAPID_PRIVATE_KEY: text(undefined, "private key of Web Push, base64url"),
  LINNET_VAPID_SUBJECT: text(undefined, "whom Web Push services may ask: mailto: or https:"),
  LINNET_LOG_LEVEL: text("info", "fatal, error, warn, info, debug, trace or silent"),
  LINNET_CONNECTIONS_MAX: number(20_000, 1, 1_000_000, "connections", "of one gateway"),
  LINNET_MESSAGES_PER_SECOND: number(50, 1, 1e9, "frames/s", "of one connection"),
  LINNET_MESSAGES_BURST: number(100, 1, 1e9, "frames", "of one connection at once"),
  LINNET_USER_MESSAGES_PER_SECOND: number(
    0,
    0,
    1e9,
    "frames/s",
    "of one user at a gateway; 0: twice those of a connection",
  ),
  LINNET_USER_MESSAGES_BURST: number(0, 0, 1e9, "frames", "the same at once"),
  LINNET_SIGNALS_PER_SECOND: number(
    20,
    1,
    1e9,
    "frames/s",
    "of one connection: presence, typing, calls; counted beside its other frames",
  ),
  LINNET_SIGNALS_BURST: number(100, 1, 1e9, "frames", "the same at once"),
  LINNET_SIGNAL_MEMBERS: number(200, 2, 1000, "members", "of a conversation that hears of typing"),
  LINNET_CONNECTS_PER_SECOND: number(100, 1, 1e9, "connections/s", "new ones of one address"),
  LINNET_CONNECTS_BURST: number(200, 1, 1e9, "connections", "new ones of one address at once"),
  LINNET_HTTP_PER_SECOND: number(100, 1, 1e9, "calls/s", "of one user by his token"),
  LINNET_HTTP_BURST: number(200, 1, 1e9, "calls", "of one user by his token at once"),
  LINNET_ADDRESS_HTTP_PER_SECOND: number(500, 1, 1e9, "calls/s", "of one address, no app key"),
  LINNET_ADDRESS_HTTP_BURST: number(1000, 1, 1e9, "calls", "of one address, no app key, at once"),
  LINNET_REVOCATIONS_MAX: number(
    100_000,
    100,
    1e7,
    "revocations",
    "in memory; beyond, all tokens as old as the oldest are refused",
  ),
  LINNET_TEXT_BYTES: number(10_240, 1, 1 << 20, "bytes", "content.text in UTF-8"),
  LINNET_CONTENT_BYTES: number(102_400, 1, 1 << 20, "bytes", "content as protobuf"),
  LINNET_FRAME_BYTES: number(1 << 20, 1024, 16 << 20, "bytes", "one frame or HTTP body"),
  LINNET_SLOW_BYTES: number(256 << 10, 1024, 64 << 20, "bytes", "unsent, before pull mode"),
  LINNET_BACKLOG_BYTES: number(2 << 20, 1024, 256 << 20, "bytes", "unsent, before frames drop"),
  LINNET_WAITING_FRAMES: number(128, 1, 65_536, "frames", "of a connection that wait their turn"),
  LINNET_HEARTBEAT_MS: number(30_000, 1000, 60_000, "ms", "between a client's heartbeats"),
  LINNET_AUDIT_SECONDS: number(50, 1, 3600, "s", "between audits of all connections"),
  LINNET_LEASE_MS: number(15_000, 3000, 600_000, "ms", "that a gateway lives without renewal"),
  LINNET_ANSWER_MS: number(10_000, 100, 60_000, "ms", "until a request is answered 504"),
  LINNET_BUSY_MS: number(2000, 50, 60_000, "ms", "that the next request waits, before 503"),
  LINNET_PENDING_MAX: number(65_536, 64, 1 << 22, "requests", "under way; a power of two"),
  LINNET_STRANGER_MESSAGES: number(3, 0, 15, "messages", "of a stranger before the answer"),
  LINNET_RECALL_SECONDS: number(120, 0, 1e9, "s", "in which senders may take messages back"),
  LINNET_EDIT_SECONDS: number(86_400, 0, 1e9, "s", "in which senders may edit messages"),
  LINNET_FRIEND_REQUESTS_OPEN: number(100, 1, 10_000, "requests", "of a user, not yet answered"),
  LINNET_FRIEND_REQUESTS_DAILY: number(200, 1, 10_000, "requests", "of a user in 24 hours"),
  LINNET_FRIEND_REQUEST_DAYS: number(30, 1, 3650, "days", "until a friend request expires"),
  LINNET_RELATIONS_MAX: number(10_000, 1, 1e6, "users", "that a user knows as friend or blocked"),
  LINNET_FAN_OUT_MEMBERS: number(200, 2, 1000, "members", "of a group before it turns wide"),
  LINNET_GROUP_MEMBERS: number(10_000, 2, 1e6, "members", "of a GROUP at most"),
  LINNET_MILLION_GROUP_MEMBERS: number(1e6, 2, 1e8, "members", "of a MILLION_GROUP at most"),
  LINNET_GROUP_ADMINISTRATORS: number(20, 0, 500, "members", "of a group beside the owner"),
  LINNET_GROUPS_PER_DAY: number(500, 1, 1e6, "groups", "that a user makes within 24 hours"),
  LINNET_GROUPS_OWNED: number(2000, 1, 1e6, "groups", "that a user owns at once"),
  LINNET_GROUP_NOTICES: number(
    0,
    0,
    1,
    "switch",
    "1: changes of narrow groups are messages of the system too",
  ),
  LINNET_RECENT_EVENTS: number(50, 0, 500, "events", "that who joins a chatroom is given"),
  LINNET_BATCH_ROWS: number(5000, 500, 20_000, "rows", "written by one statement"),
  LINNET_BATCH_BYTES: number(4 << 20, 1 << 20, 64 << 20, "bytes", "written by one statement"),
  LINNET_GATHER_MS: number(2, 0, 100, "ms", "between appends under load"),
  LINNET_ENTRY_RECORDS: number(1000, 1, 10_000, "records", "in one stream entry"),
  LINNET_ENTRY_BYTES: number(1 << 20, 1 << 16, 16 << 20, "bytes", "in one stream entry"),
  LINNET_STREAM_ENTRIES: number(100_000, 1, 1e9, "entries", "not settled, before 503"),
  LINNET_STREAM_BYTES: number(256 << 20, 1 << 20, 1e12, "bytes", "not settled, before 503"),
  LINNET_SEQ_TTL_SECONDS: number(86_400, 1, 1e9, "s", "that a seq counter lives in Redis"),
  LINNET_GRANT_SLOTS: number(1 << 19, 1024, 1 << 26, "grants", "in memory; a power of two"),
  LINNET_USER_ENTRIES: number(100_000, 1000, 1e8, "users", "known in memory by name"),
  LINNET_MEMORY_CONVERSATIONS: number(200_000, 100, 1e8, "conversations", "in the writer's memory"),
  LINNET_MEMORY_USERS: number(200_000, 1000, 1e8, "users", "in the writer's memory"),
  LINNET_RECENT_KEYS: number(200_000, 1000, 1e8, "messages", "known in the writer's memory"),
  LINNET_POOL_CONNECTIONS: number(8, 1, 100, "connections", "to Postgres for reads"),
  LINNET_QUERY_MS: number(8000, 100, 600_000, "ms", "that a read may take"),
  LINNET_SEARCH_PER_SECOND: number(
    1000,
    0,
    1e6,
    "messages/s",
    "that search takes in behind the writer, a tenth of it under load; 0: no search",
  ),
  LINNET_DRAIN_MS: number(5000, 0, 600_000, "ms", "over which drained clients come back"),
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

function required(what: string): TextSetting {
  return { kind: "text", default: undefined, required: true, unit: "", what };
}

function text(value: string | undefined, what: string): TextSetting {
  return { kind: "text", default: value, required: false, unit: "", what };
}

function number(
  value: number,
  min: number,
  max: number,
  unit: string,
  what: string,
): NumberSetting {
  return { kind: "number", default: value, min, max, unit, what };
}
