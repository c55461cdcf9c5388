/** The WebSocket under a connection, narrowed to what the client uses, so that tests can be one. */
import type { Framing } from "../wire/frame.ts";

export interface SocketEvents {
  opened(): void;
  frame(data: string | Uint8Array): void;
  /** Once, also when it never opened (1006). */
  closed(code: number, reason: string): void;
}

export interface ClientSocket {
  send(frame: string | Uint8Array): void;
  close(code: number, reason: string): void;
}

export type SocketFactory = (url: string, framing: Framing, events: SocketEvents) => ClientSocket;

export function webSocket(url: string, framing: Framing, events: SocketEvents): ClientSocket {
  const socket = new WebSocket(url, [framing]);
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => events.opened());
  socket.addEventListener("message", (event: { data: unknown }) => {
    const { data } = event;
    if (typeof data === "string") events.frame(data);
    else if (data instanceof ArrayBuffer) events.frame(new Uint8Array(data));
  });
  socket.addEventListener("close", (event) => events.closed(event.code, event.reason));
  // A close follows every error, and says more.
  socket.addEventListener("error", () => {});
  return {
    // A copy of the view's own bytes: encoders hand out views of scratch buffers.
    send: (frame) => socket.send(typeof frame === "string" ? frame : frame.slice()),
    close: (code, reason) => socket.close(code, reason),
  };
}

/** The address of the WebSocket; `url` may be the server's http address or its ws address. */
export function socketUrl(url: string, token: string, deviceType: string): string {
  const address = new URL(url);
  if (address.protocol === "http:") address.protocol = "ws:";
  if (address.protocol === "https:") address.protocol = "wss:";
  if (address.pathname === "/" || address.pathname === "") address.pathname = "/ws";
  address.searchParams.set("token", token.replace(/^Bearer /, ""));
  address.searchParams.set("deviceType", deviceType);
  return address.href;
}
