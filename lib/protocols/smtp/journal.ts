/** What is written down while a probe runs; an Observation is made of it in the end. */

import type { Capabilities, Observation, Stage, TranscriptLine } from "../../model/observation.ts";

export class Journal {
  readonly transcript: TranscriptLine[] = [];
  readonly timings: Partial<Record<Stage, number>> = {};
  banner: string | null = null;
  /** First line of the reply to EHLO, where it was 250. */
  greeting: string | null = null;
  before: Capabilities | null = null;
  after: Capabilities | null = null;
  unannounced = false;
  leftover: string | null = null;
  envelope: Observation["envelope"] = null;
  /** The name sent in the last hello. */
  sni: string | null;
  /** Applied to every line before it is kept. */
  mask: (line: string) => string = (line) => line;

  readonly #monotonic: () => number;
  readonly #start: number;

  constructor(monotonic: () => number, sni: string | null) {
    this.sni = sni;
    this.#monotonic = monotonic;
    this.#start = monotonic();
  }

  sent(text: string, encrypted: boolean): void {
    this.transcript.push({ at: this.#now(), kind: "sent", encrypted, text: this.mask(text) });
  }

  received(text: string, encrypted: boolean): void {
    this.transcript.push({ at: this.#now(), kind: "received", encrypted, text: this.mask(text) });
  }

  note(text: string): void {
    this.transcript.push({ at: this.#now(), kind: "note", text });
  }

  /** The first time counts: a stage may be come to again on a further connection. */
  done(stage: Stage): void {
    this.timings[stage] ??= this.#now();
  }

  /** Milliseconds since the connect began, to a tenth. */
  #now(): number {
    return Math.round((this.#monotonic() - this.#start) * 10) / 10;
  }
}
