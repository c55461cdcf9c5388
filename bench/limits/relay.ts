// Limit: a relay and nothing else. What comes from one is sent to its partner.
import type { Framing } from "../../src/wire/frame.ts";
import { AnswerFrame } from "./answer-frame.ts";
import { Sockets } from "./sockets.ts";

export function startRelay(options: { framing: Framing; answers: boolean }): number {
  const sockets = new Sockets();
  const answer = new AnswerFrame(options.framing);
  const { answers } = options;
  return sockets.serve((socket, frame) => {
    sockets.partner(socket.data.number)?.send(frame);
    if (answers) socket.send(answer.of(frame));
  });
}
