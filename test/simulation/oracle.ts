/**
 * What must be true of every history, judged from what really happened. Shares no code with the judge: what a look means,
 * when a loss is confirmed and when it is over is said here once more, in other words.
 */

import { aboutParents, aboutServers } from "./about.ts";
import { deliveries } from "./deliveries.ts";
import { type Claim, contactName, type Evidence, type Look } from "./evidence.ts";
import { every } from "./happenings.ts";
import { holdsOf } from "./holding.ts";
import { parentOf } from "./kinship.ts";
import { overlapping, wrongOrder } from "./order.ts";
import {
  type Class,
  classes,
  heard,
  hearingsOf,
  isEnd,
  isPatient,
  nameOf,
  type Story,
  storiesOf,
  surelyHeard,
  type Word,
  wordOf,
} from "./stories.ts";

/** Design: "Incident machine". */
const confirmedAfter = { looks: 3, ms: 40_000 };
const overAfter = { looks: 3, cycles: 2, ms: 600_000 };
const intermittent = { bad: 3, of: 24 };
const silent = { ms: 1_800_000, cycles: 6 };
const remindedAfterMs = 86_400_000;

/** What is wrong with this history, each in a sentence; none where all promises were kept. */
export function serverBreachesOf(everything: Evidence): readonly string[] {
  const evidence = aboutServers(everything);
  const stories = storiesOf(evidence);
  const parents = storiesOf(aboutParents(everything));
  return [
    ...stories.flatMap((story) => [
      ...unfounded(story, evidence, stories),
      ...wrongEnd(story, evidence),
      ...wrongOrder(story),
      ...early(story),
    ]),
    ...overlapping(stories),
    ...[...evidence.recipients.keys()].flatMap((subject) => {
      const looks = orderly(evidence, subject);
      return classes.flatMap((cls) => untold({ class: cls, subject, looks }, everything, [...stories, ...parents]));
    }),
    ...deliveries(evidence, stories),
  ];
}

const ofWord = (cls: Class, word: Word, looks: readonly Look[]) => looks.filter((look) => wordOf(cls, look) === word);
const cyclesOf = (looks: readonly Look[]) => new Set(looks.map(({ cycle }) => cycle)).size;
const spanOf = (looks: readonly Look[]) => (looks.at(-1)?.at ?? 0) - (looks[0]?.at ?? 0);
const byVantage = (looks: readonly Look[]) => Map.groupBy(looks, ({ vantage }) => vantage);
const isConfirming = (bad: readonly Look[]) => bad.length >= confirmedAfter.looks && spanOf(bad) >= confirmedAfter.ms;

/** Vantages with a vote at `at`. */
function sightedAt({ vantages, sights }: Evidence, at: number): readonly string[] {
  return vantages.filter((name) => !sights.findLast((sight) => sight.vantage === name && sight.at <= at)?.isBlind);
}

/** Nothing is told that never was confirmed. */
function unfounded(story: Story, evidence: Evidence, stories: readonly Story[]): readonly string[] {
  const { class: cls, subject, since } = story;
  const { alert, writtenAt } = story.claims[0] as Claim;
  const wrong = (why: string) => [`${nameOf(story)} was told without being confirmed: ${why}`];
  const bad = ofWord(cls, "bad", heard(evidence, subject, writtenAt)).filter(({ at }) => at >= since);
  const [first] = bad;
  if (first?.at !== since) return wrong(`nobody looked at it at its beginning, ${since}`);
  const after = ofWord(cls, "good", heard(evidence, subject, writtenAt)).filter(({ at }) => at >= since);
  if (alert.form === "intermittent") {
    const most = intermittent.of * evidence.vantages.length;
    const own = [...byVantage(bad)].find(([, looks]) => looks.length >= intermittent.bad);
    if (own === undefined || (alert.rate?.of ?? 0) > most) return wrong(`only ${bad.length} bad looks since it began`);
    return after.some(({ vantage }) => byVantage(bad).has(vantage)) ? [] : wrong("nobody disagrees with itself");
  }
  if (alert.form === "partial") {
    const here = [...byVantage(bad)].filter(([, looks]) => isConfirming(looks)).map(([vantage]) => vantage);
    const there = [...byVantage(after)].filter(([, looks]) => looks.length >= confirmedAfter.looks);
    const isDivided = here.some((one) => there.some(([other]) => other !== one));
    return isDivided ? [] : wrong(`bad from ${[...byVantage(bad).keys()]}, good from ${[...byVantage(after).keys()]}`);
  }
  const last = bad.at(-1)?.at ?? since;
  const between = goodBetween(story, evidence).filter(({ at }) => at > since && at < lastOfRun(cls, bad, alert.at));
  if (between.length > 0) return wrong(`a good look at ${between[0]?.at} stands between`);
  if (isPatient(cls)) {
    if (last - since < silent.ms || cyclesOf(bad) < silent.cycles) return wrong(`${cyclesOf(bad)} cycles`);
    const besides = stories.filter((other) => other.class === "cleartext" && other.subject === subject);
    const isBeside = besides.some((other) => (other.claims[0]?.writtenAt ?? 0) < alert.at && other.endedAt > alert.at);
    return isBeside ? wrong("the same target's loss of TLS was open") : [];
  }
  const isSeconded = byVantage(bad).size >= Math.min(2, leastSighted(evidence, since, writtenAt)) || cyclesOf(bad) >= 2;
  if (!isSeconded) return wrong(`only ${first.vantage} saw it`);
  return isConfirming(bad) ? [] : wrong(`${bad.length} bad looks over ${last - since} ms`);
}

