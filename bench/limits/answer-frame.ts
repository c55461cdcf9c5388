// The answer of a limit program: made once with the project's codec, its localId written over.
import { findMark, MARK_LOCAL_ID, MARKED_BYTES } from "../generator/marks.ts";
import { createCodec } from "../../src/wire/codec.ts";
import { frameOf, type Framing, type SendAnswer } from "../../src/wire/frame.ts";

/** The frames of a run look alike, so the answer to any is the answer to the first with its id. */
export class AnswerFrame {
  readonly #framing: Framing;
  #bytes: Uint8Array | undefined;
  #before = "";
  #after = "";
  #localIdAt = 0;
  #guess = 0;

  constructor(framing: Framing) {
    this.#framing = framing;
  }

  /** As `of`, to keep. */
  copyOf(request: string | Uint8Array): string | Uint8Array {
    const frame = this.of(request);
    return typeof frame === "string" ? frame : frame.slice();
  }

  /** Valid until the next call. */
  of(request: string | Uint8Array): string | Uint8Array {
    if (typeof request === "string") return this.#ofText(request);
    const at = findMark(request, 0, request.length, MARK_LOCAL_ID, this.#guess);
    this.#guess = at;
    const end = at + MARKED_BYTES + TAG_BYTES;
    if (this.#bytes === undefined) {
      const localId = Buffer.from(request.subarray(at, end)).toString();
      const made = createCodec(this.#framing).encodeAnswer(answerWith(localId));
      this.#bytes = Uint8Array.from(frameOf(made) as Uint8Array);
      this.#localIdAt = findMark(this.#bytes, 0, this.#bytes.length, MARK_LOCAL_ID, 0);
    }
    for (let i = 0; i < MARKED_BYTES; i++) {
      this.#bytes[this.#localIdAt + i] = request[at + i] as number;
    }
    return this.#bytes;
  }

  #ofText(request: string): string {
    const at = request.indexOf("~=");
    const localId = request.slice(at, at + MARKED_BYTES + TAG_BYTES);
    if (this.#before === "") {
      const made = createCodec("json").encodeAnswer(answerWith(localId)) as string;
      const start = made.indexOf(localId);
      this.#before = made.slice(0, start);
      this.#after = made.slice(start + localId.length);
    }
    return this.#before + localId + this.#after;
  }
}

/** A dash and eight characters that set a run apart. */
const TAG_BYTES = 9;

function answerWith(localId: string): SendAnswer {
  return {
    cmd: 1,
    localId,
    code: 200,
    message: "",
    conversationId: 123_456,
    conversationType: 1,
    messageIdHigh: 0x0123_4567,
    messageIdLow: 0x89ab_cdef,
    seq: 12_345,
    conversationPts: -1,
    pts: 23_456,
    timestamp: 1_790_000_000_000,
    duplicate: false,
  };
}
