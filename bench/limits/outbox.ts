// Frames gathered for each socket and sent together at the end of the turn, under one cork: one
// system call for all that a socket gets, where plain sends would make one each.
import type { Socket } from "./sockets.ts";

export class Outbox {
  readonly #frames = new Map<Socket, (string | Uint8Array)[]>();
  #scheduled = false;
  #current: (string | Uint8Array)[] = [];

  /** For programs that know by themselves when a turn is over. */
  gather(socket: Socket | undefined, frame: string | Uint8Array): void {
    if (socket === undefined) return;
    const frames = this.#frames.get(socket);
    if (frames === undefined) this.#frames.set(socket, [frame]);
    else frames.push(frame);
  }

  /** `frame` must stay as it is until the turn ends. */
  add(socket: Socket, frame: string | Uint8Array): void {
    this.gather(socket, frame);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.flush);
  }

  readonly flush = (): void => {
    this.#scheduled = false;
    for (const [socket, frames] of this.#frames) {
      if (frames.length === 1) socket.send(frames[0] as string | Uint8Array);
      else {
        this.#current = frames;
        socket.cork(this.#sendAll);
      }
    }
    this.#frames.clear();
  };

  readonly #sendAll = (socket: Socket): void => {
    for (const frame of this.#current) socket.send(frame);
  };
}
