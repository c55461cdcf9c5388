// Who is online, over two servers: friends and watchers hear of it, nobody else does, a short
// absence is no news, and what was watched ends with the connection.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { FRAMINGS } from "../../../src/wire/frame.ts";
import { type Fleet, startFleet } from "../../support/fleet.ts";
import { type People, type Person, peopleOf } from "./people.ts";

const PATIENT = 60_000;

let fleet: Fleet;
let people: People;

beforeAll(async () => {
  fleet = await startFleet();
  people = peopleOf(fleet);
}, PATIENT);

afterAll(async () => {
  await people.close();
  await fleet.end();
}, PATIENT);

const came = (name: string) => (event: { userId: string; online: boolean }) =>
  event.userId === name && event.online;
const left = (name: string) => (event: { userId: string; online: boolean }) =>
  event.userId === name && !event.online;

function newsOf(person: Person, name: string): boolean[] {
  return person.presence.filter(({ userId }) => userId === name).map(({ online }) => online);
}

test.concurrent.each([...FRAMINGS])(
  "a friend at another server is told of coming and going, over %s",
  async (framing) => {
    const [ann, ben, eve] = [`ann-${framing}`, `ben-${framing}`, `eve-${framing}`];
    await people.users([ann, ben, eve], [[ann, ben]]);
    const watcher = await people.at(0, ann, { framing });
    const stranger = await people.at(1, eve);
    const startedMs = Date.now();
    const friend = await people.at(1, ben, { framing, deviceType: "im_app_ios" });
    const online = await watcher.hears("presence", came(ben));
    expect(online.devices).toEqual(["im_app_ios"]);
    const page = await watcher.client.online();
    expect(page.code).toBe(200);
    expect(page.data.cursor).toBe("");
    expect(page.data.users.map(({ userId, devices }) => [userId, devices])).toEqual([
      [ben, ["im_app_ios"]],
    ]);
    await friend.client.close();
    const offline = await watcher.hears("presence", left(ben));
    expect(offline.devices).toEqual([]);
    expect(offline.lastSeen).toBeGreaterThanOrEqual(startedMs - 1000);
    expect((await watcher.client.online()).data.users).toEqual([]);
    const seen = (await watcher.client.online({ offline: true })).data.users;
    expect(seen.map(({ userId, lastSeen }) => [userId, lastSeen])).toEqual([
      [ben, offline.lastSeen],
    ]);
    expect(newsOf(watcher, ben)).toEqual([true, false]);
    expect(stranger.presence).toEqual([]);
  },
  20_000,
);

test.concurrent("a reconnect within two seconds, and a second device, are no news", async () => {
  await people.users(
    ["fay", "gus", "hal"],
    [
      ["fay", "gus"],
      ["fay", "hal"],
    ],
  );
  const fay = await people.at(0, "fay");
  const gus = await people.at(0, "gus");
  const hal = await people.at(1, "hal");
  await Promise.all([fay.hears("presence", came("gus")), fay.hears("presence", came("hal"))]);
  await gus.client.close();
  const again = await people.at(1, "gus");
  const phone = await people.at(0, "gus", { deviceType: "im_app_ios" });
  await phone.client.close();
  // Told two seconds after he left, so later than what gus did would have been.
  await hal.client.close();
  await fay.hears("presence", left("hal"));
  expect(newsOf(fay, "gus")).toEqual([true]);
  expect(again.client.state.name).toBe("online");
}, 20_000);

test.concurrent("a device in the background is shown so, and coming back is told", async () => {
  await people.users(["ida", "jon"], [["ida", "jon"]]);
  const ida = await people.at(0, "ida");
  const jon = await people.at(1, "jon", { deviceType: "im_app_ios" });
  await ida.hears("presence", came("jon"));
  expect((await jon.client.background()).code).toBe(200);
  const { users } = (await ida.client.online()).data;
  expect(users[0]?.background).toEqual(["im_app_ios"]);
  const told = await ida.hears("presence", ({ background }) => background.length > 0);
  expect(told).toMatchObject({ userId: "jon", online: true, devices: ["im_app_ios"] });
  await jon.client.online();
  await ida.hears("presence", (event) => event !== told && ida.presence.indexOf(event) > 1);
  expect(ida.presence.at(-1)).toMatchObject({ userId: "jon", online: true, background: [] });
}, 20_000);

