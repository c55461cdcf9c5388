// The cast of the matrix: one user for each kind of sender, and the conversations that they are, or
// are not, in; all of it made through the server's own calls.
import postgres from "postgres";
import { call, type HttpAnswer, show } from "../outside/http-client.ts";
import { code, connect, type RawClient } from "../outside/raw-client.ts";
import type { Envelope, Framing } from "../outside/framing.ts";
import { inParallel } from "../support/pace.ts";
import type { Way } from "./cells.ts";
import type { Row, SenderKind } from "./expected.ts";

export interface StageOptions {
  url: string;
  appKey: string;
  /** For roles and mutes, where the server has no command for them yet. */
  databaseUrl?: string;
}

export type Address = { to: string } | { conversationId: string };

const CAST: readonly SenderKind[] = [
  "owner",
  "administrator",
  "member",
  "muted member",
  "former member",
  "outsider",
  "friend",
  "stranger",
  "stranger beyond the limit",
  "blocked by the other",
  "blocks the other",
];

/** Those who are in a group from its beginning. */
const MEMBERS: readonly SenderKind[] = [
  "administrator",
  "member",
  "muted member",
  "former member",
  "blocked by the other",
  "blocks the other",
];

const DEVICES: Readonly<Record<Framing, string>> = {
  json: "im_web",
  proto: "im_app_ios",
  msgpack: "im_pc_mac",
};

/** More than the setting's most. */
const STRANGER_MESSAGES_MAX = 16;
const UNSUPPORTED = 3003;
const MUTE_MS = 3_600_000;
const FAR_AWAY = "http";

export class Stage {
  readonly #options: StageOptions;
  readonly #run = crypto.randomUUID().slice(0, 8);
  readonly #tokens = new Map<SenderKind, string>();
  readonly #clients = new Map<string, RawClient>();
  #localIds = 0;

  private constructor(options: StageOptions) {
    this.#options = options;
  }

  static async open(options: StageOptions): Promise<Stage> {
    const stage = new Stage(options);
    await inParallel([...CAST], 8, async (kind) => {
      const { data } = await stage.#insist("POST", "user/login", { id: stage.#name(kind) });
      stage.#tokens.set(kind, String(data["token"]));
    });
    return stage;
  }

