/** What every call answers: `{code, msg, data}`, with the codes of wire/errors.ts. */
import { CODE, CODE_TEXT, httpStatus } from "../wire/errors.ts";

/** A value, not an exception: what a call answers when it is not done. */
export class Refusal {
  readonly code: number;
  readonly msg: string;

  /** `problem` names what is wrong and where; "" for the code's own text. */
  constructor(code: number, problem = "") {
    this.code = code;
    this.msg = problem === "" ? (CODE_TEXT[code] ?? "") : problem;
  }
}

export class Done {
  readonly data: unknown;

  constructor(data: unknown = null) {
    this.data = data;
  }
}

/** Lines of JSON, made as they are read. */
export class Lines {
  readonly lines: AsyncGenerator<string>;

  constructor(lines: AsyncGenerator<string>) {
    this.lines = lines;
  }
}

export type Outcome = Done | Refusal | Lines;

export function answer(outcome: Outcome, headers: Record<string, string> = {}): Response {
  if (outcome instanceof Lines) return lineAnswer(outcome);
  const done = outcome instanceof Done;
  const code = done ? CODE.ok : outcome.code;
  const body = done
    ? { code, msg: CODE_TEXT[code], data: outcome.data }
    : { code, msg: outcome.msg, data: null };
  return new Response(JSON.stringify(body), {
    status: httpStatus(code),
    headers: {
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      ...(code === CODE.unauthorized ? { "www-authenticate": "Bearer" } : {}),
      ...headers,
    },
  });
}

function lineAnswer({ lines }: Lines): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await lines.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await lines.return(undefined);
    },
  });
  return new Response(body, {
    headers: {
      "content-type": "application/x-ndjson; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}
