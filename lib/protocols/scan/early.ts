/** What is known of a server while its scan is still under way, so that flaws needn't wait for the end. */

import type { Scan } from "../../model/scan.ts";
import type { Ask } from "./patient.ts";
import { type Answer, type Question, versions } from "./question.ts";

export interface Early {
  /** What it showed a certificate for up to TLS 1.2; null: nothing, as far as the scan came. */
  readonly older: Promise<Question | null>;
  readonly speaksNewest: Promise<boolean>;
}

/** `ask`, and what its answers tell before the `scan` that asks is done. */
export function listening(ask: Ask): { readonly ask: Ask; readonly until: (scan: Promise<Scan>) => Early } {
  const older = Promise.withResolvers<Question | null>();
  const newest = Promise.withResolvers<boolean>();
  const note = (question: Question, answer: Answer) => {
    if (answer.kind !== "chosen") return;
    const { hello, certificates } = answer;
    if (hello.version === versions.tls13) newest.resolve(true);
    else if (certificates.length > 0)
      older.resolve({ ...question, version: hello.version, fallback: false, suites: [hello.suite] });
  };
  return {
    async ask(question) {
      const answer = await ask(question);
      note(question, answer);
      return answer;
    },
    until: (scan) => {
      const end = () => {
        older.resolve(null);
        newest.resolve(false);
      };
      void scan.then(end, end);
      return { older: older.promise, speaksNewest: newest.promise };
    },
  };
}
