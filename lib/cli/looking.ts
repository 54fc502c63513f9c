/** What every command that looks at servers needs: a resolver, a dialler, trusted roots and a name to say. */

import { readFileSync } from "node:fs";
import { InputError } from "../model/input-error.ts";
import type { Dialler, Resolver } from "../model/ports.ts";
import type { ProbeClock } from "../protocols/smtp/probe.ts";
import { createTlsKit, type TlsKit } from "../protocols/tls/kit.ts";
import { loadRoots, type TrustRoots } from "../protocols/x509/roots.ts";
import { systemClock } from "../world/clock.ts";
import { createDialler } from "../world/dialler.ts";
import { defaultEhloName } from "../world/ehlo-name.ts";
import { createResolvers } from "../world/resolver.ts";
import type { LookOptions } from "./options.ts";

export interface Looking {
  readonly resolver: Resolver;
  /** The second server's own word; null where there is one alone. */
  readonly second: Resolver | null;
  readonly dial: Dialler;
  readonly tls: TlsKit;
  readonly clock: ProbeClock;
  readonly ehloName: string;
}

export function lookingFor({ resolver, ca, ehlo }: Pick<LookOptions, "resolver" | "ca" | "ehlo">): Looking {
  return {
    ...createResolvers({ servers: resolver ?? [], now: systemClock }),
    dial: createDialler({}),
    tls: createTlsKit(rootsOf(ca)),
    clock: { now: systemClock, monotonic: () => performance.now() },
    ehloName: ehlo ?? defaultEhloName(),
  };
}

/** The bundled roots and those of `--ca`. */
export function rootsOf(ca: string | undefined): TrustRoots {
  return ca === undefined ? loadRoots() : loadRoots({ extraPem: readInput(ca, "--ca") });
}

/** A file that can't be read is wrong usage too. */
export function readInput(file: string, option: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new InputError(`${option}: '${file}' can't be read: ${unreadable(error)}`);
  }
}

function unreadable(error: unknown): string {
  if (!(error instanceof Error && "code" in error)) return String(error);
  switch (error.code) {
    case "ENOENT":
      return "there is no such file";
    case "EISDIR":
      return "it is a folder";
    case "EACCES":
      return "this user has no right to";
    default:
      return error.message;
  }
}
