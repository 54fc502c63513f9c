/** A connection on which records are sent and read by hand, behind the server's first flight. */

import type { Duplex } from "node:stream";
import type { Deadline } from "../../deadline.ts";
import { silenceOf } from "../../ip/silence.ts";
import type { StageLimits } from "../../smtp/stages.ts";
import { alertName } from "../../tls/messages.ts";
import { MessageReader, messageType, RecordReader, recordType, type TlsRecord } from "../../tls/records.ts";
import { exchange, flightReader, helloOf } from "../ask.ts";
import type { Answer, Question, Unasked } from "../question.ts";
import type { Asking } from "./flaw.ts";

export type Heard = TlsRecord | { readonly end: "closed" | "timeout" | "not TLS" };

class Wire {
  readonly #raw: Duplex;
  readonly #deadline: Deadline;
  readonly #reader = new RecordReader();
  readonly #heard: Heard[] = [];
  #waiting: ((heard: Heard) => void) | undefined;

  constructor(raw: Duplex, deadline: Deadline) {
    this.#raw = raw;
    this.#deadline = deadline;
    raw.on("data", (chunk: Uint8Array) => {
      for (const record of this.#reader.push(chunk)) this.#take(record);
      if (this.#reader.broken) this.#take({ end: "not TLS" });
    });
    // Whether unread bytes made a reset of a close is chance.
    raw.on("end", () => this.#take({ end: "closed" })).on("close", () => this.#take({ end: "closed" }));
    raw.on("error", (error) => this.#take({ end: silenceOf(error) === "timeout" ? "timeout" : "closed" }));
  }

  send(...records: readonly Uint8Array[]): void {
    this.#raw.write(Buffer.concat(records));
  }

  /** The next record, or why there is none. */
  next(limitMs: number): Promise<Heard> {
    const heard = this.#heard.shift();
    if (heard !== undefined) return Promise.resolve(heard);
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#deadline.arm(limitMs, () => this.#settle({ end: "timeout" }));
    });
  }

  #take(heard: Heard): void {
    if (this.#waiting === undefined) this.#heard.push(heard);
    else this.#settle(heard);
  }

  #settle(heard: Heard): void {
    const resolve = this.#waiting;
    this.#waiting = undefined;
    this.#deadline.clear();
    resolve?.(heard);
  }
}

/** `alert bad_record_mac`, `closed`, `a record of type 24`. */
export function wordsOf(heard: Heard): string {
  if ("end" in heard) return heard.end;
  const name = alertIn(heard);
  return name === null ? `a record of type ${heard.type}` : `alert ${name}`;
}

/** An alert's name; null for all else. */
export function alertIn(heard: Heard): string | null {
  return "end" in heard || heard.type !== recordType.alert ? null : alertName(heard.body[1] ?? 0);
}

export interface Flight {
  readonly answer: Extract<Answer, { kind: "chosen" }>;
  readonly wire: Wire;
  readonly limits: StageLimits;
  /** Milliseconds left for the connection. */
  readonly left: () => number;
}

/** No flight came, or not all of it. */
export interface NoFlight {
  readonly kind: "no-flight";
  readonly how: string;
}

/** Up to the end of the server's first flight, and then what `talk` does. */
export function behindFlight<T>(
  { converse, serverName }: Asking,
  question: Question,
  talk: (flight: Flight) => Promise<T>,
): Promise<T | Unasked | NoFlight> {
  return converse(async (raw, deadline, limits) => {
    const answer = await exchange(wholeFlight(), helloOf(question, serverName))(raw, deadline, limits);
    if (answer.kind !== "chosen") return { kind: "no-flight", how: `it chose nothing: ${answer.how}` };
    return await talk({ answer, wire: new Wire(raw, deadline), limits, left: () => deadline.left });
  });
}

/** What follows a flight that broke off is no answer to what is sent behind it. */
function wholeFlight(): ReturnType<typeof flightReader> {
  const flight = flightReader();
  const records = new RecordReader();
  const messages = new MessageReader();
  let isDone = false;
  return {
    push(chunk) {
      for (const { type, body } of records.push(chunk)) {
        if (type !== recordType.handshake) continue;
        for (const message of messages.push(body)) isDone ||= message.type === messageType.serverHelloDone;
      }
      const answer = flight.push(chunk);
      return answer?.kind === "chosen" && !isDone ? { kind: "silent", how: "its flight broke off" } : answer;
    },
    soFar: null,
  };
}
