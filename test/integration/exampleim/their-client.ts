// A client as ExampleIM's are: its frames over a WebSocket, and what came.

export interface TheirFrame {
  frameType: number;
  id?: string;
  formId?: string;
  data?: unknown;
}

export interface TheirMessage {
  conversationId: string;
  chatType: number;
  sendId: string;
  recvId: string;
  sendTime: number;
  msg: { msgId: string; mType: number; content: string; readRecords: object };
}

export interface TheirClient {
  readonly frames: TheirFrame[];
  readonly ended: Promise<{ code: number; reason: string }>;
  send(frame: object | string | Uint8Array): void;
  /** The answer to a frame, by its id. */
  ask(frame: { id: string } & Record<string, unknown>): Promise<TheirFrame>;
  /** A ping there and back: what was sent to this connection before has come. */
  ping(): Promise<void>;
  /** The message with this text, come already or yet to come. */
  hears(text: string): Promise<TheirMessage>;
  /** The texts of all messages that came. */
  texts(): string[];
  close(): void;
}

export async function theirClient(
  url: string,
  token: string,
  deviceType: string,
): Promise<TheirClient> {
  const address = `${url.replace("http", "ws")}/ws`;
  const headers = { token, deviceType };
  const socket = new WebSocket(address, { headers, protocols: ["exampleim"] });
  const ended = Promise.withResolvers<{ code: number; reason: string }>();
  const opened = Promise.withResolvers<void>();
  const frames: TheirFrame[] = [];
  const waiting = new Set<() => void>();
  socket.addEventListener("open", () => opened.resolve());
  socket.addEventListener("error", () => opened.reject(new Error("not let in")));
  socket.addEventListener("close", ({ code, reason }) => ended.resolve({ code, reason }));
  socket.addEventListener("message", ({ data }) => {
    frames.push(JSON.parse(String(data)) as TheirFrame);
    for (const look of waiting) look();
  });
  await opened.promise;
  const comes = (wanted: (frame: TheirFrame) => boolean, after = 0): Promise<TheirFrame> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = frames.slice(after).find(wanted);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  const client: TheirClient = {
    frames,
    ended: ended.promise,
    send(frame) {
      const isRaw = typeof frame === "string" || frame instanceof Uint8Array;
      socket.send(isRaw ? frame : JSON.stringify(frame));
    },
    ask(frame) {
      const after = frames.length;
      client.send(frame);
      return comes(({ id }) => id === frame.id, after);
    },
    async ping() {
      await client.ask({ frameType: 1, id: crypto.randomUUID() });
    },
    async hears(text) {
      const frame = await comes((one) => messageOf(one)?.msg.content === text);
      return messageOf(frame) as TheirMessage;
    },
    texts: () => frames.flatMap((frame) => messageOf(frame)?.msg.content ?? []),
    close: () => socket.close(),
  };
  return client;
}

function messageOf({ data }: TheirFrame): TheirMessage | undefined {
  return typeof data === "object" && data !== null && "msg" in data
    ? (data as TheirMessage)
    : undefined;
}
