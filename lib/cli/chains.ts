/** A customer's chains on a terminal: the way of the mail, worst first to the eye. */

import type { Finding } from "../model/finding.ts";
import { visible } from "../protocols/printable.ts";
import type { HopJson, StatusJson, TargetJson } from "../status/json/schemas.ts";
import { type Paint, painter, severityStyle, verdictStyle } from "./colour.ts";
import type { Io } from "./io.ts";

export function printChains(status: StatusJson, io: Io): void {
  const paint = painter(io);
  const lines = [`${status.id}: ${paint(verdictStyle[status.verdict], status.verdict)}`];
  for (const address of status.unsubscribed)
    lines.push(`  contact ${address} unsubscribed: it gets no messages ('chainmail customers subscribe ${address}')`);
  for (const chain of status.chains) {
    const mode = chain.tlsMode === null ? "" : ` (TLS mode ${chain.tlsMode})`;
    lines.push(`  ${chain.domain ?? "downstream"}${mode}: ${paint(verdictStyle[chain.verdict], chain.verdict)}`);
    for (const hop of chain.hops) lines.push(...hopLines(hop, paint));
  }
  io.stdout.write(`${lines.join("\n")}\n`);
}

function hopLines(hop: HopJson, paint: Paint): string[] {
  const verdict = paint(verdictStyle[hop.verdict], hop.verdict.padEnd(10));
  const aside = hop.counts ? "" : ", doesn't count";
  return [
    `    ${hop.from} → ${hop.to}  ${verdict} encryption ${hop.encryption}, authentication ${hop.authentication}, enforced by ${hop.enforcement}; required: ${hop.require}${aside}`,
    ...findingLines(hop.findings, "      ", paint),
    ...hop.targets.flatMap((target) => targetLines(target, paint)),
  ];
}

function targetLines(target: TargetJson, paint: Paint): string[] {
  const known = target.lastKnown === null ? "" : ` (last known: ${target.lastKnown})`;
  const session = target.tls === null ? "" : ` ${target.tls.protocol} ${target.tls.cipher}`;
  const seen = target.lastSeen === null ? "never answered" : `last answer ${target.lastSeen}`;
  const silence = target.silence === null ? "" : `; now ${visible(target.silence.what)}`;
  return [
    `      ${target.name ?? target.address} [${target.target}]  ${paint(verdictStyle[target.verdict], target.verdict)}${known}${session}, ${seen}${silence}`,
    ...findingLines(target.findings, "        ", paint),
  ];
}

/** Code, evidence, what happens to the mail, and what to do. */
export function findingLines(findings: readonly Finding[], indent: string, paint: Paint): string[] {
  return findings.flatMap(({ code, severity, evidence, consequence, advice }) => {
    const seen = evidence.length === 0 ? "" : `: ${evidence.map(visible).join(" | ")}`;
    return [
      `${indent}${paint(severityStyle[severity], `${severity} ${code}`)}${seen}`,
      `${indent}  ${consequence}. ${advice}`,
    ];
  });
}
