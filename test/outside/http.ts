/** Each HTTP call with no key, a wrong key, the app key, a user's token, another user's token. */

import {
  type Auth,
  befriend,
  call,
  type HttpAnswer,
  login,
  makeGroup,
  show,
} from "./http-client.ts";
import { code, connect, type RawClient, sendSurely, textMessage } from "./raw-client.ts";
import { gateway, runName, type Target } from "./target.ts";

const api = "/openapi/v1";

/** The codes that may answer, by credential; where the page leaves no choice there is one. */
interface Row {
  what: string;
  method: string;
  path: string;
  body?: unknown;
  app: number[];
  /** The user whom the call is about. */
  own: number[];
  /** Somebody else, who names the first user in the body all the same. */
  other: number[];
}

interface Scene {
  alice: string;
  bob: string;
  carol: string;
  dave: string;
  aliceToken: string;
  carolToken: string;
  name: string;
  /** A conversation of alice and bob, and a group of alice's. */
  pair: string;
  group: string;
  epoch: string;
  aliceSocket: RawClient;
  bobSocket: RawClient;
}

export async function runHttp(target: Target): Promise<string[]> {
  const scene = await makeScene(target);
  const failures: string[] = [];
  let calls = 0;
  let statusDiffers = 0;
  for (const row of makeRows(scene)) {
    const tries: [string, Auth, number[]][] = [
      ["no key", undefined, [401, 403]],
      ["a wrong key", { appKey: `${target.appKey}-wrong` }, [401]],
      ["a wrong token", { token: `${scene.aliceToken}x` }, [401]],
      ["another user's token", { token: scene.carolToken }, row.other],
      ["the user's token", { token: scene.aliceToken }, row.own],
      ["the app key", { appKey: target.appKey }, row.app],
    ];
    for (const [who, auth, expect] of tries) {
      const answer = await call(gateway(target, 0), row.method, row.path, row.body, auth);
      calls += 1;
      if (answer.code < 1000 && answer.status !== answer.code) statusDiffers += 1;
      if (!expect.includes(answer.code)) {
        failures.push(`${row.what} with ${who}: ${show(answer)}, not ${expect.join("|")}`);
      }
      if (who === "another user's token" && answer.code === 200) {
        failures.push(...(await unharmed(target, scene, row, answer)));
      }
    }
  }
  failures.push(...(await badBodies(target, scene)), ...(await pages(target)));
  scene.aliceSocket.close();
  scene.bobSocket.close();
  console.log(`http: ${calls} calls; ${statusDiffers} times the HTTP status is not the code`);
  return failures;
}

async function makeScene(target: Target): Promise<Scene> {
  const name = runName("http");
  const [alice, bob, carol, dave] = ["alice", "bob", "carol", "dave"].map(
    (who) => `${name}-${who}`,
  ) as [string, string, string, string];
  const tokens: string[] = [];
  for (const user of [alice, bob, carol, dave]) tokens.push(await login(target, user, "im_web"));
  const [aliceToken = "", bobToken = "", carolToken = ""] = tokens;
  await befriend(target, alice, bob);
  const base = gateway(target, 0);
  const aliceSocket = await connect({ base, token: aliceToken, device: "im_web" });
  const bobSocket = await connect({ base, token: bobToken, device: "im_web" });
  const first = await sendSurely(aliceSocket, textMessage(1, { to: bob }, `${name}-1`, "first"));
  if (code(first) !== 200) throw new Error("http: the first message was not taken");
  return {
    alice,
    bob,
    carol,
    dave,
    aliceToken,
    carolToken,
    name,
    aliceSocket,
    bobSocket,
    pair: String(first?.route?.conversationId),
    group: await makeGroup(target, alice, [bob]),
    epoch: aliceSocket.greeting?.content?.data?.epoch ?? "",
  };
}

const post = "POST";
const keyOnly = { app: [200], own: [403], other: [403] };
const mine = { own: [200], other: [200, 403, 404] };
const stranger = [403, 404, 1001, 1002, 1003, 2003, 2005];
/** The app key comes last in each row: what the user's token has done is then done already. */
const done = [200, 404, 409];

function makeRows(scene: Scene): Row[] {
  return [
    ...accounts(scene),
    ...groups(scene),
    ...messages(scene),
    ...reads(scene),
    ...ends(scene),
  ];
}