/** Good looks of the same class that were surely told to a suspicion: those judged after it began. */
function goodBetween({ class: cls, subject, since, claims }: Story, evidence: Evidence): readonly Look[] {
  const at = claims[0]?.alert.at ?? 0;
  const good = ofWord(cls, "good", surelyHeard(evidence, subject, at - 1));
  const about = hearingsOf(evidence, subject).filter(({ look }) => look.at === since);
  const from = about[0]?.look.vantage;
  const known = Math.min(...about.map(({ end }) => end ?? Number.POSITIVE_INFINITY));
  return good.filter((look) => {
    const begin = hearingsOf(evidence, subject).find((hearing) => hearing.look === look)?.begin ?? 0;
    return look.vantage === from || begin > known;
  });
}

/** The fewest vantages that had a vote between. */
function leastSighted(evidence: Evidence, from: number, to: number): number {
  const moments = [from, ...evidence.sights.map(({ at }) => at).filter((at) => at > from && at <= to)];
  return Math.min(...moments.map((at) => sightedAt(evidence, at).length));
}

/** The earliest look at which the bad ones were enough. */
function lastOfRun(cls: Class, bad: readonly Look[], at: number): number {
  if (isPatient(cls)) return bad.at(-1)?.at ?? at;
  const first = bad[0]?.at ?? at;
  return bad.find((look, index) => index + 1 >= confirmedAfter.looks && look.at - first >= confirmedAfter.ms)?.at ?? at;
}

/** Silence never heals, gone isn't recovered, and recovered is only what answered well for long enough. */
function wrongEnd(story: Story, evidence: Evidence): readonly string[] {
  const { class: cls, subject, claims } = story;
  const claim = claims.find(({ alert }) => isEnd(alert));
  if (claim === undefined) return [];
  const { alert: end, writtenAt } = claim;
  if (end.kind === "gone") {
    const isDropped = evidence.dropped.some((drop) => drop.subject === subject && drop.at <= writtenAt);
    return isDropped ? [] : [`${nameOf(story)} is said to be gone and was never dropped`];
  }
  const sighted = sightedAt(evidence, end.at);
  const bad = ofWord(cls, "bad", surelyHeard(evidence, subject, end.at - 1));
  const lastBad = bad.findLast(({ vantage }) => sighted.includes(vantage))?.at ?? 0;
  const good = ofWord(cls, "good", heard(evidence, subject, writtenAt)).filter(({ at }) => at > lastBad);
  const span = (good.at(-1)?.at ?? 0) - (good[0]?.at ?? 0);
  const least = end.form === "intermittent" ? intermittent.of : overAfter.looks;
  const isLongEnough = good.length >= least && cyclesOf(good) >= overAfter.cycles && span >= overAfter.ms;
  if (!isLongEnough) return [`${nameOf(story)} recovered on ${good.length} good looks over ${span} ms`];
  return stillBad(story, claim, evidence).map((vantage) => `${nameOf(story)} recovered, and not from ${vantage}`);
}

