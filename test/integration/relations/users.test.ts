// Settings that a user's devices share, who may ask him to be friends, and mutes.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { CMD } from "../../../src/wire/commands.ts";
import { FRAMINGS } from "../../../src/wire/frame.ts";
import { AS_APP, startServer, type TestServer } from "../http/server.ts";
import { type Device, Devices, expectSame, told } from "./people.ts";

let server: TestServer;
let ann: Device;
let annsPhone: Device;
let devices: Devices;

beforeAll(async () => {
  server = await startServer();
  devices = new Devices(server);
  ann = await devices.open("ann");
  annsPhone = await devices.open("ann", "im_app_ios");
}, 60_000);

afterAll(async () => {
  await devices.close();
  await server.stop();
}, 60_000);

const app = (path: string, input: unknown) =>
  server.call("POST", `/openapi/v1${path}`, AS_APP, input);

const QUIET = JSON.stringify({ from: "22:00", to: "07:00", timeZone: "Europe/Berlin" });

test.each([...FRAMINGS])("over %s: set, told to the other device, removed", async (framing) => {
  const id = `set-${framing}`;
  const mine = await devices.open(id, "im_web", framing);
  const phone = await devices.open(id, "im_app_ios", framing);
  const set = await mine.client.settings.set({ language: "de", doNotDisturb: QUIET, own: "x" });
  expect(set.code).toBe(200);
  expect(Object.fromEntries(set.data)).toEqual({ language: "de", doNotDisturb: QUIET, own: "x" });
  await phone.heard(told(CMD.userSetting));
  expect((await phone.client.settings.get()).data.get("doNotDisturb")).toBe(QUIET);
  expect((await phone.client.settings.set({ own: "" })).data.has("own")).toBe(false);
  await mine.heard(({ cmd, content }) => {
    const [one] = (content?.data?.["settings"] ?? []) as { key: string; value?: string }[];
    return cmd === CMD.userSetting && one?.key === "own" && (one.value ?? "") === "";
  });
  await expectSame(server, phone);
});

test("settings have forms and bounds, over HTTP alike", async () => {
  const set = async (key: string, value: string) => {
    const code = (await ann.client.settings.set({ [key]: value })).code;
    const input = { userId: "ann", settings: [{ key, value }] };
    expect((await app("/user/setting", input)).code).toBe(code);
    return code;
  };
  expect(await set("addMode", "whoever")).toBe(1004);
  expect(await set("doNotDisturb", '{"from":"25:00","to":"07:00","timeZone":"UTC"}')).toBe(1004);
  expect(await set("doNotDisturb", '{"from":"22:00","to":"07:00","timeZone":"Mars"}')).toBe(1004);
  expect(await set("pushPreview", "perhaps")).toBe(1004);
  expect(await set("language", "no language")).toBe(1004);
  expect(await set("a key", "1")).toBe(1004);
  expect(await set("", "1")).toBe(1005);
  expect(await set("k".repeat(65), "1")).toBe(413);
  expect(await set("big", "é".repeat(2049))).toBe(413);
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`k${i}`, "v"]));
  expect((await ann.client.settings.set(many)).code).toBe(413);
  expect((await ann.client.settings.get()).data.size).toBe(0);
  const http = await app("/user/setting", {
    userId: "ann",
    settings: [{ key: "theme", value: { dark: true } }],
  });
  expect(http.data).toEqual({ settings: [{ key: "theme", value: '{"dark":true}' }] });
  await annsPhone.heard(told(CMD.userSetting));
  const read = await server.call("GET", "/openapi/v1/user/setting", ann.as, {});
  expect(read.data).toEqual(http.data);
  const other = await server.call("GET", "/openapi/v1/user/setting", ann.as, { userId: "ben" });
  expect(other.code).toBe(403);
});

test("addMode: anyone, friends of friends, nobody", async () => {
  for (const id of ["far", "near", "hub"]) await server.login(id);
  const gil = await devices.open("gil");
  const ask = async (from: string) =>
    (await app("/friend/request", { userId: from, friendId: "gil" })).code;
  await gil.client.settings.set({ addMode: "nobody" });
  expect(await ask("near")).toBe(403);
  await gil.client.settings.set({ addMode: "friendsOfFriends" });
  await app("/friend", { userId: "gil", friendId: "hub" });
  await app("/friend", { userId: "near", friendId: "hub" });
  expect(await ask("far")).toBe(403);
  expect(await ask("near")).toBe(200);
  await gil.client.settings.set({ addMode: "anyone" });
  expect(await ask("far")).toBe(200);
});

test("muted, he sends nothing anywhere; when it ends he does", async () => {
  const mel = await devices.open("mel");
  await server.login("nia");
  await app("/friend", { userId: "mel", friendId: "nia" });
  const { conversationId } = (await mel.client.groups.create({ name: "g", memberIds: ["nia"] }))
    .data;
  const say = async () => {
    const pair = await mel.client.send({ to: "nia", cmd: CMD.singleChat, text: "x" });
    const group = await mel.client.send({ conversationId, text: "x" });
    const push = await mel.client.push({ to: "nia", text: "x" });
    const asked = { from: "mel", to: "nia", cmd: 1, content: { text: "x" }, localId: `${count++}` };
    return [pair.code, group.code, push.code, (await app("/message", asked)).code];
  };
  let count = 0;
  expect(await say()).toEqual([200, 200, 200, 200]);
  const until = Date.now() + 600_000;
  expect((await app("/user/mute", { userId: "mel", until, localId: "m" })).code).toBe(200);
  expect((await app("/user/mute", { userId: "mel", until, localId: "m" })).code).toBe(200);
  await mel.heard(told(CMD.userMute, { userId: "mel", until }));
  expect(await say()).toEqual([2002, 2002, 2002, 2002]);
  expect((await mel.client.friends.add("ann")).code).toBe(2002);
  expect((await app("/user/mute", { userId: "mel", until: 0 })).code).toBe(200);
  await mel.heard(told(CMD.userMute, { until: 0 }));
  expect(await say()).toEqual([200, 200, 200, 200]);
  // A mute that is over by itself.
  await app("/user/mute", { userId: "mel", until: Date.now() - 1 });
  expect(await say()).toEqual([200, 200, 200, 200]);
  await expectSame(server, mel);
});

test("only the host application mutes, and only somebody", async () => {
  const mute = { userId: "ann", until: 1 };
  expect((await server.call("POST", "/openapi/v1/user/mute", ann.as, mute)).code).toBe(403);
  expect((await ann.client.request(CMD.userMute, { data: mute })).code).toBe(403);
  expect((await app("/user/mute", { userId: "nobody", until: 1 })).code).toBe(404);
  expect((await app("/user/mute", { userId: "ann" })).code).toBe(1005);
  expect((await app("/user/mute", { userId: "ann", until: -1 })).code).toBe(1004);
});
