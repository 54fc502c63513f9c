/** What falls below a standard that somebody made the floor, with the section that says so. */

import type { Finding } from "../model/finding.ts";
import type { Leaf, TlsFacts } from "../model/observation.ts";
import type { Habits, Scan } from "../model/scan.ts";
import { groupByName } from "../protocols/tls/groups.ts";
import { suiteByName } from "../protocols/tls/suites.ts";
import { type FindingCode, finding } from "./findings.ts";
import type { StandardFloor } from "./grades/floors.ts";
import { type Criterion, criteriaOf } from "./grades/grade.ts";
import type { Standard } from "./grades/standard.ts";

type Codes = Partial<Readonly<Record<Criterion["of"], FindingCode>>>;

const inSession: Codes = {
  protocol: "tls.protocol-weak",
  suite: "tls.cipher-weak",
  group: "tls.key-exchange-weak",
  prime: "tls.key-exchange-weak",
  key: "cert.weak-key",
  signature: "cert.weak-signature",
};
/** What a server does or leaves has codes of its own (`flaw.…`), whatever the floor. */
const besides: Codes = {
  protocol: "tls.protocol-accepted",
  required: "tls.protocol-missing",
  suite: "tls.cipher-accepted",
  group: "tls.group-accepted",
  prime: "tls.group-accepted",
  key: "cert.weak-key",
  signature: "cert.weak-signature",
};

/** Of what one session agreed on. */
export function sessionBelow(floor: StandardFloor, tls: TlsFacts, leaf: Leaf | null): readonly Finding[] {
  const code = (suiteByName(tls.cipher) ?? suiteByName(tls.iana))?.code ?? 0;
  const group = tls.group === null ? undefined : groupByName(tls.group);
  const scan = {
    versions: [{ name: tls.protocol, accepted: true, suites: [code] }],
    groups: group === undefined ? [] : [group.code],
    // Its size alone is known: that decides nothing where a standard goes by the prime's name.
    primes: [],
    habits: unknownHabits,
  };
  return below(floor, criteriaOf(floor.standard, scan, leaf === null ? [] : [leaf]), inSession);
}

/** Of what a server would accept. `leaves` are those of the scan alone; what it lacks isn't told of a scan that was cut short. */
export function acceptedBelow(floor: StandardFloor, scan: Scan, leaves: readonly Leaf[]): readonly Finding[] {
  const { required: _, ...seen } = besides;
  return below(floor, criteriaOf(floor.standard, scan, leaves), scan.incomplete === null ? besides : seen);
}

const unknownHabits: Habits = {
  secureRenegotiation: null,
  extendedMasterSecret: null,
  compression: null,
  heartbeat: null,
  tickets: null,
  fallbackScsv: null,
};

/** One finding for each code, and in it one line for each section. */
function below({ standard, level: least }: StandardFloor, criteria: Iterable<Criterion>, codes: Codes) {
  const rank = (level: string) => standard.levels.indexOf(level);
  const found = [...criteria].filter(({ of, level }) => codes[of] !== undefined && rank(level) > rank(least));
  return [...Map.groupBy(found, ({ of }) => codes[of])].flatMap(([code, some]): readonly Finding[] => {
    const lines = [...Map.groupBy(some, ({ level, section }) => `${level} (${standard.name}: ${section})`)].map(
      ([says, all]) => `${all.map(({ observed }) => observed).join(", ")}: ${says}, required is ${least}`,
    );
    if (code === undefined) return [];
    return [finding(code, lines, code === "cert.weak-key" ? { advice: keyAdvice(standard, least) } : {})];
  });
}

/** In the standard's own sizes. */
function keyAdvice({ levels, rules }: Standard, least: string): string {
  const enough = rules.filter(({ level }) => levels.indexOf(level) <= levels.indexOf(least));
  const sizes = (["rsa", "ec"] as const).flatMap((type) => {
    const bits = enough.flatMap((rule) => (rule.of === "key" && rule.type === type ? [rule.bits] : []));
    return bits.length === 0 ? [] : [`${type.toUpperCase()} ${Math.min(...bits)} bits`];
  });
  return `Make a new key of ${sizes.join(" or ")} or more, and have the certificate issued for it.`;
}
