// Postgres or Redis away: 503 for what was not taken, 504 for what was, and all is well when it is
// back.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { startPostgres, type TestService } from "../../support/services.ts";
import { type Answer, type As, AS_APP, startServer, type TestServer } from "./server.ts";

let postgres: TestService;
let server: TestServer;

beforeAll(async () => {
  postgres = await startPostgres();
  server = await startServer({ DATABASE_URL: postgres.url, LINNET_ANSWER_MS: "1500" });
  for (const id of ["ann", "ben"]) await server.login(id);
  const friends = { userId: "ann", friendId: "ben" };
  expect((await server.call("POST", "/openapi/v1/friend", AS_APP, friends)).code).toBe(200);
}, 60_000);

afterAll(async () => {
  await server.stop();
  await postgres.kill9();
});

const send = (localId: string, as: As = AS_APP): Promise<Answer> =>
  server.call("POST", "/openapi/v1/message", as, {
    from: "ann",
    to: "ben",
    cmd: 1,
    content: { text: "hi" },
    localId,
  });

/** Calls again until it is done: for as long as the test may take. */
async function untilDone(call: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await call();
    if (answer.code === 200) return answer;
    expect([503, 504]).toContain(answer.code);
  }
}

test("without Redis nothing is taken, and readiness says why", async () => {
  expect((await send("first")).code).toBe(200);
  await server.redis.kill9();
  const refused = await send("second");
  expect(refused).toMatchObject({ status: 503, code: 503, data: null });
  const ready = await server.call("GET", "/readyz", {}, {});
  expect(ready).toMatchObject({ status: 503, code: 503, msg: "Redis is away" });
  expect((await server.login("ann")).token).toStartWith("Bearer ");
  await server.redis.restart();
  expect((await untilDone(() => send("second"))).data).toMatchObject({ conversationSeq: 1 });
}, 60_000);

test("without Postgres reads are 503, a send that was taken 504 and stored once", async () => {
  const ann = await server.login("ann");
  await postgres.stop();
  const log = await server.call("GET", "/openapi/v1/sync", AS_APP, { userId: "ann" });
  expect(log).toMatchObject({ status: 503, code: 503, msg: "not taken, retry later" });
  const login = await server.call("POST", "/openapi/v1/user/login", AS_APP, { id: "cat" });
  expect(login.code).toBe(503);
  // What the filter needs is in memory, so this one is taken; the writer can't settle it.
  expect(await send("third", ann)).toMatchObject({ status: 504, code: 504 });
  await postgres.restart();
  const sent = await untilDone(() => send("third"));
  expect(sent.data).toMatchObject({ conversationSeq: 2, duplicate: true });
  expect((await untilDone(() => send("fourth"))).data).toMatchObject({ conversationSeq: 3 });
}, 60_000);
