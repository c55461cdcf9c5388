/** Looks whether a proxy in between leaves a silent WebSocket alone for longer than a heartbeat. */
import { type Finding, ok, wrong } from "./finding.ts";

const MEND =
  "set the proxy's idle time-out above the heartbeat: nginx proxy_read_timeout 120s; " +
  "HAProxy timeout tunnel 1h; AWS ALB idle_timeout.timeout_seconds=120";
/** The user as whom the doctor connects; made when he is not there. */
const USER = "linnet-doctor";
const DEVICE = "im_pc_linux";

/** What can be said without asking. */
export function proxyAdvice(heartbeatMs: number): Finding {
  const seconds = heartbeatMs / 1000;
  return ok(
    "Proxy time-outs",
    `not measured (--url <its address> does). Clients send at least every ${seconds} s; a ` +
      "proxy must wait longer than that, better 120 s, and pass on Upgrade and X-Forwarded-For",
  );
}

/** Connects through `url`, and is silent for so long. */
export async function measureProxy(url: string, appKey: string, idleMs: number): Promise<Finding> {
  const check = "Proxy time-outs";
  try {
    const token = await logIn(url, appKey);
    const address = new URL("/ws", url.replace(/^http/, "ws"));
    const socket = new WebSocket(address.href, { headers: { token, deviceType: DEVICE } });
    const ended = await endsWithin(socket, idleMs);
    if (ended === undefined) return ok(check, `${idleMs / 1000} s of silence are let be`);
    return wrong(check, `cut after ${(ended.afterMs / 1000).toFixed(1)} s (${ended.code})`, MEND);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return wrong(check, `${url} can't be reached: ${why}`, `curl -i ${url}/healthz`);
  }
}

async function logIn(url: string, appKey: string): Promise<string> {
  const response = await fetch(new URL("/openapi/v1/user/login", url), {
    method: "POST",
    headers: { "x-app-key": appKey, "content-type": "application/json" },
    body: JSON.stringify({ id: USER }),
  });
  const { data, msg } = (await response.json()) as { data: { token: string } | null; msg: string };
  if (data === null) throw new Error(msg);
  return data.token;
}

/** Undefined when the connection lives through it; rejects when it is never greeted. */
function endsWithin(
  socket: WebSocket,
  idleMs: number,
): Promise<{ afterMs: number; code: number } | undefined> {
  return new Promise((resolve, reject) => {
    let greetedAt = -1;
    socket.addEventListener("error", () => {});
    socket.addEventListener("message", (event) => {
      if (greetedAt >= 0) return;
      greetedAt = event.timeStamp;
      setTimeout(() => {
        resolve(undefined);
        socket.close();
      }, idleMs);
    });
    socket.addEventListener("close", ({ code, timeStamp }) => {
      if (greetedAt < 0) reject(new Error(`no greeting, closed with ${code}`));
      else resolve({ afterMs: timeStamp - greetedAt, code });
    });
  });
}
