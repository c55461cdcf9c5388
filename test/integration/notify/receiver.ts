/** A host application's server: keeps what is posted to it, and fails when it is told to. */
import { isSignature } from "../../../src/base/signature.ts";
import { until } from "../../support/pace.ts";

export interface Posted {
  path: string;
  body: Record<string, unknown>;
  headers: Headers;
  signed: boolean;
}

export interface Receiver {
  readonly url: string;
  readonly posted: Posted[];
  /** The status of the next answers; 200 unless set. */
  answerWith: (posted: Posted) => number | Response | Promise<number | Response>;
  /** What matches, once there are so many; rejects when they don't come. */
  wait(count: number, match: (posted: Posted) => boolean): Promise<Posted[]>;
  stop(): void;
}

const WAIT_MS = 8000;

export function startReceiver(secret: string): Receiver {
  const posted: Posted[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const text = await request.text();
      const { headers } = request;
      const given = headers.get("x-linnet-signature") ?? "";
      const timestamp = headers.get("x-linnet-timestamp") ?? "";
      const signed = isSignature(given, secret, timestamp, text);
      const body = JSON.parse(text) as Record<string, unknown>;
      const one = { path: new URL(request.url).pathname, body, headers, signed };
      posted.push(one);
      const answer = await receiver.answerWith(one);
      return typeof answer === "number" ? new Response(null, { status: answer }) : answer;
    },
  });
  const receiver: Receiver = {
    url: `http://127.0.0.1:${server.port}`,
    posted,
    answerWith: () => 200,
    async wait(count, match) {
      if (await until(() => posted.filter(match).length >= count, WAIT_MS, 10)) {
        return posted.filter(match);
      }
      const got = posted.map(({ body }) => JSON.stringify(body).slice(0, 200)).join("\n");
      throw new Error(`${posted.filter(match).length} of ${count} came; all:\n${got}`);
    },
    stop: () => void server.stop(true),
  };
  return receiver;
}
