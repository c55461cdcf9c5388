// People for the tests of presence and signals: clients at either of two servers, with what they
// heard.
import { expect } from "bun:test";
import { type Client, type ClientOptions, createClient } from "../../../src/sdk/client.ts";
import type { CallEvent, PresenceEvent, TypingEvent } from "../../../src/sdk/signals.ts";
import type { Fleet } from "../../support/fleet.ts";

export interface Person {
  name: string;
  client: Client;
  presence: PresenceEvent[];
  typing: TypingEvent[];
  calls: CallEvent[];
  /** The first that fits, of what was heard or will be. */
  hears<Kind extends "presence" | "typing" | "call">(
    kind: Kind,
    wanted: (event: Heard[Kind]) => boolean,
  ): Promise<Heard[Kind]>;
}

interface Heard {
  presence: PresenceEvent;
  typing: TypingEvent;
  call: CallEvent;
}

export interface People {
  call(method: string, path: string, body?: object, token?: string): Promise<Answer>;
  /** Makes users, and friends of those at both ends of a pair. */
  users(names: readonly string[], friends?: readonly (readonly [string, string])[]): Promise<void>;
  /** Online at one of the servers. */
  at(server: number, name: string, options?: Partial<ClientOptions>): Promise<Person>;
  token(name: string): Promise<string>;
  close(): Promise<void>;
}

interface Answer {
  code: number;
  data: Record<string, unknown>;
}

export function peopleOf(fleet: Fleet): People {
  const clients: Client[] = [];
  const call: People["call"] = async (method, path, body, token) => {
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (token === undefined) headers["x-app-key"] = fleet.appKey;
    else headers["authorization"] = token;
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const url = `${fleet.urls[0]}/openapi/v1/${path}`;
    return (await (await fetch(url, { method, headers, ...init })).json()) as Answer;
  };
  const token: People["token"] = async (name) => {
    const { code, data } = await call("POST", "user/login", { id: name });
    expect(code).toBe(200);
    return String(data["token"]);
  };
  return {
    call,
    token,
    async users(names, friends = []) {
      await Promise.all(names.map((id) => call("POST", "user/register", { id })));
      for (const [userId, friendId] of friends) {
        expect((await call("POST", "friend", { userId, friendId })).code).toBe(200);
      }
    },
    async at(server, name, options = {}) {
      const url = fleet.urls[server] as string;
      const client = createClient({
        url,
        token: await token(name),
        deviceType: "im_web",
        ...options,
      });
      clients.push(client);
      const person = personOf(name, client);
      const synced = new Promise<unknown>((done) => client.on("synced", done));
      await client.connect();
      await synced;
      return person;
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()));
    },
  };
}

function personOf(name: string, client: Client): Person {
  const heard = { presence: [], typing: [], call: [] } as { [Kind in keyof Heard]: Heard[Kind][] };
  client.on("presence", (event) => heard.presence.push(event));
  client.on("typing", (event) => heard.typing.push(event));
  client.on("call", (event) => heard.call.push(event));
  return {
    name,
    client,
    presence: heard.presence,
    typing: heard.typing,
    calls: heard.call,
    hears(kind, wanted) {
      return new Promise((resolve) => {
        const before = heard[kind].find(wanted);
        if (before !== undefined) return resolve(before);
        const off = client.on(kind, (event) => {
          const fits = event as Heard[typeof kind];
          if (!wanted(fits)) return;
          off();
          resolve(fits);
        });
      });
    },
  };
}
