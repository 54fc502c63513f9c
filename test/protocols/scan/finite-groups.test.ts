import { getDiffieHellman } from "node:crypto";
import { describe, expect, it } from "vitest";
import { judges } from "../../../lib/judge/grades/badness.ts";
import { finiteGroupsOf } from "../../../lib/protocols/scan/finite-groups.ts";
import { graded } from "../../../lib/protocols/scan/graded.ts";
import { type Answer, inquire, type Question } from "../../../lib/protocols/scan/question.ts";
import { scan } from "../../../lib/protocols/scan/scan.ts";
import { primeName } from "../../../lib/protocols/tls/primes.ts";
import { suiteByCode, suiteByName } from "../../../lib/protocols/tls/suites.ts";
import { answerOf } from "./model-server.ts";

const [tls10, tls12] = [0x0301, 0x0303] as const;
const codes = (...names: string[]) => names.map((name) => suiteByName(name)?.code ?? Number.NaN);

/** 2^b - 2^(b-64) + ([2^(b-130) e] + x) 2^64 - 1 (RFC 7919 appendix A). */
function ffdhe(bits: number, x: bigint): Buffer {
  const one = 1n << BigInt(bits);
  let e = 0n;
  for (let term = one, n = 1n; term > 0n; term /= n++) e += term;
  const b = BigInt(bits);
  const prime = one - (1n << (b - 64n)) + ((e >> 130n) + x) * (1n << 64n) - 1n;
  return Buffer.from(prime.toString(16), "hex");
}

const fields = new Map([
  [256, ffdhe(2048, 560_316n)],
  [257, ffdhe(3072, 2_625_351n)],
]);
const own = getDiffieHellman("modp2").getPrime();

interface FieldServer {
  readonly suites: Readonly<Record<number, readonly number[]>>;
  /** Taken where the client names them, best first. */
  readonly named: readonly number[];
  /** For the others; null: then it makes no such exchange. */
  readonly fixed: Buffer | null;
}

function fieldAnswer({ suites, named, fixed }: FieldServer, question: Question): Answer {
  const field = named.find((code) => question.groups.includes(code));
  const prime = field === undefined ? fixed : (fields.get(field) ?? null);
  const isDhe = (code: number) => suiteByCode(code)?.keyExchange === "dhe";
  const offered = question.suites.filter((code) => prime !== null || !isDhe(code));
  const answer = answerOf({ suites, groups: [29, 23] }, { ...question, suites: offered });
  if (answer.kind !== "chosen" || !isDhe(answer.hello.suite) || prime === null) return answer;
  return { ...answer, key: { ...answer.key, group: "dh", bits: prime.length * 8, prime } };
}

const dhe = codes("DHE-RSA-AES256-GCM-SHA384", "DHE-RSA-AES128-SHA");

async function found(server: Omit<FieldServer, "suites">, shown: readonly number[], known: readonly number[] = []) {
  const bits: (number | null)[] = [];
  const groups = await inquire(finiteGroupsOf(tls12, dhe, shown, known), async (question) => {
    const answer = fieldAnswer({ suites: { [tls12]: dhe }, ...server }, question);
    bits.push(answer.kind === "chosen" ? answer.key.bits : null);
    return answer;
  });
  return { groups, bits };
}

describe("finite fields up to TLS 1.2", () => {
  it("are known by their primes", () => {
    expect([...fields.values()].map((prime) => primeName(prime.toString("hex")))).toEqual(["ffdhe2048", "ffdhe3072"]);
  });

  it("that the client names are all found, and the prime for those that name none", async () => {
    expect(await found({ named: [256, 257], fixed: own }, [256])).toEqual({ groups: [256, 257], bits: [3072, 1024] });
  });

  it("are groups where a client that names none gets no such exchange", async () => {
    expect(await found({ named: [256], fixed: null }, [256])).toEqual({ groups: [256], bits: [null] });
  });

  it("aren't groups where the prime is the same whatever the client names", async () => {
    expect(await found({ named: [], fixed: fields.get(256) ?? own }, [256])).toEqual({ groups: [], bits: [2048] });
  });

  it("that TLS 1.3 showed already are not asked for again", async () => {
    const { bits } = await found({ named: [256, 257], fixed: own }, [256], [256, 257]);
    expect(bits).toEqual([1024]);
  });

  it("cost nothing where the prime that was seen is another", async () => {
    expect(await found({ named: [], fixed: own }, [])).toEqual({ groups: [], bits: [] });
  });
});

