// What users have set about their offline pushes: hours without any, and nothing of what is said.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { AS_APP } from "../http/server.ts";
import { isFor, type Providers, startProviders } from "./providers.ts";

const ALL_DAY = '{"from":"00:00","to":"00:00","timeZone":"UTC"}';

let providers: Providers;

beforeAll(async () => {
  providers = await startProviders();
}, 60_000);

afterAll(() => providers.stop());

async function set(userId: string, key: string, value: string): Promise<void> {
  const body = { userId, settings: [{ key, value }] };
  const path = "/openapi/v1/user/setting";
  expect((await providers.server.call("POST", path, AS_APP, body)).code).toBe(200);
}

const bodiesOf = (token: string) =>
  providers.receiver.posted.filter(isFor(token)).map(({ body }) => body["body"]);

test("nothing is pushed in the hours without, and what came in them not later either", async () => {
  const { friendWith, receiver, say, sayUntil } = providers;
  await friendWith("quin", { provider: "webhook", token: "quin-1" });
  await friendWith("rita", { provider: "webhook", token: "rita-1" });
  await sayUntil("quin", "before", () => bodiesOf("quin-1").includes("before"));
  await sayUntil("rita", "before", () => bodiesOf("rita-1").includes("before"));

  await set("quin", "doNotDisturb", ALL_DAY);
  await say("quin", "in the night");
  // What is due is looked at in its order: once this one is pushed, that of before is settled.
  await say("rita", "after it");
  await receiver.wait(1, (one) => isFor("rita-1")(one) && one.body["body"] === "after it");
  await set("quin", "doNotDisturb", "");
  await say("quin", "in the morning");
  await receiver.wait(1, (one) => isFor("quin-1")(one) && one.body["body"] === "in the morning");
  expect(bodiesOf("quin-1")).not.toContain("in the night");
}, 20_000);

test("without a preview it says who wrote, and nothing that anybody put into words", async () => {
  const { friendWith, receiver, say, sayUntil } = providers;
  await friendWith("sven", { provider: "webhook", token: "sven-1" });
  await sayUntil("sven", "shown", () => bodiesOf("sven-1").includes("shown"));

  await set("sven", "pushPreview", "false");
  await say("sven", "secret", { push: { title: "secret title", content: "secret content" } });
  const isHidden = (one: Parameters<ReturnType<typeof isFor>>[0]) =>
    isFor("sven-1")(one) && one.body["body"] === "New message";
  const [hidden] = await receiver.wait(1, isHidden);
  expect(hidden?.body).toMatchObject({ title: "ann", body: "New message" });
  expect(JSON.stringify(hidden?.body)).not.toContain("secret");
}, 20_000);
