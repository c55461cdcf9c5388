// A client with time and server in the test's hand, and what the application hears of it.
import { type Client, type ClientOptions, createClient } from "../../../src/sdk/client.ts";
import type { LogEvent } from "../../../src/sdk/logs.ts";
import type { Reset } from "../../../src/sdk/sync.ts";
import { FakeServer } from "./fake-server.ts";
import { FakeClock, seeded } from "./fake-time.ts";

export function setUp(options: Partial<ClientOptions> = {}, server = new FakeServer()) {
  const clock = new FakeClock();
  const client = createClient({
    url: "http://server:9688",
    token: "Bearer t",
    deviceType: "im_web",
    clock,
    random: seeded(1),
    socket: server.socket,
    ...options,
  });
  const seen = watch(client);
  return { clock, client, server, ...seen };
}

function watch(client: Client) {
  const events: LogEvent[] = [];
  const resets: Reset[] = [];
  const states: string[] = [];
  const synced: number[] = [];
  client.on("event", (event) => events.push(event));
  client.on("reset", (reset) => resets.push(reset));
  client.on("state", (state) => states.push(state.name));
  client.on("synced", (greeting) => synced.push(greeting.pts));
  return { events, resets, states, synced };
}

export const own = (events: LogEvent[]) =>
  events.filter((event) => event.log === "own").map((event) => event.position);
export const wideOf = (events: LogEvent[], id: number) =>
  events.filter((event) => event.log === id).map((event) => event.position);
export const asked = (server: FakeServer, cmd: number) =>
  server.requests.filter((request) => request.cmd === cmd);
