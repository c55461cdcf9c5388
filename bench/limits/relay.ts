// Limit: a relay and nothing else. What comes from one is sent to its partner.
import type { Framing } from "../../src/wire/frame.ts";
import { AnswerFrame } from "./answer-frame.ts";
import { Outbox } from "./outbox.ts";
import { Sockets } from "./sockets.ts";

export function startRelay(options: { framing: Framing; answers: boolean }): number {
  const sockets = new Sockets();
  const answer = new AnswerFrame(options.framing);
  const outbox = new Outbox();
  const { answers } = options;
  return sockets.serve((socket, frame) => {
    const partner = sockets.partner(socket.data.number);
    if (partner !== undefined) outbox.add(partner, frame);
    // Sent under the cork that the runtime puts around this handler.
    if (answers) socket.send(answer.of(frame));
  });
}