/** Vantages with a vote that saw the loss, and did not yet see it over often enough. */
function stillBad({ class: cls, subject, since }: Story, { alert, writtenAt }: Claim, evidence: Evidence) {
  const sighted = sightedAt(evidence, alert.at);
  const sure = orderly(evidence, subject).filter(({ end, isClean }) => isClean && end < alert.at);
  const bad = byVantage(
    ofWord(
      cls,
      "bad",
      sure.map(({ look }) => look),
    ),
  );
  return [...bad].flatMap(([vantage, looks]) => {
    const last = looks.at(-1)?.at ?? 0;
    if (last < since || !sighted.includes(vantage) || !sightedAt(evidence, last).includes(vantage)) return [];
    const good = ofWord(cls, "good", heard(evidence, subject, writtenAt)).filter(
      (look) => look.vantage === vantage && look.at > last,
    );
    return good.length >= overAfter.looks && cyclesOf(good) >= overAfter.cycles ? [] : [vantage];
  });
}

/** A reminder comes a day after the last word, not sooner. */
function early({ first }: Story): readonly string[] {
  return first.flatMap(({ alert }, index) => {
    const before = first[index - 1]?.alert.at ?? 0;
    return alert.kind === "reminder" && alert.at - before < remindedAfterMs ? [`${alert.id} reminds too soon`] : [];
  });
}

/** What one class makes of the looks at one subject. */
interface Suffering {
  readonly class: Class;
  readonly subject: string;
  readonly looks: ReturnType<typeof orderly>;
}

/** Every confirmed loss is told to everybody who can be told. */
function untold(suffering: Suffering, evidence: Evidence, stories: readonly Story[]): readonly string[] {
  const { class: cls, subject } = suffering;
  const found = confirmations(suffering, evidence, stories);
  if (found.length === 0) return [];
  const got = new Set(evidence.received.map(({ to, id }) => `${to} ${id.split("·")[0]}`));
  return found.flatMap(({ from, at }) => {
    const about = stories.filter((story) => story.class === cls && story.subject === subject);
    const own = about.filter((story) => story.since <= at && story.endedAt >= from);
    const told = [...own, ...own.flatMap(({ folds }) => folds.flatMap((fold) => parentOf(fold, stories) ?? []))];
    // What others share too its contacts are told of where the operator lets them be.
    const isOthers = (to: string) => to === contactName && own.some(({ folds }) => folds.length > 0);
    if (told.length > 0 && told.every((story) => isHeldToTheEnd(story, evidence))) return [];
    return (evidence.recipients.get(subject) ?? [])
      .filter((to) => !evidence.refused.has(`${to} ${subject}`) && !isOthers(to))
      .filter((to) => !told.some(({ incident }) => got.has(`${to} ${incident}`)))
      .filter((to) => !(to === contactName && told.some(({ claims }) => claims[0]?.isDigest)))
      .map((to) => `${cls} of ${subject}, confirmed at ${at}, was never told to ${to}`);
  });
}

/** It opened when the breaker held, or in a window, and was over before that, or seemed to be: nobody has to know. */
function isHeldToTheEnd({ class: cls, subject, claims, endedAt }: Story, evidence: Evidence): boolean {
  const opened = claims[0]?.alert.at ?? 0;
  const spans = evidence.quiet?.subject === subject ? evidence.quiet.spans : [];
  const holds = [...holdsOf(evidence), ...spans];
  if (holds.length === 0) return false;
  const bad = ofWord(cls, "bad", heard(evidence, subject, endedAt));
  return holds.some(({ from, until }) => {
    const isOver = evidence.places.has(subject)
      ? endedAt < Number.POSITIVE_INFINITY && bad.every(({ at }) => at < until)
      : endedAt < until + overAfter.ms + 3 * every;
    return opened > from - 2 * every && opened < until && isOver;
  });
}

/**
 * Losses that everybody would call confirmed: runs of bad looks that came in order, with nothing uncertain between, from
 * two vantages where two have a vote; or from one, while another sees it well as often.
 */
