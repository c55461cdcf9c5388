// A server of the tests' own, and users on it by the SDK and over HTTP.
import { type Client, type ClientOptions, createClient } from "../../../src/sdk/client.ts";
import type { Envelope } from "../../../src/wire/envelope.ts";
import { type Answer, AS_APP, startServer, type TestServer } from "../http/server.ts";

export interface World {
  server: TestServer;
  /** A connection of the user, online and synced; it notes every event that it is handed. */
  device(
    id: string,
    options?: Partial<ClientOptions>,
    onEvent?: (event: Envelope) => void,
  ): Promise<Device>;
  remove(path: string, input: object): Promise<Answer>;
  post(path: string, input: object): Promise<Answer>;
  get(path: string, input: Record<string, string>): Promise<Answer>;
  group(ownerId: string, memberIds: string[], options?: object): Promise<string>;
  friends(userId: string, friendId: string): Promise<void>;
  end(): Promise<void>;
}

export interface Device {
  client: Client;
  events: Envelope[];
  /** Settles when an event has come that is `wanted`, and gives it. */
  heard(wanted: (event: Envelope) => boolean): Promise<Envelope>;
}

export async function startWorld(settings: Record<string, string> = {}): Promise<World> {
  const server = await startServer({
    LINNET_FAN_OUT_MEMBERS: "3",
    LINNET_MESSAGES_PER_SECOND: "1000",
    LINNET_MESSAGES_BURST: "2000",
    ...settings,
  });
  const clients: Client[] = [];
  const post = (path: string, input: object) =>
    server.call("POST", `/openapi/v1/${path}`, AS_APP, input);
  return {
    server,
    post,
    get: (path, input) => server.call("GET", `/openapi/v1/${path}`, AS_APP, input),
    remove: (path, input) => server.call("DELETE", `/openapi/v1/${path}`, AS_APP, input),
    async device(id, options = {}, onEvent = () => {}) {
      const login = await post("user/login", { id });
      const { token } = login.data as { token: string };
      const client = createClient({ url: server.url, token, deviceType: "im_web", ...options });
      clients.push(client);
      client.on("event", ({ envelope }) => onEvent(envelope));
      const device = listen(client);
      const synced = Promise.withResolvers<void>();
      client.on("synced", () => synced.resolve());
      await client.connect();
      await synced.promise;
      return device;
    },
    async group(ownerId, memberIds, options = {}) {
      const made = await post("group", { ownerId, memberIds, ...options });
      return (made.data as { conversationId: string }).conversationId;
    },
    async friends(userId, friendId) {
      await post("friend", { userId, friendId });
    },
    async end() {
      await Promise.all(clients.map((client) => client.close()));
      await server.stop();
    },
  };
}

function listen(client: Client): Device {
  const events: Envelope[] = [];
  client.on("event", ({ envelope }) => events.push(envelope));
  return {
    client,
    events,
    heard: (wanted) =>
      new Promise((done) => {
        const found = events.find(wanted);
        if (found !== undefined) return done(found);
        const off = client.on("event", ({ envelope }) => {
          if (!wanted(envelope)) return;
          off();
          done(envelope);
        });
      }),
  };
}

/** An event of a command about a message. */
export const about =
  (cmd: number, messageId: string) =>
  ({ cmd: its, content }: Envelope): boolean => {
    const { messageId: one, messageIds } = content?.data ?? {};
    const named = one === messageId || (messageIds as string[] | undefined)?.includes(messageId);
    return its === cmd && named === true;
  };
