// A WebSocket for tests of what is let in: what came, and how it ended.

export interface Ended {
  code: number;
  reason: string;
}

export interface Socket {
  /** The frames that came, parsed. */
  readonly frames: Frame[];
  /** Settles with the first frame, which is the greeting; rejects when it ends before. */
  readonly greeted: Promise<void>;
  readonly ended: Promise<Ended>;
  send(frame: object): void;
  /** Settles when a frame is there that `wanted` accepts. */
  comes(wanted: (frame: Frame) => boolean): Promise<Frame>;
  close(): void;
}

export interface Frame {
  direction?: number;
  content?: { text?: string };
  cmd: number;
  header?: { localId?: string };
  response?: { code: number; message: string };
}

export function openSocket(
  url: string,
  headers: Record<string, string> = {},
  query: Record<string, string> = {},
): Socket {
  const address = `${url.replace("http", "ws")}/ws?${new URLSearchParams(query)}`;
  const socket = new WebSocket(address, { headers, protocols: ["json"] });
  const greeted = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<Ended>();
  const frames: Frame[] = [];
  const waiting: { wanted: (frame: Frame) => boolean; resolve: (frame: Frame) => void }[] = [];
  socket.addEventListener("message", ({ data }) => {
    const frame = JSON.parse(String(data)) as Frame;
    frames.push(frame);
    greeted.resolve();
    for (const { wanted, resolve } of waiting) if (wanted(frame)) resolve(frame);
  });
  socket.addEventListener("error", () => {});
  socket.addEventListener("close", ({ code, reason }) => {
    greeted.reject(new Error(`closed before the greeting: ${code} ${reason}`));
    ended.resolve({ code, reason });
  });
  greeted.promise.catch(() => {});
  return {
    frames,
    greeted: greeted.promise,
    ended: ended.promise,
    send: (frame) => socket.send(JSON.stringify(frame)),
    comes(wanted) {
      const there = frames.find(wanted);
      if (there !== undefined) return Promise.resolve(there);
      return new Promise((resolve) => waiting.push({ wanted, resolve }));
    },
    close: () => socket.close(),
  };
}

/** The HTTP status of an upgrade that is refused; 101 when it isn't. */
export async function upgradeStatus(
  url: string,
  headers: Record<string, string> = {},
  query: Record<string, string> = {},
): Promise<number> {
  const response = await fetch(`${url}/ws?${new URLSearchParams(query)}`, {
    headers: {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      ...headers,
    },
  });
  await response.body?.cancel();
  return response.status;
}