describe("a whole scan", () => {
  const ecdhe = codes("ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-GCM-SHA256");

  async function scanned(server: FieldServer) {
    const asked: Question[] = [];
    const found = await scan({
      target: { address: "192.0.2.1", port: 25, tls: "starttls" },
      serverName: null,
      at: 0,
      async ask(question) {
        asked.push(question);
        return fieldAnswer(server, question);
      },
      askSslv2: async () => ({ kind: "refused", how: "closed" }),
      connections: () => asked.length,
    });
    const suites = server.suites[tls12] ?? [];
    const ofFieldsAlone = asked.filter((question) => question.suites.every((code) => dhe.includes(code)));
    return {
      found: found.versions.find(({ name }) => name === "TLSv1.2")?.suites.length === suites.length,
      groups: found.groups.filter((code) => code >= 256),
      bits: found.primes.map(({ bits }) => bits),
      alone: ofFieldsAlone.filter(({ suites: offered }) => offered.length === dhe.length).length,
    };
  }

  it.each<[string, Omit<FieldServer, "suites">, readonly number[], readonly number[], number]>([
    [
      "of one that takes what is named, and has another for who names none",
      { named: [256], fixed: own },
      [256],
      [1024, 2048],
      0,
    ],
    ["of one that takes two, and has none of its own", { named: [257, 256], fixed: null }, [257, 256], [2048, 3072], 1],
    ["of one whose prime is the same whatever is named", { named: [], fixed: fields.get(256) ?? own }, [], [2048], 0],
  ])("learns the fields %s on the connection that finds no further curve", async (_, server, groups, bits, alone) => {
    const result = await scanned({ ...server, suites: { [tls12]: [...ecdhe, ...dhe] } });
    expect(result).toEqual({ found: true, groups, bits, alone });
  });

  it("asks for them by themselves where a server likes them better than curves", async () => {
    const suites = { [tls12]: [...dhe, ...ecdhe] };
    expect(await scanned({ suites, named: [256], fixed: own })).toMatchObject({
      found: true,
      groups: [256],
      bits: [1024, 2048],
    });
  });
});

describe("a grade", () => {
  async function primesOf(server: FieldServer) {
    const primes: (number | null)[] = [];
    const { spoken } = await inquire(graded(judges), async (question) => {
      const answer = fieldAnswer(server, question);
      if (answer.kind === "chosen" && answer.key.prime !== null) primes.push(answer.key.bits);
      return answer;
    });
    return { primes, suites: spoken.flatMap(({ suites }) => suites) };
  }

  it("sees the prime that a client gets which names none", async () => {
    const { primes } = await primesOf({ suites: { [tls12]: dhe }, named: [256, 257], fixed: own });
    expect(primes).toContain(1024);
  });

  it("sees a prime though a lower version was refused with all suites", async () => {
    const suites = { [tls12]: [...codes("NULL-MD5"), ...dhe] };
    expect((await primesOf({ suites, named: [], fixed: own })).primes).toEqual([1024]);
  });

  it("sees the short prime that OpenSSL takes where no key tells it how strong to be", async () => {
    const [certified = 0, loose = 0] = codes("DHE-RSA-AES256-SHA", "ADH-AES128-SHA");
    const suites = { [tls12]: [certified, loose] };
    const seen: (number | null)[] = [];
    await inquire(graded(judges), async (question) => {
      const answer = fieldAnswer({ suites, named: [], fixed: fields.get(257) ?? own }, question);
      if (answer.kind !== "chosen" || answer.hello.suite !== loose) return answer;
      seen.push(1024);
      return { ...answer, key: { ...answer.key, bits: 1024, prime: own } };
    });
    expect(seen).not.toEqual([]);
  });

  it("sees the DSS certificate that TLS 1.2 has no suite for", async () => {
    const [dss = 0] = codes("DHE-DSS-AES128-SHA");
    const [none = 0] = codes("NULL-MD5");
    const { suites } = await primesOf({ suites: { [tls12]: [none], [tls10]: [none, dss] }, named: [], fixed: own });
    expect(suites).toContain(dss);
  });
});
