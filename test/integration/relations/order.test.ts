// A block, a friendship's end, a mute is a record in the stream: with messages coming as fast as
// they can, nothing that comes after it gets past it.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { CMD } from "../../../src/wire/commands.ts";
import { AS_APP, startServer, type TestServer } from "../http/server.ts";
import { type Device, Devices, expectSame, logOf, told } from "./people.ts";

/** The change is asked for after so many answers, with more messages on their way all the time. */
const BEFORE = 300;
/** So many are sent when the change is done. */
const AFTER = 200;
/** On their way at a time: more than one entry of the stream, less than what is overload. */
const IN_FLIGHT = 150;

let server: TestServer;
let devices: Devices;

beforeAll(async () => {
  server = await startServer({
    LINNET_MESSAGES_PER_SECOND: "100000",
    LINNET_MESSAGES_BURST: "100000",
  });
  devices = new Devices(server);
}, 60_000);

afterAll(async () => {
  await devices.close();
  await server.stop();
}, 60_000);

async function friends(from: string, to: string): Promise<[Device, Device]> {
  const both: [Device, Device] = [await devices.open(from, "im_app_ios"), await devices.open(to)];
  const answer = await server.call("POST", "/openapi/v1/friend", AS_APP, {
    userId: from,
    friendId: to,
  });
  expect(answer.code).toBe(200);
  await Promise.all(both.map((one) => one.heard(told(CMD.friendAdd))));
  return both;
}

/** Sends without waiting, with `change` in the middle; settles with the code of each message. */
async function torrent(
  sender: Device,
  to: string,
  change: () => Promise<{ code: number }>,
): Promise<number[]> {
  const token = encodeURIComponent(String(sender.as.token));
  const url = `${server.url.replace("http", "ws")}/ws?token=${token}&deviceType=im_web`;
  const socket = new WebSocket(url, "json");
  await new Promise((opened) => socket.addEventListener("open", opened));
  const codes: number[] = [];
  const answered = Promise.withResolvers<void>();
  let answers = 0;
  let sent = 0;
  let last = Number.MAX_SAFE_INTEGER;
  socket.addEventListener("message", ({ data }) => {
    const frame = JSON.parse(String(data));
    if (frame.direction !== 2) return;
    codes[Number(frame.header.localId)] = frame.response.code;
    answers += 1;
    if (answers === BEFORE) {
      void change().then(({ code }) => {
        expect(code).toBe(200);
        last = sent + AFTER;
      });
    }
    if (answers === last) answered.resolve();
  });
  for (; sent < last; sent++) {
    const header = { localId: String(sent) };
    const content = { text: String(sent) };
    socket.send(JSON.stringify({ cmd: 1, header, route: { to }, content }));
    // The loop turns, so that the server takes frames between these.
    do await new Promise((turned) => setImmediate(turned));
    while (sent - answers > IN_FLIGHT);
  }
  await answered.promise;
  socket.close();
  return codes;
}

/** Messages were taken up to some point, and none after it. */
function expectCut(codes: readonly number[], refusal: number): number {
  const taken = codes.indexOf(refusal);
  expect(taken).toBeGreaterThan(0);
  expect(codes.slice(0, taken).every((code) => code === 200)).toBe(true);
  expect(codes.slice(taken).every((code) => code === refusal)).toBe(true);
  return taken;
}

/** In a log all that was taken comes before the change's event, and nothing after it. */
async function expectLog(device: Device, cmd: number, taken: number): Promise<void> {
  const log = (await logOf(server, device.as)).map(([of, said]) => (of === 1 ? said : of));
  const at = log.indexOf(cmd);
  expect(log.slice(at)).toEqual([cmd]);
  const texts = log.filter((one) => typeof one === "string");
  expect(texts).toEqual(Array.from({ length: taken }, (_, i) => String(i)));
}

test("blocked in the middle", async () => {
  const [sender, blocker] = await friends("ann", "ben");
  const codes = await torrent(sender, "ben", () => blocker.client.friends.block("ann"));
  await blocker.heard(told(CMD.friendBlock));
  await expectLog(blocker, CMD.friendBlock, expectCut(codes, 1007));
  await expectSame(server, blocker);
}, 30_000);

test("a friendship that ends in the middle", async () => {
  const [sender, other] = await friends("cat", "dan");
  const codes = await torrent(sender, "dan", () => other.client.friends.delete("cat"));
  await other.heard(told(CMD.friendDelete));
  const taken = expectCut(codes, 1006);
  await expectLog(other, CMD.friendDelete, taken);
  await expectLog(sender, CMD.friendDelete, taken);
  await expectSame(server, other);
}, 30_000);

test("muted by an administrator in the middle", async () => {
  const [sender, other] = await friends("eve", "fay");
  const mute = { userId: "eve", until: Date.now() + 600_000 };
  const codes = await torrent(sender, "fay", () =>
    server.call("POST", "/openapi/v1/user/mute", AS_APP, mute),
  );
  await sender.heard(told(CMD.userMute));
  const taken = expectCut(codes, 2002);
  await expectLog(sender, CMD.userMute, taken);
  const got = (await logOf(server, other.as)).filter(([cmd]) => cmd === 1);
  expect(got).toHaveLength(taken);
}, 30_000);
