/** A server with every push provider set, each a local one that speaks its protocol. */
import { expect } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateVAPIDKeys } from "web-push";
import { until } from "../../support/pace.ts";
import { type As, AS_APP, startServer, type TestServer } from "../http/server.ts";
import { type Apple, CERTIFICATE_FILE, startApple } from "./apple.ts";
import { type Browser, startBrowser } from "./browser.ts";
import { type Google, startGoogle } from "./google.ts";
import { type Posted, type Receiver, startReceiver } from "./receiver.ts";

const SECRET = "a-secret-that-only-the-tests-know-of";

/** Ann writes, the others have devices. */
export interface Providers {
  server: TestServer;
  receiver: Receiver;
  apple: Apple;
  google: Google;
  browser: Browser;
  ann: As;
  /** A friend of Ann's with one device, which the writer comes to know of within a second. */
  friendWith: (id: string, token: Record<string, string>) => Promise<As>;
  register: (userId: string, token: Record<string, string>) => Promise<void>;
  say: (to: string, text: string, control?: object) => Promise<void>;
  /** Sent again and again until the writer knows of a token that was registered just now. */
  sayUntil: (to: string, text: string, pushed: () => boolean, control?: object) => Promise<void>;
  stop(): Promise<void>;
}

export async function startProviders(): Promise<Providers> {
  const folder = mkdtempSync(join(tmpdir(), "linnet-push-"));
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const [ec, rsa, vapid] = [pairOf("ec"), pairOf("rsa"), generateVAPIDKeys()];
  const receiver = startReceiver(SECRET);
  const apple = await startApple(ec.publicKey);
  const google = startGoogle(rsa.publicKey);
  const browser = startBrowser();
  const credentials = {
    project_id: "choir",
    client_email: "push@choir.example",
    private_key: rsa.privateKey,
    token_uri: `${google.url}/token`,
  };
  const server = await startServer({
    LINNET_PUSH_AFTER_MS: "300",
    LINNET_OUTGOING_HOSTS: "127.0.0.1,localhost",
    LINNET_OUTGOING_CERTIFICATES: CERTIFICATE_FILE,
    LINNET_PUSH_WEBHOOK_URL: `${receiver.url}/push`,
    LINNET_PUSH_WEBHOOK_SECRET: SECRET,
    LINNET_FCM_URL: google.url,
    LINNET_FCM_CREDENTIALS: file("fcm.json", JSON.stringify(credentials)),
    LINNET_APNS_URL: apple.url,
    LINNET_APNS_KEY: file("apns.p8", ec.privateKey),
    LINNET_APNS_KEY_ID: "KEY1",
    LINNET_APNS_TEAM_ID: "TEAM1",
    LINNET_APNS_APP: "example.choir",
    LINNET_VAPID_PUBLIC_KEY: vapid.publicKey,
    LINNET_VAPID_PRIVATE_KEY: vapid.privateKey,
    LINNET_VAPID_SUBJECT: "mailto:push@choir.example",
  });
  const ann = await server.login("ann");
  return {
    ...{ server, receiver, apple, google, browser, ann },
    ...talking(server, ann),
    async stop() {
      await server.stop();
      receiver.stop();
      google.stop();
      browser.stop();
      await apple.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

function talking(server: TestServer, ann: As) {
  const register: Providers["register"] = async (userId, token) => {
    const path = "/openapi/v1/user/push-token";
    const { code, msg } = await server.call("POST", path, AS_APP, { userId, ...token });
    expect([code, msg]).toEqual([200, "ok"]);
  };
  const say: Providers["say"] = async (to, text, control = {}) => {
    const localId = crypto.randomUUID();
    const body = { from: "ann", to, content: { text }, control, localId };
    expect((await server.call("POST", "/openapi/v1/message", ann, body)).code).toBe(200);
  };
  const friendWith: Providers["friendWith"] = async (id, token) => {
    const as = await server.login(id);
    await server.call("POST", "/openapi/v1/friend", AS_APP, { userId: "ann", friendId: id });
    await register(id, token);
    return as;
  };
  const sayUntil: Providers["sayUntil"] = async (to, text, pushed, control = {}) => {
    const again = async () => {
      await say(to, text, control);
      return await until(pushed, 1000, 20);
    };
    expect(await until(again, 8000, 10)).toBe(true);
  };
  return { register, say, friendWith, sayUntil };
}

function pairOf(kind: "ec" | "rsa"): { publicKey: string; privateKey: string } {
  const encoding = {
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  } as const;
  return kind === "ec"
    ? generateKeyPairSync("ec", { namedCurve: "prime256v1", ...encoding })
    : generateKeyPairSync("rsa", { modulusLength: 2048, ...encoding });
}

/** What was posted for a device. */
export const isFor = (token: string) => (posted: Posted) => posted.body["token"] === token;