  close(): void {
    for (const client of this.#clients.values()) client.terminate();
  }

  localId(): string {
    return `${this.#run}-${++this.#localIds}`;
  }

  /** Makes what a row needs; the answer says where each sender speaks, each way. */
  async prepare(row: Row): Promise<(sender: SenderKind, way: Way) => Address> {
    if (row.type === 1 || row.type === 8) return await this.#preparePairs(row);
    const conversationId = row.type === 6 ? await this.#systemOne() : await this.#joined(row);
    return () => ({ conversationId });
  }

  async client(sender: SenderKind, framing: Framing): Promise<RawClient> {
    const name = `${sender}/${framing}`;
    const held = this.#clients.get(name);
    if (held !== undefined) return held;
    const token = this.#tokens.get(sender) ?? "";
    const device = DEVICES[framing];
    const client = await connect({ base: this.#options.url, token, device, framing });
    this.#clients.set(name, client);
    return client;
  }

  /** Where membership is a lease of the connection: who is to be in it joins from this one. */
  async attend(row: Row, sender: SenderKind, client: RawClient, address: Address): Promise<void> {
    if (row.type !== 3) return;
    const expected = row.codes[sender];
    if (expected !== 200 && sender !== "former member") return;
    await this.#command(client, 42, address);
    if (sender === "former member") await this.#command(client, 43, address);
  }

  async post(sender: SenderKind, address: Address, cmd: number): Promise<number> {
    const body = { ...address, type: 1, content: { text: "who?" }, localId: this.localId() };
    if (sender === "system") return (await this.#call("POST", "message", body)).code;
    const token = this.#tokens.get(sender) ?? "";
    const path = "/openapi/v1/message";
    const said = { ...body, from: this.#name(sender), cmd };
    return (await call(this.#options.url, "POST", path, said, { token })).code;
  }

  /** Without credentials, or with ones that are no good: the status, or the code. */
  async unknown(way: Way, address: Address, cmd: number): Promise<number> {
    const { url } = this.#options;
    if (way === FAR_AWAY) {
      const body = { ...address, cmd, type: 1, localId: this.localId() };
      return (await call(url, "POST", "/openapi/v1/message", body, undefined)).code;
    }
    const response = await fetch(`${url}/ws?token=nobody`, {
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "bWF0cml4LW9mLWxpbm5ldA==",
        "sec-websocket-protocol": way,
      },
    });
    await response.body?.cancel();
    return response.status;
  }

  /** A peer for each sender and way, so that no cell sees what another did. */
  async #preparePairs(row: Row): Promise<(sender: SenderKind, way: Way) => Address> {
    const kinds = CAST.filter((kind) => row.codes[kind] !== undefined);
    const ways: readonly Way[] = ["json", "proto", "msgpack", "http"];
    const pairs = [...kinds, "system" as const].flatMap((kind) =>
      ways.map((way) => ({ kind, way, peer: `${this.#run}-${row.type}-${kind}-${way}` })),
    );
    const addresses = new Map<string, Address>();
    await inParallel(pairs, 8, async ({ kind, way, peer }) => {
      await this.#insist("POST", "user/register", { id: peer });
      addresses.set(`${kind}/${way}`, await this.#pair(row, kind, peer));
    });
    const anywhere = { to: this.#name("friend") };
    return (sender, way) => addresses.get(`${sender}/${way}`) ?? anywhere;
  }

  async #pair(row: Row, kind: SenderKind, peer: string): Promise<Address> {
    const me = this.#name(kind === "system" || kind === "outsider" ? "friend" : kind);
    const friends = { userId: me, friendId: peer };
    const strangers = kind.startsWith("stranger") || (row.type === 8 && kind.includes("block"));
    if (!strangers) await this.#insist("POST", "friend", friends);
    if (kind === "blocked by the other") {
      await this.#insist("POST", "block", { userId: peer, blockedId: me });
    } else if (kind === "blocks the other") {
      await this.#insist("POST", "block", { userId: me, blockedId: peer });
    } else if (kind === "former member") {
      await this.#insist("DELETE", "friend", friends);
    } else if (kind === "stranger beyond the limit") {
      await this.#speakUp(me, peer);
    } else if (kind === "outsider" || kind === "system") {
      const sent = await this.#insist("POST", "message", this.#message(me, peer, 1));
      return { conversationId: String(sent.data["conversationId"]) };
    }
    return { to: peer };
  }

  /** As often as a stranger may, whatever the server's setting is. */
  async #speakUp(from: string, to: string): Promise<void> {
    for (let sent = 0; sent < STRANGER_MESSAGES_MAX; sent++) {
      const answer = await this.#call("POST", "message", this.#message(from, to, 6));
      if (answer.code !== 200) return;
    }
  }

  #message(from: string, to: string, cmd: number) {
    return { from, to, cmd, type: 1, content: { text: "before" }, localId: this.localId() };
  }

  async #systemOne(): Promise<string> {
    const body = { to: this.#name("member"), type: 1, content: { text: "notice" } };
    const sent = await this.#insist("POST", "message", { ...body, localId: this.localId() });
    return String(sent.data["conversationId"]);
  }

  async #joined(row: Row): Promise<string> {
    const memberIds = row.type === 3 ? [] : MEMBERS.map((kind) => this.#name(kind));
    const owner = this.#name("owner");
    const { data } = await this.#insist("POST", "group", {
      ownerId: owner,
      name: row.name,
      memberIds,
      conversationType: row.type,
      ...(row.policy === undefined ? {} : { policy: row.policy }),
    });
    const conversationId = String(data["conversationId"]);
    for (const kind of ["blocked by the other", "blocks the other"] as const) {
      const [userId, blockedId] = kind.startsWith("blocks")
        ? [this.#name(kind), owner]
        : [owner, this.#name(kind)];
      await this.#insist("POST", "block", { userId, blockedId });
    }
    const friends = { userId: owner, friendId: this.#name("friend") };
    await this.#insist("POST", "friend", friends);
    if (row.type !== 3) await this.#setRoles(conversationId);
    return conversationId;
  }

  async #setRoles(conversationId: string): Promise<void> {
    const former = { conversationId, userIds: [this.#name("former member")] };
    await this.#insist("DELETE", "group/member", former);
    const owner = await this.client("owner", "json");
    const address = { conversationId };
    const [appointed, muted] = [this.#name("administrator"), this.#name("muted member")];
    const roles = await this.#command(owner, 45, address, {
      roles: [{ userId: appointed, role: 1 }],
    });
    if (roles !== 200) await this.#bySql(conversationId, appointed, "role");
    const until = Date.now() + MUTE_MS;
    const mute = await this.#command(owner, 46, address, { userIds: [muted], until });
    if (mute !== 200) await this.#bySql(conversationId, muted, "mute");
  }

  /** A server without the commands of roles and mutes, in a test that has its database. */
  async #bySql(conversationId: string, userId: string, what: "role" | "mute"): Promise<void> {
    const { databaseUrl } = this.#options;
    if (databaseUrl === undefined) throw new Error(`the server has no command for a ${what}`);
    const sql = postgres(databaseUrl, { max: 1 });
    const member = sql`conversation_id = ${conversationId}
      AND user_id = (SELECT id FROM users WHERE external_id = ${userId})`;
    if (what === "role") await sql`UPDATE members SET role = 1 WHERE ${member}`;
    else await sql`UPDATE members SET muted_until = now() + interval '1 hour' WHERE ${member}`;
    await sql.end();
  }

  async #command(
    client: RawClient,
    cmd: number,
    address: Address,
    data?: Record<string, unknown>,
  ): Promise<number> {
    const frame: Envelope = { cmd, header: { localId: this.localId() }, route: address };
    if (data !== undefined) frame.content = { data };
    const answered = code(await client.request(frame));
    const tolerated = cmd === 45 || cmd === 46 ? [200, UNSUPPORTED, 1004] : [200];
    if (tolerated.includes(answered)) return answered;
    throw new Error(`command ${cmd} in the preparation: ${answered}`);
  }

  #name(kind: SenderKind): string {
    return `${this.#run}-${kind}`;
  }

  async #call(method: string, path: string, body: object): Promise<HttpAnswer> {
    const { url, appKey } = this.#options;
    return await call(url, method, `/openapi/v1/${path}`, body, { appKey });
  }

  async #insist(method: string, path: string, body: object): Promise<HttpAnswer> {
    const answer = await this.#call(method, path, body);
    if (answer.code === 200) return answer;
    throw new Error(`${method} ${path} ${JSON.stringify(body)}: ${show(answer)}`);
  }
}
