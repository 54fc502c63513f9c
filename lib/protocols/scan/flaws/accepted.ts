/** What several flaws ask of a scan: what was accepted, and whether that is all. */

import type { Habits, Scan, VersionScan } from "../../../model/scan.ts";
import { olderGroups } from "../../tls/hello.ts";
import { protocolByVersion } from "../../tls/messages.ts";
import { sslv2KindByCode } from "../../tls/sslv2.ts";
import { type Suite, suiteByCode } from "../../tls/suites.ts";
import { type Question, versions } from "../question.ts";
import { type Found, flawed, type SeenFlaw, sound, unknown } from "./flaw.ts";

/** Understood by servers of every age. */
const mostSuites = 16;

/** The suites of a version that are in the table; of SSLv2 none. */
function suitesIn({ name, suites }: VersionScan): readonly Suite[] {
  return name === "SSLv2" ? [] : suites.flatMap((code) => suiteByCode(code) ?? []);
}

type IsBad = NonNullable<SeenFlaw["suite"]>;

export function suiteFlaw(name: string, suite: IsBad): SeenFlaw {
  return { name, suite, look: ({ scan }) => bySuites(scan, suite) };
}

/** Flawed by each suite that `isBad`, named once with the oldest version that accepts it. */
export function bySuites(scan: Scan, isBad: IsBad): Found {
  const bad = new Map<string, string>();
  for (const version of scan.versions) {
    for (const suite of suitesIn(version)) {
      if (isBad(suite, version.name) && !bad.has(suite.openssl)) bad.set(suite.openssl, version.name);
    }
  }
  const names = [...bad].map(([suite, version]) => `${suite} (${version})`);
  return names.length > 0 ? flawed(names.join(", ")) : unlessCut(scan);
}

/** Its newest version up to TLS 1.2 with suites that are `wanted`, as a question; null where it has none. */
export function olderQuestion(scan: Scan, wanted: (suite: Suite) => boolean = () => true): Question | null {
  for (const version of [versions.tls12, versions.tls11, versions.tls10, versions.ssl3]) {
    const found = scan.versions.find(({ name }) => name === protocolByVersion(version));
    const suites = (found === undefined ? [] : suitesIn(found)).filter(wanted).map(({ code }) => code);
    if (suites.length === 0) continue;
    return { version, fallback: false, suites: suites.slice(0, mostSuites), groups: olderGroups, keyShare: false };
  }
  return null;
}

/** Nothing was found: sound, where all was asked. */
export function unlessCut({ incomplete }: Scan): Found {
  return incomplete === null ? sound() : unknown(incomplete);
}

/** Of a habit that is a flaw where it is `bad`. */
export function byHabit(scan: Scan, habit: keyof Habits, bad: boolean): Found {
  const { habits, versions } = scan;
  const value = habits[habit];
  if (value !== null) return value === bad ? flawed() : unlessCut(scan);
  const older = versions.filter(({ name }) => name !== "TLSv1.3");
  const isNew = older.every(({ accepted }) => accepted === false);
  return isNew ? sound("TLSv1.3 alone") : unknown("nothing tells it");
}

export function kindName(code: number): string {
  return sslv2KindByCode(code)?.openssl ?? `0x${code.toString(16).padStart(6, "0")}`;
}
