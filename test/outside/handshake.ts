/** The HTTP status of a WebSocket upgrade, which a WebSocket client hides when it is a refusal. */

import { connect } from "node:net";
import { within } from "../support/pace.ts";

export async function upgradeStatus(
  base: string,
  headers: Record<string, string>,
  query = "",
): Promise<number> {
  const url = new URL(base);
  const lines = [
    `GET /ws${query} HTTP/1.1`,
    `Host: ${url.host}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${Buffer.from("0123456789abcdef").toString("base64")}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  const socket = connect(Number(url.port || 80), url.hostname);
  const status = new Promise<number>((resolve) => {
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      const match = /^HTTP\/1\.1 (\d{3})/.exec(text);
      if (match) resolve(Number(match[1]));
    });
    socket.on("error", () => resolve(-1));
    socket.on("close", () => resolve(-1));
  });
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  try {
    return (await within(status, 10_000)) ?? -1;
  } finally {
    socket.destroy();
  }
}
