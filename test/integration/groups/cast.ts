// A server of the file's own, users with SDK clients and tokens, and what they heard.
import { type Client, createClient } from "../../../src/sdk/client.ts";
import type { LogEvent } from "../../../src/sdk/logs.ts";
import type { Framing } from "../../../src/wire/frame.ts";
import { until } from "../../support/pace.ts";
import { type Answer, type As, AS_APP, startServer, type TestServer } from "../http/server.ts";

export const DEVICES = { json: "im_web", proto: "im_app_ios", msgpack: "im_pc_mac" } as const;

export interface Member {
  name: string;
  as: As;
  client: Client;
  groups: Client["groups"];
  events: LogEvent[];
  /** The events of one conversation, in the order in which they were handed over. */
  of(conversationId: number): LogEvent["envelope"][];
  /** Settles when the client has everything that its own log has now. */
  caughtUp(): Promise<void>;
}

export interface Cast {
  server: TestServer;
  /** With the app key. */
  asServer(method: string, path: string, input: unknown): Promise<Answer>;
  member(name: string, framing?: Framing): Promise<Member>;
  group(options: {
    owner: string;
    members: string[];
    type?: number;
    mode?: string;
  }): Promise<number>;
  stop(): Promise<void>;
}

export async function startCast(settings: Record<string, string> = {}): Promise<Cast> {
  const server = await startServer({
    LINNET_MESSAGES_PER_SECOND: "5000",
    LINNET_MESSAGES_BURST: "5000",
    LINNET_HTTP_PER_SECOND: "5000",
    LINNET_HTTP_BURST: "5000",
    LINNET_ADDRESS_HTTP_PER_SECOND: "5000",
    LINNET_ADDRESS_HTTP_BURST: "5000",
    ...settings,
  });
  const clients: Client[] = [];
  const asServer: Cast["asServer"] = (method, path, input) =>
    server.call(method, `/openapi/v1${path}`, AS_APP, input);
  return {
    server,
    asServer,
    async member(name, framing = "json") {
      const as = await server.login(name);
      const client = createClient({
        url: server.url,
        token: String(as.token),
        deviceType: DEVICES[framing],
        framing,
      });
      clients.push(client);
      const events: LogEvent[] = [];
      client.on("event", (event) => events.push(event));
      await client.connect();
      return {
        name,
        as,
        client,
        groups: client.groups,
        events,
        of: (id) =>
          events.map(({ envelope }) => envelope).filter((e) => e.route?.conversationId === id),
        async caughtUp() {
          const query = { userId: name, pts: "0", limit: "500" };
          const { data } = await asServer("GET", "/sync", query);
          const { pts } = data as { pts: number };
          if (!(await until(() => client.cursor().pts >= pts, 10_000, 5))) {
            throw new Error(`${name} stays at ${client.cursor().pts} of ${pts}`);
          }
        },
      };
    },
    async group({ owner, members, type = 2, mode = "free" }) {
      const input = { ownerId: owner, memberIds: members, conversationType: type, joinMode: mode };
      const made = await asServer("POST", "/group", input);
      if (made.code !== 200) throw new Error(`${made.code} ${made.msg}`);
      return Number((made.data as { conversationId: string }).conversationId);
    },
    async stop() {
      await Promise.all(clients.map((client) => client.close()));
      await server.stop();
    },
  };
}
