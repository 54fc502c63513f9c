/** `chainmail scan --since FILE`: what changed since a scan that was printed with `--json`. */

import { changesBetween, type Inventory } from "../judge/scan-diff.ts";
import { InputError } from "../model/input-error.ts";
import { signatureName } from "../protocols/tls/signatures.ts";
import { readInput } from "./looking.ts";
import { targetsOf } from "./scan-json.ts";
import { type ScanTargetJson, type ScanTargetsJson, scanSchema } from "./scan-schema.ts";

export interface Since {
  /** `[192.0.2.1]:25`. */
  readonly place: string;
  /** In words; empty where nothing changed. */
  readonly changes: readonly string[];
}

export function readScan(file: string): ScanTargetJson | ScanTargetsJson {
  const text = readInput(file, "--since");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError(`--since: '${file}' isn't JSON: expected what 'chainmail scan --json' printed`);
  }
  const read = scanSchema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  throw new InputError(`--since: '${file}': ${where}expected what 'chainmail scan --json' printed`);
}

/** For each place that both know; `null` changes never: one that the file doesn't know isn't compared. */
export function changesSince(
  before: ScanTargetJson | ScanTargetsJson,
  after: ScanTargetJson | ScanTargetsJson,
): readonly Since[] {
  const known = new Map(targetsOf(before).map((target) => [placeOf(target), target]));
  return targetsOf(after).flatMap((target) => {
    const old = known.get(placeOf(target));
    return old === undefined
      ? []
      : [{ place: placeOf(target), changes: changesBetween(inventoryOf(old), inventoryOf(target)) }];
  });
}

const placeOf = ({ address, port }: ScanTargetJson) => `[${address}]:${port}`;

function inventoryOf(scan: ScanTargetJson): Inventory {
  const { depth, protocols, groups, certificates, flaws, incomplete } = scan;
  return {
    protocols: protocols.filter(({ accepted }) => accepted).map(({ name }) => name),
    suites: protocols.flatMap(({ name, suites }) => suites.map(({ openssl, code }) => `${openssl ?? code} in ${name}`)),
    groups: groups.map(({ name, code }) => name ?? code),
    signatures: depth === "full" ? signaturesIn(scan) : {},
    certificates,
    flaws,
    isComplete: incomplete === null,
  };
}

/** Files of before have those of TLS 1.2 alone. */
function signaturesIn({ signatures, signatureSchemes }: ScanTargetJson): Inventory["signatures"] {
  if (signatureSchemes === undefined) return { "TLSv1.2": signatures.map((code) => signatureName(Number(code))) };
  const usedIn = (version: "TLSv1.2" | "TLSv1.3") =>
    signatureSchemes.filter(({ versions }) => versions.includes(version)).map(({ name }) => name);
  return { "TLSv1.2": usedIn("TLSv1.2"), "TLSv1.3": usedIn("TLSv1.3") };
}
