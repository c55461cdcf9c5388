// Makes users, friends and groups over HTTP, as a host application would.

export interface Account {
  readonly id: string;
  readonly token: string;
}

interface Body {
  readonly code: number;
  readonly msg?: string;
  readonly data?: unknown;
}

const CALLS_AT_ONCE = 32;
/** Ids in one list of a request. */
const IDS_MOST = 500;

export class Application {
  readonly #base: string;
  readonly #appKey: string;

  constructor(base: string, appKey: string) {
    this.#base = base;
    this.#appKey = appKey;
  }

  async login(id: string): Promise<Account> {
    const data = (await this.#post("user/login", { id, device: "im_pc_linux" })) as {
      token: string;
    };
    return { id, token: data.token };
  }

  async logins(ids: readonly string[]): Promise<Account[]> {
    return inTurns(ids, (id) => this.login(id));
  }

  async befriend(pairs: readonly (readonly [string, string])[]): Promise<void> {
    await inTurns(pairs, ([userId, friendId]) => this.#post("friend", { userId, friendId }));
  }

  /** A pair's conversation comes with its first message. */
  async conversationOf(from: string, to: string): Promise<{ id: number; type: number }> {
    const data = (await this.#post("message", {
      from,
      to,
      cmd: 1,
      type: 1,
      content: { text: "hello" },
      localId: `bench-${crypto.randomUUID()}`,
    })) as { conversationId: string; conversationType: number };
    return { id: Number(data.conversationId), type: data.conversationType };
  }

  async conversationsOf(pairs: readonly (readonly [string, string])[]) {
    return inTurns(pairs, ([from, to]) => this.conversationOf(from, to));
  }

  /** A group of any size: members come in calls of as many ids as one takes. */
  async group(ownerId: string, memberIds: readonly string[], type: number): Promise<number> {
    const first = memberIds.slice(0, IDS_MOST);
    const made = (await this.#post("group", {
      ownerId,
      name: "bench",
      memberIds: first,
      conversationType: type,
    })) as { conversationId: string };
    const { conversationId } = made;
    for (let from = IDS_MOST; from < memberIds.length; from += IDS_MOST) {
      const userIds = memberIds.slice(from, from + IDS_MOST);
      await this.#post("group/member", { conversationId, userIds });
    }
    return Number(conversationId);
  }

  async #post(path: string, body: object): Promise<unknown> {
    const response = await fetch(`${this.#base}/openapi/v1/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-app-key": this.#appKey },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as Body;
    if (answer.code !== 200) throw new Error(`POST ${path}: ${answer.code} ${answer.msg ?? ""}`);
    return answer.data;
  }
}

/** As `Promise.all` over `map`, some at a time, results in order. */
export async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = new Array(items.length);
  let next = 0;
  const workOn = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at] as Item);
    }
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, workOn));
  return results;
}
