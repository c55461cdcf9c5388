/** Users with devices: what each heard, and what a device that was away is told afterwards. */
import { expect } from "bun:test";
import { type Client, createClient } from "../../../src/sdk/client.ts";
import type { LogEvent } from "../../../src/sdk/logs.ts";
import type { Data, Envelope } from "../../../src/wire/envelope.ts";
import type { Framing } from "../../../src/wire/frame.ts";
import type { As, TestServer } from "../http/server.ts";

export interface Device {
  client: Client;
  events: LogEvent[];
  as: As;
  /** Settles with the first event that is `wanted`, also one that has come already. */
  heard(wanted: (envelope: Envelope) => boolean): Promise<Envelope>;
  close(): Promise<void>;
}

/** Connects a device of a user, who is made when he is new. */
async function connect(
  server: TestServer,
  id: string,
  options: { framing?: Framing; deviceType?: string } = {},
): Promise<Device> {
  const as = await server.login(id);
  const client = createClient({
    url: server.url,
    token: String(as.token),
    deviceType: options.deviceType ?? "im_web",
    framing: options.framing ?? "json",
  });
  const events: LogEvent[] = [];
  client.on("event", (event) => events.push(event));
  client.on("error", (error) => console.error(id, error));
  const synced = new Promise<void>((done) => {
    const off = client.on("synced", () => {
      off();
      done();
    });
  });
  await client.connect();
  await synced;
  const heard = (wanted: (envelope: Envelope) => boolean) =>
    new Promise<Envelope>((done) => {
      const held = events.find((event) => wanted(event.envelope));
      if (held !== undefined) return done(held.envelope);
      const off = client.on("event", ({ envelope }) => {
        if (!wanted(envelope)) return;
        off();
        done(envelope);
      });
    });
  return { client, events, as, heard, close: () => client.close() };
}

/** The devices that the tests of a file open as they need them; closed together at its end. */
export class Devices {
  readonly #server: TestServer;
  readonly #open: Device[] = [];

  constructor(server: TestServer) {
    this.#server = server;
  }

  async open(id: string, deviceType = "im_web", framing: Framing = "json"): Promise<Device> {
    const device = await connect(this.#server, id, { deviceType, framing });
    this.#open.push(device);
    return device;
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.map((device) => device.close()));
  }
}

/** An event of a command whose data has these fields. */
export function told(cmd: number, fields: Data = {}): (envelope: Envelope) => boolean {
  return (envelope) => {
    if (envelope.cmd !== cmd) return false;
    const data = envelope.content?.data ?? {};
    return Object.entries(fields).every(([name, value]) => data[name] === value);
  };
}

/** A user's whole log as a device that was away reads it: command and data of each event. */
export async function logOf(server: TestServer, as: As): Promise<[number, Data | string][]> {
  const events: Envelope[] = [];
  for (let pts = 0; ; ) {
    const { data } = await server.call("GET", "/openapi/v1/sync", as, { pts: String(pts) });
    const page = data as { events: Envelope[]; pts: number; final?: boolean };
    events.push(...page.events);
    pts = page.pts;
    if (page.final === true) break;
  }
  return events.map(({ cmd, content }) => [cmd, content?.text ?? content?.data ?? {}]);
}

/** What a device was pushed of its user's own log is what a sync shows. */
export async function expectSame(server: TestServer, device: Device): Promise<void> {
  const log = await logOf(server, device.as);
  const heard = device.events
    .filter(({ log: of }) => of === "own")
    .map(({ envelope: { cmd, content } }) => [cmd, content?.text ?? content?.data ?? {}]);
  expect(log.slice(log.length - heard.length) as unknown[]).toEqual(heard);
}
