/** A local server that speaks FCM's HTTP v1, with the OAuth token endpoint that it goes with. */
import { createPublicKey, verify } from "node:crypto";

export interface FcmMessage {
  token: string;
  notification: { title: string; body: string };
  data: Record<string, string>;
  android: Record<string, unknown>;
}

export interface Google {
  readonly url: string;
  readonly messages: FcmMessage[];
  /** How often an access token was asked for, by a right assertion. */
  grants: number;
  answerWith: (message: FcmMessage) => Response;
  stop(): void;
}

const ACCESS = "the-access-token";
/** Keys of data that are words of the service's own. */
const RESERVED = /^(?:from$|message_type$|google|gcm)/;

/** What is wrong with a request, in the service's shape. */
export function refusal(message: string): Response {
  const error = { code: 400, message, status: "INVALID_ARGUMENT" };
  return Response.json({ error }, { status: 400 });
}

export function startGoogle(publicKey: string): Google {
  const messages: FcmMessage[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/token") return grant(google, publicKey, await request.text());
      if (pathname !== "/v1/projects/choir/messages:send") return new Response("", { status: 404 });
      if (request.headers.get("authorization") !== `Bearer ${ACCESS}`) {
        return new Response("", { status: 401 });
      }
      const { message } = (await request.json()) as { message: FcmMessage };
      const reserved = Object.keys(message.data).find((key) => RESERVED.test(key));
      if (reserved !== undefined) return refusal(`Invalid data payload key: ${reserved}`);
      messages.push(message);
      return google.answerWith(message);
    },
  });
  const google: Google = {
    url: `http://127.0.0.1:${server.port}`,
    messages,
    grants: 0,
    answerWith: () => Response.json({ name: "projects/choir/messages/1" }),
    stop: () => void server.stop(true),
  };
  return google;
}

function grant(google: Google, publicKey: string, form: string): Response {
  const [head = "", claims = "", signature = ""] = (
    new URLSearchParams(form).get("assertion") ?? ""
  ).split(".");
  const bytes = Buffer.from(`${head}.${claims}`);
  const key = createPublicKey(publicKey);
  const right = verify("RSA-SHA256", bytes, key, Buffer.from(signature, "base64url"));
  const { aud } = JSON.parse(Buffer.from(claims, "base64url").toString()) as { aud: string };
  if (!right || aud !== `${google.url}/token`) return new Response("", { status: 400 });
  google.grants += 1;
  return Response.json({ access_token: ACCESS, expires_in: 3600 });
}
