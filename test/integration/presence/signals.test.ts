// Typing and calls over two servers: relayed to whom they are for and to nobody else, refused with
// the codes of a message, one device answers, and nothing of it is stored.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { CMD } from "../../../src/wire/commands.ts";
import { FRAMINGS } from "../../../src/wire/frame.ts";
import { type Fleet, startFleet } from "../../support/fleet.ts";
import { until } from "../../support/pace.ts";
import { type Receiver, startReceiver } from "../notify/receiver.ts";
import { type People, type Person, peopleOf } from "./people.ts";

const PATIENT = 60_000;
const SECRET = "a-secret-that-only-the-tests-know-of";
/** Offline pushes to a provider at one time, and one user's devices: some of these have to wait. */
const AT_ONCE = 16;
const DEVICES = 20;

let fleet: Fleet;
let people: People;
let receiver: Receiver;

beforeAll(async () => {
  receiver = startReceiver(SECRET);
  fleet = await startFleet({
    env: {
      LINNET_SIGNAL_MEMBERS: "3",
      LINNET_FAN_OUT_MEMBERS: "4",
      LINNET_OUTGOING_HOSTS: "127.0.0.1",
      LINNET_PUSH_WEBHOOK_URL: `${receiver.url}/push`,
      LINNET_PUSH_WEBHOOK_SECRET: SECRET,
    },
  });
  people = peopleOf(fleet);
}, PATIENT);

afterAll(async () => {
  await people.close();
  await fleet.end();
  receiver.stop();
}, PATIENT);

/** After this, what was signalled to a person before has come: it goes the same way. */
async function heardAllFrom(from: Person, to: Person): Promise<void> {
  const callId = crypto.randomUUID();
  expect((await from.client.calls.status({ to: to.name }, { callId })).code).toBe(200);
  await to.hears("call", ({ call }) => call["callId"] === callId);
}

async function group(ownerId: string, memberIds: string[], conversationType = 2): Promise<string> {
  const body = { ownerId, name: "g", memberIds, conversationType };
  return String((await people.call("POST", "group", body)).data["conversationId"]);
}

test.each([...FRAMINGS])(
  "typing reaches the peer's devices at both servers and no others, over %s",
  async (framing) => {
    const [ann, ben] = [`ann-${framing}`, `ben-${framing}`];
    await people.users([ann, ben], [[ann, ben]]);
    const typist = await people.at(0, ann, { framing });
    const other = await people.at(1, ann, { framing, deviceType: "im_app_ios" });
    const web = await people.at(0, ben, { framing });
    const phone = await people.at(1, ben, { framing, deviceType: "im_app_ios" });
    expect((await typist.client.typing({ to: ben })).code).toBe(200);
    const heard = await Promise.all([web, phone].map((one) => one.hears("typing", () => true)));
    for (const event of heard) expect(event).toMatchObject({ userId: ann, typing: true });
    expect((await typist.client.typing({ to: ben }, false)).code).toBe(200);
    await phone.hears("typing", ({ typing }) => !typing);
    await typist.client.typing({ to: ben });
    await heardAllFrom(typist, phone);
    await heardAllFrom(web, other);
    expect(phone.typing.map(({ typing }) => typing)).toEqual([true, false]);
    expect([...typist.typing, ...other.typing]).toEqual([]);
  },
  20_000,
);

test("typing is refused like a message, and answered where nobody is there", async () => {
  await people.users(["cid", "dot", "eli", "fen"], [["cid", "dot"]]);
  await people.call("POST", "friend", { userId: "cid", friendId: "eli" });
  await people.call("POST", "block", { userId: "eli", blockedId: "cid" });
  const { client } = await people.at(0, "cid");
  expect((await client.typing({ to: "dot" })).code).toBe(200);
  expect((await client.typing({ to: "fen" })).code).toBe(1006);
  expect((await client.typing({ to: "eli" })).code).toBe(1007);
  expect((await client.typing({ to: "cid" })).code).toBe(403);
  expect((await client.typing({ to: "nobody-there" })).code).toBe(404);
  expect((await client.typing({})).code).toBe(1005);
  expect((await client.typing({ conversationId: 999_999 })).code).toBe(1003);
  const foreign = await group("dot", ["fen"]);
  expect((await client.typing({ conversationId: foreign })).code).toBe(2003);
  const large = await group("cid", ["dot", "eli", "fen"]);
  expect((await client.typing({ conversationId: large })).code).toBe(3003);
  const subscribed = await group("dot", ["cid"], 4);
  expect((await client.typing({ conversationId: subscribed })).code).toBe(2005);
});

