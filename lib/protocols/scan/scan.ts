/** The whole scan of one target: which versions, suites, groups and orders it accepts. */

import { createHash } from "node:crypto";
import type { Answering, DhPrime, Scan, VersionScan } from "../../model/scan.ts";
import type { Target } from "../../model/target.ts";
import type { Chosen } from "../tls/flight.ts";
import type { Sslv2Answer } from "../tls/sslv2.ts";
import { suites as everySuite, suiteByCode } from "../tls/suites.ts";
import { finiteGroupOf, finiteGroupsOf, isDhe } from "./finite-groups.ts";
import { graded, type Judges } from "./graded.ts";
import { fallbackOf, habitsOf } from "./habits.ts";
import { noting } from "./noting.ts";
import type { Ask } from "./patient.ts";
import { preferenceOf } from "./preference.ts";
import { inquire, type NoChoice, nameOf, versions } from "./question.ts";
import { type AcceptedSuites, certificateCurves, groupsOf, signaturesOf, signerOf, suitesOf } from "./suites-of.ts";
import { signaturesOf13, suitesOf13 } from "./suites-of-13.ts";
import { inParts, type Understood, understoodBy } from "./understood.ts";

export interface ScanWorld {
  readonly target: Target;
  readonly serverName: string | null;
  readonly ask: Ask;
  readonly askSslv2: () => Promise<Sslv2Answer | NoChoice>;
  /** Epoch ms. */
  readonly at: number;
  /** Who answered so far; left out where nobody keeps that. */
  readonly answering?: () => Answering;
  readonly connections: () => number;
  /** Told of each question that isn't asked for versions, suites, their order and groups. */
  readonly askedFor?: (what: "signatures" | "flaws") => void;
}

const older = everySuite.filter(({ tls13 }) => !tls13).map(({ code }) => code);
const olderVersions = [versions.ssl3, versions.tls10, versions.tls11, versions.tls12];

/** Each version is asked for by itself, so that as many may be under way as `ask` lets through. */
export async function scan(world: ScanWorld): Promise<Scan> {
  const { ask: askWhole, seen } = noting(world.ask);
  const [atOnce, sslv2] = await Promise.all([foundAtOnce(askWhole), sslv2Of(world)]);
  const understood = isMute(atOnce) ? await inquire(understoodBy(spokenIn(atOnce).map(versionIn)), askWhole) : null;
  const ask = understood === null ? askWhole : inParts(askWhole, understood);
  const found = understood === null ? atOnce : await foundInParts(ask, atOnce);
  const { newest, answered } = found;
  const oldest = await Promise.all(answered.map((each, at) => versionOf(ask, olderVersions[at] ?? 0, each)));
  const all = [sslv2.version, ...oldest, newest.version];
  const groups = [...new Set([newest, ...answered].flatMap((each) => each.groups))];
  let cut: string | null = null;
  const askSigned: Ask = async (question) => {
    world.askedFor?.("signatures");
    const answer = await ask(question);
    if (answer.kind === "unasked") cut = answer.how;
    return answer;
  };
  const [moreGroups, fallbackScsv, newestSignatures] = await Promise.all([
    furtherGroups(ask, answered, seen, newest.groups),
    inquire(fallbackOf(spokenIn(found)), (question) => {
      world.askedFor?.("flaws");
      return ask(question);
    }),
    inquire(signaturesOf13(newest, signersIn(answered)), askSigned),
    furtherSignatures(askSigned, answered, seen),
  ]);
  return {
    target: world.target,
    serverName: world.serverName,
    at: world.at,
    depth: "full",
    versions: all,
    groups: [...new Set([...groups, ...moreGroups])],
    ...shownBy(seen, sslv2.certificate),
    newestSignatures: [...newestSignatures].sort((a, b) => a - b),
    habits: { ...habitsOf(seen), fallbackScsv },
    ...answeringOf(world),
    intolerant: newest.dropped && oldest.some(({ name, accepted }) => name === "TLSv1.2" && accepted === true),
    ...hellosOf(understood),
    connections: world.connections(),
    incomplete: all.find(({ incomplete }) => incomplete !== null)?.incomplete ?? cut,
  };
}

