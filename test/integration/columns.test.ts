// Columns of rows in binary, read back by a real Postgres.
import { afterAll, beforeAll, expect, spyOn, test } from "bun:test";
import { Buffer } from "node:buffer";
import * as fc from "fast-check";
import { snowflakeHalves, snowflakeText } from "../../src/base/snowflake.ts";
import { openPool, type Sql } from "../../src/postgres/client.ts";
import { Columns } from "../../src/postgres/columns.ts";
import { TYPES } from "../../src/postgres/types.ts";
import { isPoison } from "../../src/transfer/writer-lock.ts";
import { freshDatabase, type TestDatabase } from "../support/services.ts";

let database: TestDatabase;
let sql: Sql;

beforeAll(async () => {
  database = await freshDatabase(async () => {});
  sql = openPool(database.url, "columns", 1, 5000);
});

afterAll(async () => {
  await sql.end();
  await database.drop();
});

const isNoNull = (text: string) => !text.includes("\0");

const ROW = fc.record(
  {
    whole: fc.maxSafeInteger(),
    id: fc.bigInt(0n, 2n ** 63n - 1n).map(String),
    four: fc.integer(),
    two: fc.integer({ min: -32768, max: 32767 }),
    truth: fc.boolean(),
    text: fc.string({ unit: "binary" }).filter(isNoNull),
    bytes: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  },
  { requiredKeys: [] },
);

test("what is written is what Postgres reads, and what is absent is NULL", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(ROW), async (rows) => {
      const columns = new Columns(sql, rows);
      const found = await sql`
        SELECT whole, id::text, four, two, truth, text, bytes
        FROM unnest(${columns.int8((r) => r.whole)}::int8[],
          ${columns.ids((r) => (r.id === undefined ? undefined : snowflakeHalves(r.id)))}::int8[],
          ${columns.int4((r) => r.four)}::int4[], ${columns.int2((r) => r.two)}::int2[],
          ${columns.bool((r) => r.truth)}::bool[], ${columns.text((r) => r.text)}::text[],
          ${columns.bytea((r) => r.bytes)}::bytea[], ${columns.int8(() => 1)}::int8[])
          AS t(whole, id, four, two, truth, text, bytes, counted)`;
      expect([...found]).toEqual(
        rows.map(({ whole, id, four, two, truth, text, bytes }) => ({
          whole: whole ?? null,
          id: id ?? null,
          four: four ?? null,
          two: two ?? null,
          truth: truth ?? null,
          text: text ?? null,
          bytes: bytes ?? null,
        })),
      );
    }),
    { numRuns: 200 },
  );
});

test("ids keep all of their 64 bits", async () => {
  const ids = ["0", "4294967295", "4294967296", "9007199254740993", "9223372036854775807"];
  const columns = new Columns(sql, ids);
  const rows = await sql`SELECT unnest(${columns.ids(snowflakeHalves)}::int8[])::text AS id`;
  expect(rows.map((row) => row["id"])).toEqual(ids);
  expect(ids.map((id) => snowflakeText(snowflakeHalves(id)))).toEqual(ids);
});

test("a statement answers in text, then in binary: both are read alike", async () => {
  const binary = spyOn(TYPES.bigint.parse, "binary");
  const rows = [];
  for (let time = 0; time < 3; time++) {
    const [row] = await sql`
      SELECT -1::int2 AS two, 2147483647 AS four, -9007199254740991 AS eight,
        9007199254740993 AS unsafe, -9223372036854775808 AS least, true AS yes, false AS no,
        ''::bytea AS nothing, '\\x00ff'::bytea AS bytes, 'ä' AS text, NULL::int8 AS absent`;
    rows.push(row);
  }
  expect(rows).toEqual(
    Array.from({ length: 3 }, () => ({
      two: -1,
      four: 2147483647,
      eight: -9007199254740991,
      unsafe: "9007199254740993",
      least: "-9223372036854775808",
      yes: true,
      no: false,
      nothing: Buffer.alloc(0),
      bytes: Buffer.from([0, 255]),
      text: "ä",
      absent: null,
    })),
  );
  // The three of 64 bits, in each answer after the first.
  expect(binary).toHaveBeenCalledTimes(6);
  binary.mockRestore();
});

test("bytes go as they are, outside of columns too", async () => {
  const bytes = Buffer.from([0, 1, 92, 120, 255]);
  const [row] = await sql`SELECT ${bytes}::bytea AS bytes, ${"beside"}::text AS text`;
  expect(row).toEqual({ bytes, text: "beside" });
});

test("a number that its type can't hold is the row's own fault", () => {
  const columns = new Columns(sql, [2 ** 31]);
  const failure = (() => {
    try {
      return columns.int4((number) => number);
    } catch (error) {
      return error;
    }
  })();
  expect(failure).toBeInstanceOf(RangeError);
  expect(isPoison(failure)).toBe(true);
});