test.concurrent("a watch list tells of strangers, and ends with the connection", async () => {
  await people.users(["kim", "lea", "max", "ned"], [["kim", "ned"]]);
  const kim = await people.at(0, "kim");
  expect((await kim.client.online({ watch: ["lea"] })).data.users).toEqual([]);
  const lea = await people.at(1, "lea");
  await kim.hears("presence", came("lea"));
  const { users } = (await kim.client.online()).data;
  expect(users.map(({ userId }) => userId)).toEqual(["lea"]);
  await kim.client.online({ watch: ["max"] });
  await people.at(1, "max");
  await kim.hears("presence", came("max"));
  await kim.client.online({ unwatch: true });
  await lea.client.close();
  const ned = await people.at(1, "ned");
  await ned.client.close();
  await kim.hears("presence", left("ned"));
  expect(newsOf(kim, "lea")).toEqual([true]);
  await kim.client.online({ watch: ["lea"] });
  await kim.client.close();
  const later = await people.at(0, "kim");
  await people.at(1, "lea");
  await people.at(1, "ned");
  await later.hears("presence", came("ned"));
  expect(newsOf(later, "lea")).toEqual([]);
}, 20_000);

test.concurrent("who has blocked a watcher is not seen by him", async () => {
  await people.users(["oda", "pia", "quin"], [["oda", "quin"]]);
  const oda = await people.at(0, "oda");
  expect((await oda.client.online({ watch: ["pia"] })).code).toBe(200);
  await people.call("POST", "block", { userId: "pia", blockedId: "oda" });
  await people.at(1, "pia");
  await people.at(1, "quin");
  await oda.hears("presence", came("quin"));
  expect(newsOf(oda, "pia")).toEqual([]);
  const page = await oda.client.online();
  expect(page.data.users.map(({ userId }) => userId)).toEqual(["quin"]);
  expect((await oda.client.online({ watch: ["pia"] })).code).toBe(1007);
}, 20_000);

test("each refusal of a watch list has its code", async () => {
  await people.users(["rea"]);
  const { client } = await people.at(0, "rea");
  expect((await client.online({ watch: ["nobody-there"] })).code).toBe(404);
  expect((await client.online({ watch: ["rea"] })).code).toBe(403);
  const many = Array.from({ length: 501 }, (_, index) => `u${index}`);
  expect((await client.online({ watch: many })).code).toBe(413);
  expect((await client.online({ cursor: "x" })).code).toBe(1004);
  expect((await client.request(53, { data: { watch: "rea" } })).code).toBe(1004);
});

test("over HTTP the application sees all, in pages, and a user his friends", async () => {
  await people.users(["una", "vic", "wes"], [["una", "vic"]]);
  await people.at(0, "vic");
  await people.at(1, "wes");
  const all: string[] = [];
  for (let cursor = ""; ; ) {
    const { code, data } = await people.call("GET", `online?cursor=${cursor}`);
    expect(code).toBe(200);
    all.push(...((data["users"] ?? []) as { userId: string }[]).map(({ userId }) => userId));
    cursor = typeof data["cursor"] === "string" ? data["cursor"] : "";
    if (cursor === "") break;
  }
  expect(all).toContain("vic");
  expect(all).toContain("wes");
  const una = await people.token("una");
  const own = await people.call("GET", "online", undefined, una);
  expect(own.data["users"]).toMatchObject([{ userId: "vic", devices: ["im_web"] }]);
  const named = await people.call("GET", "online?userId=una");
  expect(named.data["users"]).toMatchObject([{ userId: "vic" }]);
  expect((await people.call("GET", "online?userId=vic", undefined, una)).code).toBe(403);
  expect((await people.call("GET", "online?userId=nobody-there")).code).toBe(404);
  expect((await people.call("GET", "online?cursor=9-9")).code).toBe(1004);
  expect((await people.call("GET", "online", undefined, "Bearer no")).code).toBe(401);
});
