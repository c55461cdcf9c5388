// A device tells by itself what it has, so that senders see it and nobody is notified of it.
import { expect, test } from "bun:test";
import { CMD } from "../../../src/wire/commands.ts";
import type { FakeServer } from "./fake-server.ts";
import { asked, setUp } from "./set-up.ts";

const receipts = (server: FakeServer) =>
  asked(server, CMD.receipt).map(({ content }) => content?.data?.["pts"]);

test("once a second, up to the newest that the application was handed", async () => {
  const { client, server, clock } = setUp();
  server.append();
  await client.connect();
  await clock.advance(999);
  expect(receipts(server)).toEqual([]);
  await clock.advance(1);
  expect(receipts(server)).toEqual([1]);

  for (let count = 0; count < 5; count++) server.arrive();
  await clock.advance(1000);
  expect(receipts(server)).toEqual([1, 6]);
  await clock.advance(10_000);
  expect(receipts(server)).toEqual([1, 6]);
});

test("not where the application does it, and not after the end", async () => {
  const silent = setUp({ receipts: false });
  silent.server.append();
  await silent.client.connect();
  await silent.clock.advance(5000);
  expect(receipts(silent.server)).toEqual([]);

  const ended = setUp();
  ended.server.append();
  await ended.client.connect();
  await ended.client.close();
  await ended.clock.advance(5000);
  expect(receipts(ended.server)).toEqual([]);
});