/** The few questions of a grade: the same grade and score as the whole scan's, of suites and groups the worst and what it likes best. */
export async function scanGraded(world: ScanWorld, judges: Judges): Promise<Scan> {
  const { ask, seen } = noting(world.ask);
  const sslv2 = await sslv2Of(world);
  const atOnce = await inquire(graded(judges), ask);
  const isMute = atOnce.incomplete === null && atOnce.spoken.every(({ version }) => version === versions.ssl3);
  const understood = isMute ? await inquire(understoodBy(atOnce.spoken.map(versionIn)), ask) : null;
  const { spoken, groups, dropped, incomplete } =
    understood === null ? atOnce : await inquire(graded(judges), inParts(ask, understood));
  // In parts a server chooses among some at a time: that tells nothing of its order.
  const isWhole = (understood?.mostSuites ?? null) === null;
  const older = [...olderVersions, versions.tls13].map((version): VersionScan => {
    const { suites = [], preference = null } = spoken.find((each) => each.version === version) ?? {};
    const accepted = suites.length > 0 ? true : incomplete === null ? false : null;
    const order = isWhole ? preference : null;
    return { name: nameOf(version), accepted, suites, preference: order, instead: null, strayed: false, incomplete };
  });
  const all = [sslv2.version, ...older];
  return {
    target: world.target,
    serverName: world.serverName,
    at: world.at,
    depth: "grade",
    versions: all,
    groups,
    ...shownBy(seen, sslv2.certificate),
    habits: { ...habitsOf(seen), fallbackScsv: null },
    ...answeringOf(world),
    intolerant: dropped && spoken.some(({ version }) => version === versions.tls12),
    ...hellosOf(understood),
    connections: world.connections(),
    incomplete: sslv2.version.incomplete ?? incomplete,
  };
}

function hellosOf(understood: Understood | null): Pick<Scan, "mostSuites" | "withoutExtensions"> {
  return {
    mostSuites: understood?.mostSuites ?? null,
    ...(understood?.withoutExtensions && { withoutExtensions: true }),
  };
}

function answeringOf({ answering }: ScanWorld): Pick<Scan, "answering"> {
  return answering === undefined ? {} : { answering: answering() };
}

interface Found {
  readonly newest: Awaited<ReturnType<typeof newestOf>>;
  /** Of each older version, oldest first. */
  readonly answered: readonly AcceptedSuites[];
}

async function foundAtOnce(ask: Ask): Promise<Found> {
  const first = Promise.all(olderVersions.map((version) => whole(ask, version)));
  const [newest, answered] = await Promise.all([newestOf(ask), first]);
  return { newest, answered };
}

/** What wasn't found at once. What is offered in parts is chosen in their order, so that the server's is asked for again. */
async function foundInParts(ask: Ask, { answered }: Found): Promise<Found> {
  const again = answered.map(async (found, at) => {
    const version = olderVersions[at] ?? 0;
    return found.suites.length > 0 ? found : await inOrder(ask, version, await whole(ask, version));
  });
  const [newest, ...older] = await Promise.all([newestOf(ask), ...again]);
  return { newest, answered: older };
}

/** Nothing of TLS 1.0 to 1.2. */
function isMute({ answered }: Found): boolean {
  return answered.slice(1).every(({ suites, incomplete }) => suites.length === 0 && incomplete === null);
}

/** What is accepted, in the order of the versions. */
function spokenIn({ newest, answered }: Found): readonly Spoken[] {
  return [...answered, newest].flatMap(({ suites }, at) => {
    return suites.length === 0 ? [] : [{ version: olderVersions[at] ?? versions.tls13, suites }];
  });
}

interface Spoken {
  readonly version: number;
  readonly suites: readonly number[];
}

const versionIn = ({ version }: Spoken): number => version;

/** Groups are learnt in one version up to TLS 1.2: they are the same in all. */
function whole(ask: Ask, version: number): Promise<AcceptedSuites> {
  return inquire(suitesOf({ version, suites: older, groupsToo: version === versions.tls12 }), ask);
}

async function inOrder(ask: Ask, version: number, found: AcceptedSuites): Promise<AcceptedSuites> {
  if (found.suites.length < 2 || found.incomplete !== null) return found;
  const { suites, incomplete } = await inquire(suitesOf({ version, suites: found.suites, groupsToo: false }), ask);
  return { ...found, suites: [...new Set([...suites, ...found.suites])], incomplete };
}

async function versionOf(ask: Ask, version: number, found: AcceptedSuites): Promise<VersionScan> {
  const { suites, strayed, incomplete } = found;
  return {
    name: nameOf(version),
    accepted: suites.length > 0 ? true : incomplete === null ? false : null,
    suites,
    preference: incomplete === null ? await inquire(preferenceOf(version, suites), ask) : null,
    instead: suites.length > 0 || found.instead === null ? null : nameOf(found.instead),
    strayed,
    incomplete,
  };
}