test("typing in a group reaches its members", async () => {
  await people.users(["gia", "hub", "ivy"]);
  const conversationId = await group("gia", ["hub", "ivy"]);
  const gia = await people.at(0, "gia");
  const others = await Promise.all([people.at(1, "hub"), people.at(0, "ivy")]);
  expect((await gia.client.typing({ conversationId })).code).toBe(200);
  for (const one of others) {
    const { userId, conversationId: where } = await one.hears("typing", () => true);
    expect([userId, String(where)]).toEqual(["gia", conversationId]);
  }
});

test.each([...FRAMINGS])(
  "one device answers a call, the others are told, over %s",
  async (framing) => {
    const [joe, kay] = [`joe-${framing}`, `kay-${framing}`];
    await people.users([joe, kay], [[joe, kay]]);
    const caller = await people.at(0, joe, { framing });
    const web = await people.at(0, kay, { framing });
    const phone = await people.at(1, kay, { framing, deviceType: "im_app_ios" });
    const callId = `call-${framing}`;
    const invitation = { callId, callType: 2, sdp: "v=0\r\n", candidates: ['{"a":1}'], ttl: 30 };
    expect((await caller.client.calls.invite({ to: kay }, invitation)).code).toBe(200);
    for (const device of [web, phone]) {
      const ring = await device.hears("call", ({ cmd }) => cmd === CMD.webrtcInvite);
      expect(ring.from).toBe(joe);
      expect(ring.call).toEqual(invitation);
    }
    // At the same time, at two gateways: one wins.
    const [first, second] = await Promise.all([
      web.client.calls.answer({ to: joe }, { callId, answerType: 1, sdp: "web" }),
      phone.client.calls.answer({ to: joe }, { callId, answerType: 1, sdp: "phone" }),
    ]);
    expect(new Set([first.code, second.code])).toEqual(new Set([200, 409]));
    const [winner, loser] = first.code === 200 ? [web, phone] : [phone, web];
    const accepted = await caller.hears("call", ({ cmd }) => cmd === CMD.webrtcAnswer);
    expect(accepted).toMatchObject({ from: kay, call: { callId, answerType: 1 } });
    const told = await loser.hears("call", ({ cmd }) => cmd === CMD.webrtcAnswer);
    expect(told).toMatchObject({ from: kay, call: { callId, answerType: 1 } });
    expect(told.call["reason"]).toBe("answered elsewhere");
    expect(told.call["sdp"]).toBeUndefined();
    const again = { callId, answerType: 1 };
    expect((await winner.client.calls.answer({ to: joe }, again)).code).toBe(200);
    await heardAllFrom(caller, winner);
    expect(winner.calls.some(({ cmd }) => cmd === CMD.webrtcAnswer)).toBe(false);
  },
  20_000,
);

test("every command of a call is carried", async () => {
  await people.users(["lou", "mia"], [["lou", "mia"]]);
  const lou = await people.at(0, "lou");
  const mia = await people.at(1, "mia");
  const { calls } = lou.client;
  const send = [
    calls.candidate,
    calls.status,
    calls.switch,
    calls.quality,
    calls.startScreen,
    calls.stopScreen,
    calls.screenQuality,
  ];
  for (const one of send) expect((await one({ to: "mia" }, { callId: "c" })).code).toBe(200);
  await mia.hears("call", ({ cmd }) => cmd === CMD.screenShareQuality);
  expect(mia.calls.map(({ cmd }) => cmd)).toEqual([103, 104, 105, 106, 111, 112, 113]);
});

test("a call in a group reaches its members, or those whom it is for", async () => {
  await people.users(["nia", "ola", "pam"]);
  const conversationId = await group("nia", ["ola", "pam"]);
  const nia = await people.at(0, "nia");
  const [ola, pam] = await Promise.all([people.at(1, "ola"), people.at(0, "pam")]);
  const { calls } = nia.client;
  const ring = { callId: "group-call", callType: 1 };
  expect((await calls.invite({ conversationId }, ring)).code).toBe(200);
  await Promise.all([ola, pam].map((one) => one.hears("call", ({ cmd }) => cmd === 101)));
  const offer = { callId: "group-call", sdp: "for ola", target: ["ola"] };
  expect((await calls.switch({ conversationId }, offer)).code).toBe(200);
  expect((await calls.status({ conversationId }, { callId: "group-call" })).code).toBe(200);
  await Promise.all([ola, pam].map((one) => one.hears("call", ({ cmd }) => cmd === 104)));
  expect(ola.calls.map(({ cmd }) => cmd)).toEqual([101, 105, 104]);
  expect(pam.calls.map(({ cmd }) => cmd)).toEqual([101, 104]);
  const wide = await group("nia", ["ola"], 5);
  expect((await calls.invite({ conversationId: wide }, ring)).code).toBe(3003);
});

