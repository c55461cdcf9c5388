/** A whole server in this process, with services of its own, and calls to it. */
import { type Running, start } from "../../../src/app/compose.ts";
import { readConfig } from "../../../src/app/config.ts";
import { freshDatabase, startRedis, type TestService } from "../../support/services.ts";

export const APP_KEY = "the-key-of-the-tests";

export interface Answer {
  status: number;
  code: number;
  msg: string;
  data: unknown;
}

/** Credentials of a call. */
export interface As {
  appKey?: string;
  token?: string;
  adminKey?: string;
  /** Who administers. */
  actor?: string;
}

export const AS_APP: As = { appKey: APP_KEY };

export interface TestServer {
  url: string;
  databaseUrl: string;
  redis: TestService;
  call(method: string, path: string, as: As, input?: unknown): Promise<Answer>;
  /** Makes the user and gives its credentials. */
  login(id: string): Promise<As>;
  stop(): Promise<void>;
}

/** In a database of the shared cluster unless another is given. */
export async function startServer(
  settings: Readonly<Record<string, string>> = {},
): Promise<TestServer> {
  const [database, redis] = await Promise.all([freshDatabase(), startRedis()]);
  const config = readConfig({
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    LINNET_APP_KEY: APP_KEY,
    LINNET_HOST: "127.0.0.1",
    LINNET_PORT: "0",
    LINNET_LOG_LEVEL: "silent",
    LINNET_DRAIN_MS: "0",
    ...settings,
  });
  const running: Running = await start(config);
  const url = `http://127.0.0.1:${running.port}`;
  const call: TestServer["call"] = (method, path, as, input) =>
    callServer(url, method, path, as, input);
  return {
    url,
    databaseUrl: database.url,
    redis,
    call,
    async login(id) {
      const answer = await call("POST", "/openapi/v1/user/login", AS_APP, { id, device: "im_web" });
      return { token: (answer.data as { token: string }).token };
    },
    async stop() {
      await running.stop();
      await redis.kill9();
      await database.drop();
    },
  };
}

/** `input` is the query of a GET, else the body; a string or bytes go out as they are. */
async function callServer(
  url: string,
  method: string,
  path: string,
  as: As,
  input: unknown,
): Promise<Answer> {
  const headers = new Headers();
  if (as.appKey !== undefined) headers.set("x-app-key", as.appKey);
  if (as.token !== undefined) headers.set("authorization", as.token);
  if (as.adminKey !== undefined) headers.set("x-admin-key", as.adminKey);
  if (as.actor !== undefined) headers.set("x-admin-actor", as.actor);
  const query = method === "GET" ? `?${new URLSearchParams(input as Record<string, string>)}` : "";
  const asIs = typeof input === "string" || input instanceof Uint8Array;
  const body = asIs ? (input as string) : JSON.stringify(input);
  const init = method === "GET" || input === undefined ? {} : { body };
  const response = await fetch(url + path + query, { method, headers, ...init });
  const answer = (await response.json()) as Omit<Answer, "status">;
  return { status: response.status, ...answer };
}
