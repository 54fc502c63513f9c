/** One connection that speaks SMTP, in clear or encrypted: a line out, a reply in, never two lines at once. */

import type { Duplex } from "node:stream";
import type { Silence } from "../../model/observation.ts";
import type { Deadline, Early } from "../deadline.ts";
import { silenceOf } from "../ip/silence.ts";
import type { Journal } from "./journal.ts";
import { type Budget, type Read, ReplyReader } from "./reply.ts";

export type Heard = Read | { readonly kind: "silence"; readonly silence: Silence };

export interface LineWorld {
  readonly journal: Journal;
  readonly budget: Budget;
  readonly deadline: Deadline;
}

export class SmtpLine {
  readonly #socket: Duplex;
  readonly #encrypted: boolean;
  readonly #world: LineWorld;
  readonly #reader: ReplyReader;
  #silence: Silence | undefined;
  #waiting: ((heard: Heard) => void) | undefined;

  constructor(socket: Duplex, encrypted: boolean, world: LineWorld) {
    this.#socket = socket;
    this.#encrypted = encrypted;
    this.#world = world;
    this.#reader = new ReplyReader(world.budget, (line) => world.journal.received(line, encrypted));
    socket.on("data", this.#onData).on("end", this.#onEnd).on("close", this.#onEnd).on("error", this.#onError);
  }

  /** The next reply. `early` is called when it takes long. */
  hear(limitMs: number, early?: Early): Promise<Heard> {
    const heard = this.#next();
    if (heard) return Promise.resolve(heard);
    return new Promise((resolve) => {
      this.#waiting = resolve;
      const expired = () => this.#settle({ kind: "silence", silence: "timeout" });
      this.#world.deadline.arm(limitMs, expired, early);
    });
  }

  /**
   * Sends one command and waits for its reply. What stands there before the command is sent answers no question of
   * ours, so it is told as `not-smtp`.
   */
  ask(command: string, limitMs: number): Promise<Heard> {
    const unasked = this.#next();
    if (unasked?.kind === "reply") {
      const { code, lines } = unasked.reply;
      return Promise.resolve({ kind: "not-smtp", line: `${code} ${lines[0] ?? ""}` });
    }
    if (unasked) return Promise.resolve(unasked);
    // Whatever its parts were made of, a command is one line.
    const line = command.replace(/[\r\n\0]/g, "");
    this.#world.journal.sent(line, this.#encrypted);
    this.#socket.write(`${line}\r\n`);
    return this.hear(limitMs);
  }

  /** Takes its hands off the socket and gives what was received and not read. */
  release(): Uint8Array {
    this.#socket.off("data", this.#onData).off("end", this.#onEnd).off("close", this.#onEnd);
    this.#socket.off("error", this.#onError);
    return this.#reader.leftover;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #next(): Heard | undefined {
    return this.#reader.take() ?? (this.#silence && { kind: "silence", silence: this.#silence });
  }

  #settle(heard: Heard): void {
    const resolve = this.#waiting;
    if (!resolve) return;
    this.#waiting = undefined;
    this.#world.deadline.clear();
    resolve(heard);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#reader.push(chunk);
    // Nobody waits: nothing more is read than what has arrived.
    const heard = this.#waiting && this.#reader.take();
    if (heard) this.#settle(heard);
    // Past a bound there is nothing to wait for, and a flood must not go on behind our back.
    if (heard && heard.kind !== "reply") this.#socket.destroy();
  };

  readonly #onEnd = (): void => {
    this.#silence ??= "closed";
    this.#settle({ kind: "silence", silence: this.#silence });
  };

  readonly #onError = (error: Error): void => {
    this.#silence ??= silenceOf(error);
    this.#settle({ kind: "silence", silence: this.#silence });
  };
}
