// Hours in which somebody is not to be disturbed, over midnight and in other zones.
import { expect, test } from "bun:test";
import { isQuiet, readQuietHours } from "../../../src/base/quiet-hours.ts";

const at = (time: string) => Date.parse(`2026-01-15T${time}:00Z`);

test.each([
  ["22:00", "07:00", "UTC", "21:59", false],
  ["22:00", "07:00", "UTC", "22:00", true],
  ["22:00", "07:00", "UTC", "00:00", true],
  ["22:00", "07:00", "UTC", "06:59", true],
  ["22:00", "07:00", "UTC", "07:00", false],
  ["12:30", "13:00", "UTC", "12:45", true],
  ["12:30", "13:00", "UTC", "13:00", false],
  ["00:00", "00:00", "UTC", "15:00", true],
  ["22:00", "07:00", "Asia/Shanghai", "14:30", true],
  ["22:00", "07:00", "America/New_York", "02:59", false],
])("from %s to %s in %s, at %s UTC: %p", (from, to, timeZone, time, quiet) => {
  expect(isQuiet({ from, to, timeZone }, at(time))).toBe(quiet);
});

test.each([
  ['{"from":"22:00","to":"07:00","timeZone":"Europe/Berlin"}', true],
  ['{"from":"24:00","to":"07:00","timeZone":"UTC"}', false],
  ['{"from":"22:00","to":"07:00","timeZone":"Mars"}', false],
  ['{"from":"22:00","to":"07:00"}', false],
  ['{"from":22,"to":"07:00","timeZone":"UTC"}', false],
  ["null", false],
  ["night", false],
])("%s is of its form: %p", (text, isOfForm) => {
  expect(readQuietHours(text) !== undefined).toBe(isOfForm);
});
