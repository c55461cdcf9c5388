/** Column types that the tables share. */
import { bigint, customType, timestamp } from "drizzle-orm/pg-core";

export const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });
export const id = (name: string) => bigint(name, { mode: "number" });
/** Snowflakes pass 2^53: decimal strings outside of SQL. */
export const snowflake = (name: string) => bigint(name, { mode: "bigint" });
export const instant = (name: string) => timestamp(name, { withTimezone: true });
