/** A browser's subscription and the push service that it is at: RFC 8030, 8291 and 8188. */
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from "node:crypto";
import { LOOPBACK } from "./apple.ts";

export interface Pushed {
  path: string;
  headers: Headers;
  /** Decrypted, where it is meant for this browser. */
  text: string;
}

export interface Browser {
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  readonly pushed: Pushed[];
  answerWith: (pushed: Pushed) => number;
  stop(): void;
}

export function startBrowser(): Browser {
  const key = createECDH("prime256v1");
  const publicKey = key.generateKeys();
  const secret = randomBytes(16);
  const pushed: Pushed[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    tls: LOOPBACK,
    async fetch(request) {
      const body = Buffer.from(await request.arrayBuffer());
      const sender = body.subarray(21, 21 + (body[20] as number));
      const shared = key.computeSecret(sender);
      const text = decrypt(body, { shared, secret, publicKey, sender });
      const one = { path: new URL(request.url).pathname, headers: request.headers, text };
      pushed.push(one);
      return new Response("", { status: browser.answerWith(one) });
    },
  });
  const browser: Browser = {
    endpoint: `https://localhost:${server.port}/subscription/1`,
    p256dh: publicKey.toString("base64url"),
    auth: secret.toString("base64url"),
    pushed,
    answerWith: () => 201,
    stop: () => void server.stop(true),
  };
  return browser;
}

function decrypt(
  body: Buffer,
  keys: { shared: Buffer; secret: Buffer; publicKey: Buffer; sender: Buffer },
): string {
  const { shared, secret, publicKey, sender } = keys;
  const salt = body.subarray(0, 16);
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), publicKey, sender]);
  const material = Buffer.from(hkdfSync("sha256", shared, secret, info, 32));
  const derive = (label: string, length: number) =>
    Buffer.from(hkdfSync("sha256", material, salt, `Content-Encoding: ${label}\0`, length));
  const sealed = body.subarray(21 + sender.length);
  const decipher = createDecipheriv("aes-128-gcm", derive("aes128gcm", 16), derive("nonce", 12));
  decipher.setAuthTag(sealed.subarray(-16));
  const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  // A record ends with a delimiter of 2 and padding.
  return plain.subarray(0, plain.lastIndexOf(2)).toString();
}
