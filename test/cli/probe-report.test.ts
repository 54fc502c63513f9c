import { describe, expect, it } from "vitest";
import { type Looked, summarise } from "../../lib/cli/probe-report.ts";
import { finding } from "../../lib/judge/findings.ts";
import type { Outcome, Silence } from "../../lib/model/observation.ts";
import { encrypted, judge, observation } from "../judge/build.ts";

const looked = (outcome: Outcome): Looked => ({
  observation: observation(outcome),
  preference: null,
  judgement: judge(outcome),
});
const silent = (silence: Silence) => looked({ kind: "no-answer", stage: "connect", silence });
const good = looked(encrypted());
const verdict = (...all: Looked[]) => summarise([], all).verdict;

describe("several addresses", () => {
  it("the worst is the verdict of the whole", () => {
    expect(verdict(good, good)).toBe("secure");
    expect(verdict(good, silent("refused"))).toBe("unknown");
    expect(verdict(silent("refused"), looked({ kind: "starttls-absent", how: "absent" }))).toBe("lost");
  });

  it("one that we have no way to, as without IPv6, doesn't spoil the others", () => {
    expect(verdict(good, silent("network-unreachable"))).toBe("secure");
    expect(verdict(silent("network-unreachable"))).toBe("unknown");
  });

  it("what DNS didn't tell is unknown", () => {
    expect(summarise([finding("dns.failed")], [good]).verdict).toBe("unknown");
    expect(summarise([finding("mx.truncated")], [good]).verdict).toBe("secure");
    expect(summarise([finding("dns.null-mx")], []).verdict).toBe("unknown");
  });
});
