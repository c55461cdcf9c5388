/** What an examination found, one line each, and how a line is shown. */

export interface Finding {
  check: string;
  state: "ok" | "warning" | "wrong";
  what: string;
  /** A command, or what to write into a file; undefined when there is nothing to mend. */
  mend?: string;
}

export function ok(check: string, what: string): Finding {
  return { check, state: "ok", what };
}

export function warning(check: string, what: string, mend: string): Finding {
  return { check, state: "warning", what, mend };
}

export function wrong(check: string, what: string, mend: string): Finding {
  return { check, state: "wrong", what, mend };
}

export function shown({ check, state, what, mend }: Finding): string {
  const line = `${state.padEnd(8)} ${check}: ${what}`;
  return mend === undefined ? line : `${line}\n${"".padEnd(9)}mend: ${mend}`;
}
