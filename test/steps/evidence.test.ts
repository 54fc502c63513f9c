import { describe, expect, it } from "vitest";
import type { TranscriptLine } from "../../lib/model/observation.ts";
import { decisiveLines } from "../../lib/steps/evidence.ts";
import { certificate, encrypted, observation } from "../judge/build.ts";

const line = (at: number, kind: "sent" | "received", text: string, inside = false): TranscriptLine => ({
  at,
  kind,
  encrypted: inside,
  text,
});
const inClear = [
  line(20, "received", "220 mx1 ESMTP"),
  line(21, "sent", "EHLO watch.example"),
  line(40, "received", "250 SIZE 1"),
];

describe("the lines that a message shows", () => {
  it("are the last ones before we said good-bye", () => {
    const transcript = [...inClear, line(41, "sent", "QUIT"), line(50, "received", "221 Bye")];
    expect(decisiveLines(observation({ kind: "starttls-absent", how: "absent" }, { transcript }))).toEqual([
      "0.020 <-- 220 mx1 ESMTP",
      "0.021 --> EHLO watch.example",
      "0.040 <-- 250 SIZE 1",
    ]);
  });

  it("are of an encrypted session what the handshake showed, and not the capabilities behind it", () => {
    const transcript = [
      ...inClear,
      line(41, "sent", "STARTTLS"),
      line(60, "received", "220 Ready"),
      line(90, "sent", "EHLO watch.example", true),
      ...Array.from({ length: 20 }, (_, index) => line(99, "received", `250-X${index}`, true)),
      line(100, "sent", "QUIT", true),
    ];
    const shown = decisiveLines(
      observation(encrypted({}, certificate({ trust: "self-signed" })), {
        transcript,
        timings: { connect: 19, handshake: 88 },
      }),
    );
    expect(shown).toHaveLength(10);
    expect(shown.at(-1)).toBe("0.088     Cert Hostname VERIFIED (mx1.acme.example = mx1.acme.example)");
    expect(shown).toContain("0.088     Cert NOT VALIDATED: self signed certificate");
    expect(shown).toContain("0.041 --> STARTTLS");
  });
});
