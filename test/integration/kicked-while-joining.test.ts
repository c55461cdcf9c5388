// A member who is kicked while connecting: what the gateway reads of its groups is older than the
// record that tells of the kick, and must not bring the group's messages back.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { call, login } from "../outside/http-client.ts";
import { connect, type RawClient } from "../outside/raw-client.ts";
import { type Running, start } from "../../src/app/compose.ts";
import { readConfig } from "../../src/app/config.ts";
import { type Fleet, startFleet } from "../support/fleet.ts";
import { until } from "../support/pace.ts";
import { WatchingProxy } from "../support/watching-proxy.ts";

const MILLION_GROUP = 5;

let fleet: Fleet;
let toPostgres: WatchingProxy;
/** Its one connection to Postgres passes the proxy; nothing heals it within the test. */
let gateway: Running;
let base: string;

beforeAll(async () => {
  fleet = await startFleet({ roles: ["gateway,worker,api"] });
  toPostgres = await WatchingProxy.open(Number(new URL(fleet.databaseUrl).port));
  gateway = await start(
    readConfig({
      DATABASE_URL: toPostgres.through(fleet.databaseUrl),
      REDIS_URL: fleet.redisUrl,
      LINNET_APP_KEY: fleet.appKey,
      LINNET_HOST: "127.0.0.1",
      LINNET_PORT: "0",
      LINNET_ROLES: "gateway,api",
      LINNET_LOG_LEVEL: "silent",
      LINNET_DRAIN_MS: "0",
      LINNET_AUDIT_SECONDS: "3600",
      LINNET_POOL_CONNECTIONS: "1",
    }),
  );
  base = `http://127.0.0.1:${gateway.port}`;
}, 60_000);

afterAll(async () => {
  await gateway.stop();
  toPostgres.close();
  await fleet.end();
}, 30_000);

async function post(path: string, body: object, method = "POST"): Promise<Record<string, unknown>> {
  const url = fleet.urls[0] as string;
  const { code, data } = await call(url, method, `/openapi/v1/${path}`, body, fleet);
  expect(code).toBe(200);
  return data;
}

async function joining(user: string): Promise<Promise<RawClient>> {
  const token = await login(fleet, user, "im_web");
  return connect({ base, token, device: "im_web" });
}

const heard = (client: RawClient, text: string) => () =>
  client.pushes.some((push) => push.content?.text === text);

test("is not pushed what is said after the kick", async () => {
  for (const id of ["owner", "witness", "member"]) await post("user/register", { id });
  const memberIds = ["witness", "member"];
  const group = { ownerId: "owner", name: "wide", conversationType: MILLION_GROUP, memberIds };
  const { conversationId } = await post("group", group);
  await post("friend", { userId: "owner", friendId: "member" });
  const say = (text: string, where: object) =>
    post("message", { from: "owner", localId: text, content: { text }, ...where });
  const witness = await joining("witness");
  const token = await login(fleet, "member", "im_web");
  // Both statements of a join have been said before, so that they are carried out at once.
  (await connect({ base, token, device: "im_web" })).close();
  const answers = toPostgres.holdAnswers();
  const connecting = connect({ base, token, device: "im_web" });
  const bothRead = () => answers.said().split("SELECT ").length - 1 >= 2;
  expect(await until(bothRead, 5000)).toBe(true);
  await post("group/member", { conversationId, userIds: ["member"] }, "DELETE");
  await say("after the kick", { conversationId });
  expect(await until(heard(witness, "after the kick"), 5000)).toBe(true);
  answers.release();
  const member = await connecting;
  expect(await until(() => member.greeting !== undefined, 5000)).toBe(true);
  await say("among the others", { conversationId });
  await say("to you alone", { to: "member" });
  expect(await until(heard(witness, "among the others"), 5000)).toBe(true);
  expect(await until(heard(member, "to you alone"), 5000)).toBe(true);
  expect(heard(member, "among the others")()).toBe(false);
  witness.close();
  member.close();
}, 30_000);
