// Pushes that are not stored: heard by who is online and by nobody twice, refused or stored for who
// is not, by one gateway alone and across two.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Fleet, startFleet } from "../support/fleet.ts";
import { openSocket } from "./security/socket.ts";

const PATIENT = 60_000;
let localId = 0;

describe.each([1, 2])("with gateways: %d", (gateways) => {
  let fleet: Fleet;
  const sockets: ReturnType<typeof openSocket>[] = [];

  beforeAll(async () => {
    const roles = ["gateway,worker,api", "gateway,worker,api"].slice(0, gateways);
    fleet = await startFleet({ roles });
  }, PATIENT);

  afterAll(async () => {
    for (const socket of sockets) socket.close();
    await fleet?.end();
  }, PATIENT);

  async function call(path: string, body: object): Promise<Data> {
    const headers = { "x-app-key": fleet.appKey, "content-type": "application/json" };
    const url = `${fleet.process(0).url}/openapi/v1/${path}`;
    const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    const { code, data } = (await response.json()) as { code: number; data: Data };
    expect([path, code]).toEqual([path, 200]);
    return data;
  }

  async function online(id: string, gateway = 0, deviceType = "im_web") {
    const { token } = await call("user/login", { id });
    const { url } = fleet.process(gateway % gateways);
    const query = { token: String(token).replace("Bearer ", ""), deviceType };
    const socket = openSocket(url, {}, query);
    sockets.push(socket);
    await socket.greeted;
    return socket;
  }

  async function push(socket: Opened, route: object, more: object = {}): Promise<Answer> {
    const id = `p-${(localId += 1)}`;
    const content = { text: id };
    socket.send({ cmd: 93, header: { localId: id }, route, content, ...more });
    const answer = await socket.comes(({ header, direction }) => {
      return direction === 2 && header?.localId === id;
    });
    return { id, code: answer.response?.code };
  }

  const hears = (socket: Opened, id: string) =>
    socket.comes((frame) => frame.direction === 3 && frame.content?.text === id);
  const heard = (socket: Opened, id: string) =>
    socket.frames.filter((frame) => frame.direction === 3 && frame.content?.text === id).length;

  test(
    "a push reaches every device of the other and the sender's others, once",
    async () => {
      const alice = await online("alice");
      const phone = await online("alice", 1, "im_app_ios");
      const bob = await online("bob", 1);
      const tablet = await online("bob", 0, "im_app_android");
      const pushes: Answer[] = [];
      for (let n = 0; n < 20; n += 1) pushes.push(await push(alice, { to: "bob", type: 1 }));
      for (const { id, code } of pushes) {
        expect(code).toBe(200);
        for (const socket of [bob, tablet, phone]) {
          await hears(socket, id);
          expect(heard(socket, id)).toBe(1);
        }
        expect(heard(alice, id)).toBe(0);
      }
    },
    PATIENT,
  );

  test(
    "to a user who is offline it is refused with 3004, or stored where that is wished",
    async () => {
      const alice = await online("carol");
      await call("user/login", { id: "dave" });
      const route = { to: "dave", type: 1 };
      const refused = await push(alice, route, { control: { persistent: false } });
      expect(refused.code).toBe(3004);
      const stored = await push(alice, route, { control: { persistent: true } });
      expect(stored.code).toBe(200);
      const again = await push(alice, { to: "carol", type: 1 });
      expect(again.code).not.toBe(200);
    },
    PATIENT,
  );

  test(
    "in a group it follows who is a member when it is sent",
    async () => {
      const names = ["erin", "frank", "grace"];
      const [erin, frank, grace] = await Promise.all(names.map((id, n) => online(id, n)));
      if (!erin || !frank || !grace) throw new Error("not online");
      const group = await call("group", { ownerId: "erin", memberIds: ["frank"] });
      const conversationId = String(group["conversationId"]);
      const route = { conversationId, type: 1 };
      const first = await push(erin, route);
      expect(first.code).toBe(200);
      await hears(frank, first.id);
      await call("group/member", { conversationId, userIds: ["grace"] });
      // Until the gateway has heard of it, for which there is no answer to wait.
      let second = await push(erin, route);
      for (let tries = 0; tries < 100 && heard(grace, second.id) === 0; tries += 1) {
        second = await push(erin, route);
        await hears(frank, second.id);
      }
      await hears(grace, second.id);
      const named = await push(erin, { ...route, target: ["grace"] });
      await hears(grace, named.id);
      expect(heard(frank, named.id)).toBe(0);
    },
    PATIENT,
  );
});

type Opened = ReturnType<typeof openSocket>;
type Data = Record<string, unknown>;

interface Answer {
  id: string;
  code: number | undefined;
}
