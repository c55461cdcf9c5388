/** A local server that speaks Apple's protocol: HTTP/2 over TLS, provider's tokens verified. */
import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureServer, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { join } from "node:path";

export const CERTIFICATE_FILE = join(import.meta.dir, "loopback.crt");
export const LOOPBACK = {
  cert: readFileSync(CERTIFICATE_FILE, "utf8"),
  key: readFileSync(join(import.meta.dir, "loopback.key"), "utf8"),
};

export interface AppleRequest {
  path: string;
  headers: Record<string, unknown>;
  body: Record<string, unknown>;
  /** Of the provider's token, when its signature is right. */
  claims: Record<string, unknown> | undefined;
}

export interface Apple {
  readonly url: string;
  readonly requests: AppleRequest[];
  answerWith: (request: AppleRequest) => { status: number; reason?: string };
  stop(): Promise<void>;
}

/** `publicKey`: PEM of the key that providers sign by. */
export async function startApple(publicKey: string): Promise<Apple> {
  const requests: AppleRequest[] = [];
  const server = createSecureServer({ ...LOOPBACK, allowHTTP1: false });
  server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    let text = "";
    stream.setEncoding("utf8");
    stream.on("data", (piece: string) => {
      text += piece;
    });
    stream.on("end", () => {
      const request = {
        path: String(headers[":path"]),
        headers: { ...headers },
        body: JSON.parse(text) as Record<string, unknown>,
        claims: claimsOf(String(headers["authorization"]), publicKey),
      };
      requests.push(request);
      const { status, reason } = apple.answerWith(request);
      stream.respond({ ":status": status });
      stream.end(reason === undefined ? "" : JSON.stringify({ reason }));
    });
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const apple: Apple = {
    url: `https://localhost:${address.port}`,
    requests,
    answerWith: () => ({ status: 200 }),
    stop: () => {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      return closed.promise;
    },
  };
  return apple;
}

function claimsOf(authorization: string, publicKey: string): Record<string, unknown> | undefined {
  const [head = "", claims = "", signature = ""] = authorization.replace("bearer ", "").split(".");
  const right = verify(
    "sha256",
    Buffer.from(`${head}.${claims}`),
    { key: createPublicKey(publicKey), dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
  const read = (part: string) =>
    JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>;
  return right ? { ...read(head), ...read(claims) } : undefined;
}