function confirmations(
  { class: cls, subject, looks }: Suffering,
  evidence: Evidence,
  stories: readonly Story[],
): readonly { readonly from: number; readonly at: number }[] {
  const found: { from: number; at: number }[] = [];
  const dropped = evidence.dropped.filter((drop) => drop.subject === subject).map(({ at }) => at);
  const sights = evidence.sights.map(({ at }) => at);
  let run: Look[] = [];
  // What holds of a run's first confirmation holds of each that follows in it.
  let isFound = false;
  const each = new Map<string, Look[]>();
  let since = 0;
  for (const { look, until, isClean } of looks) {
    const isApart =
      dropped.some((at) => at >= since - 60_000 && at <= until) || sights.some((at) => at >= since && at <= until);
    if (!isClean || isApart) [run, since, isFound] = [[], look.at, false];
    if (!isClean || isApart) each.clear();
    if (!isClean || isApart || wordOf(cls, look) === "says nothing") continue;
    const word = wordOf(cls, look);
    if (word !== "bad") [run, isFound] = [[], false];
    else if (!isFound) run.push(look);
    const own = each.get(look.vantage) ?? [];
    each.set(look.vantage, own[0] !== undefined && wordOf(cls, own[0]) === word ? [...own, look] : [look]);
    const [first] = isFound ? [] : run;
    const before = found.length;
    if (first !== undefined && isPatient(cls)) {
      // It lasts since the last vantage that was answered got no answer for the first time.
      const silentSince = Math.max(...[...byVantage(run).values()].map(([begin]) => begin?.at ?? 0));
      const lasting = run.filter(({ at }) => at >= silentSince);
      const isSilent = look.at - silentSince >= silent.ms && cyclesOf(lasting) >= silent.cycles;
      if (isSilent && !isExcused(cls, subject, look.at, stories)) found.push({ from: first.at, at: look.at });
    } else if (first !== undefined) {
      const isSeconded = byVantage(run).size >= Math.min(2, sightedAt(evidence, look.at).length);
      if (isConfirming(run) && isSeconded) found.push({ from: first.at, at: look.at });
    }
    isFound ||= found.length > before;
    if (!isPatient(cls) && each.size > 1) found.push(...dividedAt(cls, [...each.values()], look.at));
  }
  return found;
}

/** From one vantage bad as often as it takes, and from another good as often meanwhile; `runs` are the last of each. */
function dividedAt(cls: Class, runs: readonly (readonly Look[])[], at: number) {
  const isOf = (run: readonly Look[], word: Word) => run[0] !== undefined && wordOf(cls, run[0]) === word;
  return runs.flatMap((bad) => {
    const from = bad[0]?.at ?? 0;
    if (!isOf(bad, "bad") || !isConfirming(bad)) return [];
    const isWellElsewhere = runs.some((run) => isOf(run, "good") && run.filter((look) => look.at > from).length >= 4);
    return isWellElsewhere ? [{ from, at }] : [];
  });
}

/** Beside a loss of TLS nobody is told that it is silent, or says "not now", as well. */
function isExcused(cls: Class, subject: string, at: number, stories: readonly Story[]): boolean {
  const isLoss = (story: Story) => story.class === "cleartext" && story.subject === subject;
  return isPatient(cls) && stories.some((story) => isLoss(story) && story.since <= at && story.endedAt >= at);
}

/** Looks in the order they were made; unclean ones may rightly have been passed over by the judge. */
function orderly(
  evidence: Evidence,
  subject: string,
): readonly { readonly look: Look; readonly end: number; readonly until: number; readonly isClean: boolean }[] {
  const seen = new Set<Look>();
  const latest = new Map<string, number>();
  const busyUntil = new Map<string, number>();
  const cycles = new Map<string, number>();
  const hearings = hearingsOf(evidence, subject);
  const isAlone = evidence.vantages.length === 1;
  const judged = hearings.map(({ look, begin, end, isStale, mayVote }) => {
    const { vantage } = look;
    const isInTurn = begin > (busyUntil.get(vantage) ?? 0) && look.at > (latest.get(vantage) ?? 0) && !seen.has(look);
    // Of a cycle that a later one has overtaken it opens nothing where it is nearly a cycle old itself.
    const isOvertaken = look.cycle < (cycles.get(vantage) ?? 0) && begin - look.at > every - 60_000;
    // Beside others', a look that comes late may meet a state that is younger.
    const isFresh = isAlone || begin - look.at < 30_000;
    seen.add(look);
    latest.set(vantage, Math.max(latest.get(vantage) ?? 0, look.at));
    busyUntil.set(vantage, Math.max(busyUntil.get(vantage) ?? 0, end ?? begin));
    cycles.set(vantage, Math.max(cycles.get(vantage) ?? 0, look.cycle));
    // What happens meanwhile, or shortly after, may change what becomes of it.
    const until = Math.max(look.at + 120_000, end ?? begin);
    const isClean = end !== null && mayVote && isInTurn && isFresh && !isOvertaken && !isStale;
    return { look, end: end ?? begin, until, isClean };
  });
  return judged.sort((a, b) => a.look.at - b.look.at);
}
