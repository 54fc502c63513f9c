import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { transcriptText } from "../../lib/cli/transcript.ts";
import type { Observation, TranscriptLine } from "../../lib/model/observation.ts";

const observed = (transcript: readonly TranscriptLine[]): Observation => ({
  target: { address: "54.186.60.165", port: 25, tls: "starttls" },
  vantage: "here",
  at: 0,
  host: "mx1.mailhop.org",
  sni: "mx1.mailhop.org",
  outcome: { kind: "no-answer", stage: "ehlo", silence: "closed" },
  banner: null,
  capabilities: { before: null, after: null },
  leftover: null,
  envelope: null,
  timings: { connect: 72 },
  transcript,
});
const received = (text: string): TranscriptLine => ({ at: 12_143.4, kind: "received", encrypted: false, text });

describe("one block for each address", () => {
  it("has CheckTLS's columns", () => {
    expect(transcriptText(observed([received("220 inbound3.ore.mailhop.org ESMTP")]), 10, false)).toEqual([
      "Trying TLS on mx1.mailhop.org[54.186.60.165] (10):",
      "seconds   | test stage and result",
      "[000.072] | Connected to server",
      "[012.143] | <-- | 220 inbound3.ore.mailhop.org ESMTP",
      "[012.143] | We are allowed to connect",
      "[012.143] | Server went silent at EHLO (connection closed)",
    ]);
  });

  it("lets nothing from the wire steer the terminal", () => {
    const lines = transcriptText(observed([received("220 \u001b[2J\u0007\r\n\u202eevil\u2028\u{e0041}")]), null, false);
    expect(lines[3]).toBe("[012.143] | <-- | 220 \\x1b[2J\\x07\\x0d\\x0a\\u{202e}evil\\u{2028}\\u{e0041}");
  });

  it("paints good green and bad red, and changes nothing else", () => {
    const observation = observed([received("220 hi")]);
    const painted = transcriptText(observation, 10, true);
    expect(painted[2]).toBe("\u001b[32m[000.072] | Connected to server\u001b[39m");
    expect(painted.at(-1)).toContain("\u001b[31m");
    expect(painted.map(stripVTControlCharacters)).toEqual(transcriptText(observation, 10, false));
  });
});
