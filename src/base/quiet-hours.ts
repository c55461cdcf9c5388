/** The hours of a day in which somebody is not to be disturbed, by the clock of where he is. */

export interface QuietHours {
  /** "22:00". */
  from: string;
  /** "07:00"; the same as `from`: all day. */
  to: string;
  /** Of the IANA database: "Europe/Berlin". */
  timeZone: string;
}

const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

/** `{"from": "22:00", "to": "07:00", "timeZone": "Europe/Berlin"}`; undefined for anything else. */
export function readQuietHours(text: string): QuietHours | undefined {
  try {
    const { from, to, timeZone } = JSON.parse(text) as Record<string, unknown>;
    if (typeof from !== "string" || typeof to !== "string" || typeof timeZone !== "string") {
      return undefined;
    }
    if (timeZone === "" || !TIME.test(from) || !TIME.test(to)) return undefined;
    // Throws for a zone that nobody knows.
    timeIn(timeZone, 0);
    return { from, to, timeZone };
  } catch {
    return undefined;
  }
}

export function isQuiet({ from, to, timeZone }: QuietHours, wallMs: number): boolean {
  const time = timeIn(timeZone, wallMs);
  return from < to ? time >= from && time < to : time >= from || time < to;
}

function timeIn(timeZone: string, wallMs: number): string {
  const format = { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  return new Intl.DateTimeFormat("en-GB", format).format(wallMs);
}
