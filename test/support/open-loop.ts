// Load that does not wait for answers: as many frames a second as it is told, whatever the server
// does, and what became of each.
import { wait } from "./pace.ts";

export interface Outcomes {
  /** Answers by their code. */
  codes: Map<number, number>;
  sent: number;
  /** From sending to the answer 200, ms, sorted. */
  latencies: number[];
  /** Connections that the server closed. */
  closed: number;
}

export interface OpenLoop {
  /** Sends for so long, then waits until all is answered or `answersMs` is over. */
  run(perSecond: number, forMs: number, answersMs: number): Promise<Outcomes>;
  close(): void;
}

/** Pairs of connections, each user talking to the other of the pair. */
export async function openLoop(options: {
  url: string;
  appKey: string;
  pairs: number;
  name: string;
}): Promise<OpenLoop> {
  const { url, appKey, pairs, name } = options;
  const call = async (path: string, body: object): Promise<{ token: string }> => {
    const response = await fetch(`${url}/openapi/v1/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-app-key": appKey },
      body: JSON.stringify(body),
    });
    const { code, msg, data } = (await response.json()) as never as {
      code: number;
      msg: string;
      data: { token: string };
    };
    if (code !== 200) throw new Error(`${path}: ${code} ${msg}`);
    return data;
  };
  const sockets: { socket: WebSocket; peer: string }[] = [];
  const sentAtMs = new Map<string, number>();
  const outcomes = newOutcomes();
  let number = 0;
  for (let pair = 0; pair < pairs; pair++) {
    const ids = [`${name}-${pair}-a`, `${name}-${pair}-b`] as const;
    const logins = await Promise.all(ids.map((id) => call("user/login", { id })));
    await call("friend", { userId: ids[0], friendId: ids[1] });
    for (const [index, { token }] of logins.entries()) {
      const address = `${url.replace("http", "ws")}/ws?token=${token}&deviceType=im_web`;
      const socket = new WebSocket(address, "json");
      const greeted = Promise.withResolvers<void>();
      socket.addEventListener("message", ({ data }) => {
        greeted.resolve();
        hear(String(data));
      });
      socket.addEventListener("close", () => {
        outcomes.closed += 1;
      });
      socket.addEventListener("error", () => greeted.reject(new Error("no connection")));
      await greeted.promise;
      sockets.push({ socket, peer: ids[1 - index] as string });
    }
  }

  /** Pushes are not looked at: only what an answer says counts. */
  function hear(frame: string): void {
    if (!frame.includes('"response"')) return;
    const { header, response } = JSON.parse(frame) as {
      header: { localId: string };
      response: { code: number };
    };
    const sentMs = sentAtMs.get(header.localId);
    if (sentMs === undefined) return;
    sentAtMs.delete(header.localId);
    const { codes, latencies } = outcomes;
    codes.set(response.code, (codes.get(response.code) ?? 0) + 1);
    if (response.code === 200) latencies.push(performance.now() - sentMs);
  }

  function send(): void {
    const { socket, peer } = sockets[number % sockets.length] as (typeof sockets)[number];
    const localId = `${name}-${number++}`;
    sentAtMs.set(localId, performance.now());
    outcomes.sent += 1;
    const route = `"route":{"to":"${peer}"}`;
    const content = `"content":{"text":"${TEXT}"}`;
    const header = `"header":{"version":1,"localId":"${localId}"}`;
    socket.send(`{"direction":1,"cmd":${SINGLE_CHAT},${header},${route},${content}}`);
  }

  return {
    async run(perSecond, forMs, answersMs) {
      Object.assign(outcomes, newOutcomes());
      sentAtMs.clear();
      const startMs = performance.now();
      for (;;) {
        const passedMs = performance.now() - startMs;
        if (passedMs >= forMs) break;
        const due = Math.floor((passedMs * perSecond) / 1000);
        // Never so many at once that this process hears nothing meanwhile.
        const until = Math.min(due, outcomes.sent + 2000);
        while (outcomes.sent < until) send();
        await wait(1);
      }
      const endMs = performance.now() + answersMs;
      while (sentAtMs.size > 0 && performance.now() < endMs) await wait(5);
      outcomes.latencies.sort((a, b) => a - b);
      return { ...outcomes };
    },
    close() {
      for (const { socket } of sockets) socket.close();
    },
  };
}

const SINGLE_CHAT = 1;
const TEXT = "x".repeat(100);

function newOutcomes(): Outcomes {
  return { codes: new Map(), sent: 0, latencies: [], closed: 0 };
}

/** The value below which such a share of them lies; 0 of none. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
