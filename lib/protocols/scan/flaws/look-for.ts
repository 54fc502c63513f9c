/** Looks for those flaws that take connections of their own. */

import type { FlawSeen, Scan } from "../../../model/scan.ts";
import { exchange, flightReader, helloOf } from "../ask.ts";
import { type AskWorld, converse, inClear } from "../converse.ts";
import type { Early } from "../early.ts";
import type { Unasked } from "../question.ts";
import { type AskedFlaw, type Asking, unknown } from "./flaw.ts";

export interface Admission {
  readonly scan: Promise<Scan>;
  readonly early: Early;
  /** Of the light probe's leaf, lower-case hex; null where it was shown none. */
  readonly leaf: string | null;
  readonly world: AskWorld;
  /** Makes room for one connection, and counts it. */
  readonly connect: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Where one machine of several is without STARTTLS, so many times another may answer. */
const mostElsewhere = 4;

/** Once we are shut out, and where the scan itself was, nothing more is asked. */
export function askingOf({ scan, early, leaf, world, connect }: Admission): Asking {
  let shut: Unasked | null = null;
  const leaves = scan.then(({ certificates, incomplete }) => {
    if (incomplete !== null) shut ??= { kind: "unasked", how: incomplete };
    return new Set([...(leaf === null ? [] : [leaf]), ...certificates.map(({ sha256 }) => sha256)]);
  });

  async function admitted<T>(work: () => Promise<T | Unasked>): Promise<T | Unasked> {
    for (let tries = 1; shut === null; tries++) {
      const came = await connect(work);
      if (!isUnasked(came) || (came.elsewhere && tries === mostElsewhere)) return came;
      if (!came.elsewhere) shut = came;
    }
    return shut;
  }

  return {
    target: world.target,
    scan,
    early,
    leaves,
    serverName: world.serverName,
    ehloName: world.ehloName,
    ask: (question, serverName = world.serverName, more = {}) =>
      admitted(() => converse(world, exchange(flightReader(), helloOf(question, serverName, more)))),
    converse: (talk) => admitted(() => converse(world, talk)),
    inClear: (talk) => admitted(() => inClear(world, talk)),
  };
}

/** Never rejects. */
export function lookFor(flaws: readonly AskedFlaw[], asking: Asking): Promise<readonly FlawSeen[]> {
  return Promise.all(flaws.map(async (flaw) => ({ name: flaw.name, ...(await looked(flaw, asking)) })));
}

/** What our own libraries can't make of what came is nobody's flaw. */
async function looked(flaw: AskedFlaw, asking: Asking) {
  try {
    return await flaw.ask(asking);
  } catch (error) {
    return unknown(error instanceof Error ? error.message : String(error));
  }
}

function isUnasked(value: unknown): value is Unasked {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "unasked";
}
