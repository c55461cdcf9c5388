/** What a host application's own server does for its users: log in, register, befriend. */

export interface Server {
  /** `http://host:port`, without a path. */
  url: string;
  appKey: string;
}

interface Reply {
  code: number;
  msg?: string;
  data?: { token?: string };
}

/** The user's token. */
export async function logIn(server: Server, id: string, device: string): Promise<string> {
  const { data } = await call(server, "user/login", { id, device });
  if (data?.token === undefined) throw new Error("the login was answered without a token");
  return data.token;
}

/** So that both exist and a one-to-one message between them is allowed. */
export async function befriend(server: Server, userId: string, friendId: string): Promise<void> {
  await call(server, "user/register", { id: friendId });
  await call(server, "friend", { userId, friendId });
}

async function call(server: Server, path: string, body: object): Promise<Reply> {
  const response = await fetch(new URL(`/openapi/v1/${path}`, server.url), {
    method: "POST",
    headers: { "content-type": "application/json", "x-app-key": server.appKey },
    body: JSON.stringify(body),
  });
  const reply = (await response.json().catch(() => ({ code: response.status }))) as Reply;
  // 409: it was so before, which is as good.
  if (reply.code === 200 || reply.code === 409) return reply;
  throw new Error(`${path} was refused: ${reply.code} ${reply.msg ?? ""}`.trimEnd());
}
