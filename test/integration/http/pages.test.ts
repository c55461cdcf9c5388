// What monitors and people look at: health, metrics, the description of the API and its page.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { CMD } from "../../../src/wire/commands.ts";
import { AS_APP, startServer, type TestServer } from "./server.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
}, 60_000);

afterAll(() => server.stop());

interface Operation {
  security: Record<string, unknown>[];
  requestBody?: { content: { "application/json": { schema: { properties: object } } } };
}

const CALLS = [
  "delete /admin/word",
  "delete /block",
  "delete /conversation",
  "delete /friend",
  "delete /group",
  "delete /group/member",
  "delete /message/scheduled",
  "delete /user/push-token",
  "get /admin/conversation",
  "get /admin/conversation/member",
  "get /admin/conversation/message",
  "get /admin/log",
  "get /admin/message",
  "get /admin/poison",
  "get /admin/server",
  "get /admin/user",
  "get /admin/user/device",
  "get /admin/word",
  "get /broadcast",
  "get /conversation",
  "get /conversation/export",
  "get /friend",
  "get /friend/request",
  "get /group/member",
  "get /group/request",
  "get /message",
  "get /message/edits",
  "get /message/pins",
  "get /message/readers",
  "get /message/scheduled",
  "get /online",
  "get /outbox/dead",
  "get /search",
  "get /sync",
  "get /user/setting",
  "post /admin/conversation/dissolve",
  "post /admin/message/recall",
  "post /admin/poison/forget",
  "post /admin/poison/replay",
  "post /admin/user/ban",
  "post /admin/user/unban",
  "post /admin/word",
  "post /block",
  "post /broadcast",
  "post /conversation",
  "post /conversation/read",
  "post /conversation/read-all",
  "post /conversation/settings",
  "post /conversation/unread",
  "post /friend",
  "post /friend/answer",
  "post /friend/remark",
  "post /friend/request",
  "post /group",
  "post /group/member",
  "post /group/mute",
  "post /group/request",
  "post /group/update",
  "post /message",
  "post /message/delete",
  "post /message/edit",
  "post /message/pin",
  "post /message/reaction",
  "post /message/recall",
  "post /outbox/replay",
  "post /receipt",
  "post /user/kick",
  "post /user/login",
  "post /user/mute",
  "post /user/push-token",
  "post /user/register",
  "post /user/setting",
  "post /user/ticket",
];

test("/openapi.json describes every call", async () => {
  const response = await fetch(`${server.url}/openapi.json`);
  expect(response.headers.get("content-type")).toStartWith("application/json");
  const document = (await response.json()) as {
    openapi: string;
    paths: Record<string, Record<string, Operation>>;
  };
  expect(document.openapi).toBe("3.1.0");
  const calls = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method} ${path.replace("/openapi/v1", "")}`),
  );
  expect(calls.sort()).toEqual(CALLS);
  const login = document.paths["/openapi/v1/user/login"]?.["post"];
  const fields = Object.keys(
    login?.requestBody?.content["application/json"].schema.properties ?? {},
  );
  expect(fields).toEqual(["id", "nickname", "avatar", "device", "extras"]);
  expect(login?.security).toEqual([{ appKey: [] }]);
});

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css",
  js: "text/javascript",
  png: "image/png",
  json: "application/json",
};

test("/docs asks for nothing from elsewhere, and what it asks for is there", async () => {
  const response = await fetch(`${server.url}/docs`);
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  const page = await response.text();
  expect(page).not.toContain("//");
  const assets = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] as string);
  expect(assets.length).toBe(6);
  expect(assets).toContain("asyncapi.json");
  for (const asset of assets) {
    const served = await fetch(new URL(asset, `${server.url}/docs`));
    expect(served.status).toBe(200);
    const end = asset.split(".").at(-1) as string;
    expect(served.headers.get("content-type")).toStartWith(TYPES[end] as string);
    expect((await served.bytes()).length).toBeGreaterThan(50);
  }
});

test("/metrics counts calls by what they were answered", async () => {
  await server.call("POST", "/openapi/v1/user/login", AS_APP, {});
  const response = await fetch(`${server.url}/metrics`);
  expect(response.headers.get("content-type")).toStartWith("text/plain");
  expect(await response.text()).toContain(
    'linnet_http_seconds_count{call="POST /openapi/v1/user/login",status="400"} 1',
  );
});

test("/healthz says that the process lives, /readyz that it can work", async () => {
  expect((await server.call("GET", "/healthz", {}, {})).status).toBe(200);
  expect((await server.call("GET", "/readyz", {}, {})).status).toBe(200);
});

test("/asyncapi.json describes what a connection may ask, and nothing else", async () => {
  const response = await fetch(`${server.url}/asyncapi.json`);
  const document = (await response.json()) as {
    asyncapi: string;
    operations: Record<string, { action: string }>;
  };
  expect(document.asyncapi).toBe("3.0.0");
  const described = Object.entries(document.operations)
    .filter(([, { action }]) => action === "receive")
    .map(([name]) => name);
  expect(described.sort()).toEqual(await taken());
});

/** The commands that the server answers otherwise than by 3003. */
async function taken(): Promise<string[]> {
  const { token = "" } = await server.login("asks");
  const query = new URLSearchParams({ token, deviceType: "im_web" });
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/ws?${query}`, "json");
  const codes = new Map<number, number>();
  const { promise, resolve } = Promise.withResolvers<void>();
  const commands = Object.entries(CMD);
  socket.addEventListener("message", ({ data }) => {
    const { direction, cmd, response } = JSON.parse(String(data)) as {
      direction: number;
      cmd: number;
      response?: { code: number };
    };
    if (cmd === CMD.heartbeat && direction === 3) {
      // One after the other: chat without an address and commands without data are refused.
      for (const [name, code] of commands) {
        socket.send(JSON.stringify({ direction: 1, cmd: code, header: { localId: name } }));
      }
    } else if (direction === 2) {
      codes.set(cmd, response?.code ?? 0);
      if (codes.size === commands.length) resolve();
    }
  });
  await promise;
  socket.close();
  return commands.flatMap(([name, code]) => (codes.get(code) === 3003 ? [] : [name])).sort();
}