async function newestOf(ask: Ask) {
  const found = await inquire(suitesOf13(), ask);
  const version = await versionOf(ask, versions.tls13, found);
  return { version, accepted: version.accepted, dropped: found.dropped, groups: found.groups, suites: found.suites };
}

/**
 * Those of older versions that the suites' own connections didn't show: curves, then finite fields. `newest`: those of TLS
 * 1.3. Who has no further curve shows what it does about fields on the same connection.
 */
async function furtherGroups(
  ask: Ask,
  answered: readonly AcceptedSuites[],
  seen: readonly Chosen[],
  newest: readonly number[],
): Promise<readonly number[]> {
  const spoken = newestOlder(answered);
  if (spoken === null) return [];
  const { version, suites } = spoken;
  const shown = [...new Set(seen.flatMap((answer) => finiteGroupOf(answer) ?? []))];
  const known = [...newest, ...answered.flatMap((each) => each.groups), ...shown];
  const behind = shown.length === 0 ? [] : suites.filter(isDhe);
  const { groups, last } = await inquire(groupsOf(version, suites, known, certificateCurves(seen), behind), ask);
  return [...groups, ...(await inquire(finiteGroupsOf(version, suites, shown, newest, last), ask))];
}

function newestOlder(answered: readonly AcceptedSuites[]) {
  const at = answered.findLastIndex(({ suites, incomplete }) => suites.length > 0 && incomplete === null);
  const version = olderVersions[at];
  return version === undefined ? null : { version, suites: answered[at]?.suites ?? [] };
}

/** Those of TLS 1.2 that the suites' own connections didn't show: it is the only older version that names them. */
async function furtherSignatures(
  ask: Ask,
  answered: readonly AcceptedSuites[],
  seen: readonly Chosen[],
): Promise<void> {
  const found = answered.at(-1);
  const { signatures } = shownBy(seen);
  if (found === undefined || found.incomplete !== null || signatures.length === 0) return;
  const signers = [...Map.groupBy(found.suites, signerOf)].filter(([signer]) => signer !== null);
  await Promise.all(signers.map(([, suites]) => inquire(signaturesOf(versions.tls12, suites, signatures), ask)));
}

/** Whose certificates were shown; null: no suite needs one. */
function signersIn(answered: readonly AcceptedSuites[]): ReadonlySet<string> | null {
  const names = answered.flatMap(({ suites }) => suites.map((code) => suiteByCode(code)?.authentication ?? ""));
  const signers = new Set(names.filter((name) => name === "rsa" || name === "ecdsa"));
  return signers.size === 0 ? null : signers;
}

async function sslv2Of({ askSslv2 }: ScanWorld): Promise<{ version: VersionScan; certificate: Uint8Array }> {
  const answer = await askSslv2();
  const isKinds = "kinds" in answer;
  const incomplete = !isKinds && answer.kind === "unasked" ? answer.how : null;
  const version: VersionScan = {
    name: "SSLv2",
    accepted: isKinds ? answer.kinds.length > 0 : incomplete === null ? false : null,
    suites: isKinds ? answer.kinds : [],
    preference: null,
    instead: null,
    strayed: false,
    incomplete,
  };
  return { version, certificate: isKinds ? answer.certificate : new Uint8Array(0) };
}

/** What all flights together showed beside the suites; `sslv2`: the certificate shown there. */
function shownBy(seen: readonly Chosen[], sslv2?: Uint8Array): Pick<Scan, "primes" | "signatures" | "certificates"> {
  const primes = new Map<string, DhPrime>();
  const signatures = new Set<number>();
  const certificates = new Map<string, string>();
  // The same one has the same bytes in memory (noting.ts): it is hashed once.
  const leaves = new Set<Uint8Array>();
  const learn = (leaf: Uint8Array | undefined) => {
    if (leaf === undefined || leaf.length === 0 || leaves.has(leaf)) return;
    leaves.add(leaf);
    certificates.set(createHash("sha256").update(leaf).digest("hex"), Buffer.from(leaf).toString("base64"));
  };
  for (const { hello, key, certificates: sent } of seen) {
    const hex = key.prime === null ? null : Buffer.from(key.prime).toString("hex");
    if (hex !== null && key.bits !== null) primes.set(hex, { bits: key.bits, prime: hex });
    if (key.signature !== null && hello.version < versions.tls13) signatures.add(key.signature);
    learn(sent[0]);
  }
  learn(sslv2);
  return {
    primes: [...primes.values()].sort((a, b) => a.bits - b.bits),
    signatures: [...signatures].sort((a, b) => a - b),
    certificates: [...certificates].map(([sha256, der]) => ({ sha256, der })),
  };
}