test("each refusal of a call has its code", async () => {
  await people.users(["que", "rob", "sue", "tom"], [["que", "rob"]]);
  await people.call("POST", "friend", { userId: "que", friendId: "tom" });
  await people.call("POST", "block", { userId: "tom", blockedId: "que" });
  const { client } = await people.at(0, "que");
  const ring = { callId: "c", callType: 1 };
  const { calls } = client;
  expect((await calls.invite({ to: "rob" }, ring)).code).toBe(3004);
  const push = { push: { enable: true } };
  expect((await calls.invite({ to: "rob" }, { ...ring, ...push })).code).toBe(3004);
  expect((await calls.invite({ to: "sue" }, ring)).code).toBe(1006);
  expect((await calls.invite({ to: "tom" }, ring)).code).toBe(1007);
  expect((await calls.invite({ to: "que" }, ring)).code).toBe(403);
  expect((await calls.invite({ to: "nobody-there" }, ring)).code).toBe(404);
  expect((await calls.invite({ to: "rob" }, { callId: "" })).code).toBe(1005);
  expect((await calls.invite({ to: "rob" }, { callId: "c" })).code).toBe(1005);
  expect((await calls.invite({ to: "rob" }, { callId: "c", callType: 3 })).code).toBe(1004);
  expect((await calls.answer({ to: "rob" }, { callId: "c", answerType: 4 })).code).toBe(1004);
  const sdp = "x".repeat(64 * 1024 + 1);
  expect((await calls.invite({ to: "rob" }, { ...ring, sdp })).code).toBe(413);
  const candidates = Array.from({ length: 65 }, () => "{}");
  expect((await calls.candidate({ to: "rob" }, { callId: "c", candidates })).code).toBe(413);
  expect((await client.request(101, { to: "rob", data: { callId: 7 } })).code).toBe(1004);
});

test("who hung up at the other server rings nobody any more, and may ring anew", async () => {
  await people.users(["yun", "zed"], [["yun", "zed"]]);
  for (let count = 0; count < DEVICES; count++) {
    const device = { userId: "zed", provider: "webhook", token: `zed-${count}` };
    expect((await people.call("POST", "user/push-token", device)).code).toBe(200);
  }
  const here = await people.at(0, "yun");
  const there = await people.at(1, "yun", { deviceType: "im_app_ios" });
  const told = (callId: string) =>
    receiver.posted.filter(({ body }) => body["callId"] === callId).length;
  const invite = async (callId: string) => {
    const ring = { callId, callType: 1, ttl: 60, push: { enable: true } };
    expect((await here.client.calls.invite({ to: "zed" }, ring)).code).toBe(3004);
  };
  const held = Promise.withResolvers<number>();
  receiver.answerWith = () => held.promise;
  await invite("over");
  expect(await until(() => told("over") === AT_ONCE, 8000, 10)).toBe(true);
  const end = { callId: "over", reason: "cancelled" };
  expect((await there.client.calls.status({ to: "zed" }, end)).code).toBe(3004);
  receiver.answerWith = () => 200;
  held.resolve(200);
  // They are told in order: once all were told of the next call, none is told of this one.
  await invite("next");
  expect(await until(() => told("next") === DEVICES, 8000, 10)).toBe(true);
  expect(told("over")).toBe(AT_ONCE);
  await invite("over");
  expect(await until(() => told("over") === AT_ONCE + DEVICES, 8000, 10)).toBe(true);
}, 30_000);

test("signals have a rate of their own, and leave messages theirs", async () => {
  await people.users(["uma", "val"], [["uma", "val"]]);
  const { client } = await people.at(0, "uma");
  const many = Array.from({ length: 160 }, () => client.request(CMD.webrtcStatus));
  const codes = (await Promise.all(many)).map(({ code }) => code);
  expect(codes.filter((code) => code === 1005).length).toBeGreaterThanOrEqual(100);
  expect(codes.filter((code) => code === 429).length).toBeGreaterThan(0);
  expect((await client.send({ to: "val", text: "still heard" })).code).toBe(200);
});

test("nothing of it is stored: who was away finds no trace", async () => {
  await people.users(["wim", "xia"], [["wim", "xia"]]);
  const wim = await people.at(0, "wim");
  await wim.client.typing({ to: "xia" });
  await wim.client.calls.invite({ to: "xia" }, { callId: "gone", callType: 1 });
  const xia = await people.at(1, "xia");
  await heardAllFrom(wim, xia);
  expect(xia.typing).toEqual([]);
  expect(xia.calls.map(({ cmd }) => cmd)).toEqual([CMD.webrtcStatus]);
  const { data } = await people.call("GET", "sync?userId=xia");
  const events = data["events"] as { cmd: number }[];
  expect(events.map(({ cmd }) => cmd)).toEqual([61]);
});