function accounts({ alice, bob, dave }: Scene): Row[] {
  const method = post;
  const account = { id: dave, device: "im_web" };
  const friend = { userId: alice, friendId: dave };
  const block = { userId: alice, blockedId: bob };
  return [
    { what: "login", method, path: `${api}/user/login`, body: account, ...keyOnly },
    { what: "register", method, path: `${api}/user/register`, body: { id: dave }, ...keyOnly },
    { what: "friend", method, path: `${api}/friend`, body: friend, ...keyOnly },
    { what: "block", method, path: `${api}/block`, body: block, ...mine, app: done },
    { what: "unblock", method: "DELETE", path: `${api}/block`, body: block, ...mine, app: done },
  ];
}

function groups({ alice, bob, dave, group, name }: Scene): Row[] {
  const path = `${api}/group/member`;
  const member = { conversationId: group, userIds: [dave] };
  const both = { path, body: member, own: [200], other: stranger };
  return [
    {
      what: "group",
      method: post,
      path: `${api}/group`,
      own: [200],
      other: [200, 403, 1006],
      app: [200],
      body: { ownerId: alice, name, memberIds: [bob], conversationType: 2 },
    },
    { what: "add a member", method: post, ...both, app: done },
    { what: "remove a member", method: "DELETE", ...both, app: [...done, 2003] },
  ];
}

function messages({ alice, bob, group, name }: Scene): Row[] {
  const path = `${api}/message`;
  const send = { from: alice, to: bob, cmd: 1, type: 1, content: { text: "by HTTP" } };
  const system = { to: bob, cmd: 91, type: 43, content: { text: "from the system" } };
  const toGroup = { ...send, to: undefined, cmd: 2, conversationId: group };
  const at = { method: post, path, app: [200] };
  return [
    {
      what: "message",
      ...at,
      body: { ...send, localId: `${name}-m` },
      own: [200],
      other: [403, 1006],
    },
    {
      what: "message without from",
      ...at,
      body: { ...system, localId: `${name}-s` },
      own: [403],
      other: [403],
    },
    {
      what: "message to a group",
      ...at,
      body: { ...toGroup, localId: `${name}-g` },
      own: [200],
      other: [403, 2003],
    },
  ];
}

function reads({ alice, epoch, group, pair }: Scene): Row[] {
  const method = "GET";
  const history = (id: string): string => `${api}/message?conversationId=${id}&fromSeq=0&limit=10`;
  const sync = `epoch=${encodeURIComponent(epoch)}&pts=0&limit=10`;
  const asAlice = `userId=${encodeURIComponent(alice)}`;
  const strangers = { app: [200], own: [200], other: stranger };
  return [
    { what: "history", method, path: history(pair), ...strangers },
    { what: "history of a group", method, path: history(group), ...strangers },
    {
      what: "conversations",
      method,
      path: `${api}/conversation?limit=10&${asAlice}`,
      ...mine,
      app: [200, 400, 403, 1005],
    },
    { what: "sync", method, path: `${api}/sync?${sync}&${asAlice}`, ...mine, app: [200] },
  ];
}

function ends({ alice, bob, carol }: Scene): Row[] {
  const at = { method: "DELETE", path: `${api}/friend`, app: [...done, 1006] };
  const ofCarol = { userId: alice, friendId: carol };
  return [
    { what: "unfriend", ...at, body: { userId: alice, friendId: bob }, ...mine, app: at.app },
    {
      what: "unfriend carol",
      ...at,
      body: ofCarol,
      own: [...done, 1006],
      other: [...done, 403, 1006],
    },
  ];
}

/** What carol was allowed must have been about carol: alice and bob see no difference. */
async function unharmed(
  target: Target,
  scene: Scene,
  row: Row,
  answer: HttpAnswer,
): Promise<string[]> {
  if (row.method === "GET") {
    const text = JSON.stringify(answer.data);
    const leaks = text.includes(`"${scene.pair}"`) || text.includes(scene.bob);
    return leaks ? [`${row.what}: carol was shown what is alice's`] : [];
  }
  if (row.what === "group") {
    const id = String(answer.data["conversationId"]);
    const path = `${api}/message?conversationId=${id}&fromSeq=0&limit=10`;
    const seen = await call(gateway(target, 0), "GET", path, undefined, {
      token: scene.aliceToken,
    });
    return [2003, 404, 1003].includes(seen.code) ? [] : ["group: carol made one that is alice's"];
  }
  if (row.what === "unfriend carol") return [];
  if (row.what === "unblock") return stillBlocked(scene);
  const mark = `${scene.name}-unharmed-${row.what}`;
  const there = await sendSurely(scene.aliceSocket, textMessage(1, { to: scene.bob }, mark, "x"));
  const back = await sendSurely(scene.bobSocket, textMessage(1, { to: scene.alice }, mark, "x"));
  const codes = [code(there), code(back)];
  return codes.every((one) => one === 200)
    ? []
    : [`${row.what}: after carol's call alice and bob are answered ${codes.join(", ")}`];
}

/** Alice's block stands: carol could only end one of her own. */
async function stillBlocked(scene: Scene): Promise<string[]> {
  const message = textMessage(1, { to: scene.alice }, `${scene.name}-blocked`, "x");
  const answer = await sendSurely(scene.bobSocket, message);
  return code(answer) === 1007 ? [] : [`unblock: carol ended alice's block (${code(answer)})`];
}

/** Bodies that are wrong in one way each, with the app key. */
async function badBodies(target: Target, scene: Scene): Promise<string[]> {
  const { alice, bob, dave, group, name } = scene;
  const many = Array.from({ length: 501 }, (_, index) => `${name}-${index}`);
  const send = { from: alice, to: dave, cmd: 6, type: 1, content: { text: "x" } };
  const malformed = [1004, 400];
  const absent = [1005, 400];
  const long = "x".repeat(65);
  const rows: [string, string, unknown, number[]][] = [
    ["no JSON", "/user/login", "{", malformed],
    ["a list", "/user/login", [], malformed],
    ["null", "/user/login", "null", malformed],
    ["no id", "/user/login", { device: "im_web" }, absent],
    ["an empty id", "/user/login", { id: "", device: "im_web" }, [1004, 1005, 400]],
    ["an id of 65 bytes", "/user/login", { id: long, device: "im_web" }, [413, 1004, 400]],
    ["an id in umlauts, 66 bytes", "/user/register", { id: "ä".repeat(33) }, [413, 1004, 400]],
    ["an id with NUL", "/user/register", { id: "a\u0000b" }, malformed],
    ["an id that is a number", "/user/login", { id: 7, device: "im_web" }, malformed],
    ["an unknown device", "/user/login", { id: dave, device: "im_fridge" }, malformed],
    ["a friend of nobody's", "/friend", { userId: `${name}-x`, friendId: alice }, [404]],
    ["a friend without friendId", "/friend", { userId: alice }, absent],
    ["one's own friend", "/friend", { userId: alice, friendId: alice }, [403]],
    [
      "a group of 501",
      "/group",
      { ownerId: alice, name, memberIds: many, conversationType: 2 },
      [413],
    ],
    [
      "a group with nobody",
      "/group",
      { ownerId: alice, name, memberIds: [`${name}-x`], conversationType: 2 },
      [404],
    ],
    [
      "a group of type 99",
      "/group",
      { ownerId: alice, name, memberIds: [bob], conversationType: 99 },
      [3003, 1004, 400],
    ],
    ["501 new members", "/group/member", { conversationId: group, userIds: many }, [413]],
    [
      "members of no group",
      "/group/member",
      { conversationId: "8999999999999999", userIds: [bob] },
      [1003],
    ],
    ["a message without localId", "/message", send, absent],
    ["a message to nobody", "/message", { ...send, to: `${name}-x`, localId: "a" }, [404]],
    ["a message to oneself", "/message", { ...send, to: alice, localId: "b" }, [403]],
    ["a message without address", "/message", { ...send, to: undefined, localId: "c" }, absent],
    [
      "11 KiB of text",
      "/message",
      { ...send, localId: "d", content: { text: "x".repeat(11_264) } },
      [413],
    ],
    ["an unknown command", "/message", { ...send, cmd: 9999, localId: "e" }, [3003]],
    ["a message of wrong types", "/message", { ...send, content: [], localId: "f" }, malformed],
  ];
  const failures: string[] = [];
  for (const [what, path, body, expect] of rows) {
    const auth = { appKey: target.appKey };
    const answer = await call(gateway(target, 0), "POST", api + path, body, auth);
    if (!expect.includes(answer.code)) {
      failures.push(`${what}: ${show(answer)}, not ${expect.join("|")}`);
    } else if (answer.msg === "") failures.push(`${what}: refused without a message`);
  }
  return failures;
}

/** What a browser or a monitor asks for, and a path that nobody serves. */
async function pages(target: Target): Promise<string[]> {
  const failures: string[] = [];
  for (const [path, status] of [
    ["/healthz", 200],
    ["/readyz", 200],
    ["/metrics", 200],
    ["/openapi.json", 200],
    ["/docs", 200],
    ["/openapi/v1/nothing-here", 404],
    ["/ws", 400],
  ] as const) {
    const answer = await fetch(gateway(target, 0) + path);
    const refused = path === "/ws" && answer.status >= 400 && answer.status < 500;
    if (answer.status !== status && !refused) failures.push(`GET ${path}: HTTP ${answer.status}`);
  }
  return failures;
}
