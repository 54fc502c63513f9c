/** A scan as Markdown, for tickets and reports. */

import type { ScanTargetJson } from "./scan-schema.ts";

export function scanMarkdown(scan: ScanTargetJson): readonly string[] {
  const { host, address, port, verdict, score, protocols, groups, flaws, grades, findings, incomplete, connections } =
    scan;
  const schemes = scan.signatureSchemes ?? [];
  return [
    `# TLS of ${text(host ?? address)} (${text(address)}, port ${port})`,
    "",
    `Verdict: **${verdict}**${score === null ? "" : `, score ${score} of 100`}. ${connections} connections${incomplete === null ? "" : `, incomplete: ${text(incomplete)}`}.`,
    ...section("Protocols", [
      "| protocol | accepted | order | suites |",
      "| --- | --- | --- | --- |",
      ...[...protocols].reverse().map(({ name, accepted, preference, suites }) => {
        const answer = accepted === null ? "not known" : accepted ? "yes" : "no";
        return `| ${name} | ${answer} | ${preference ?? ""} | ${suites.map(({ openssl, code }) => text(openssl ?? code)).join("<br>")} |`;
      }),
    ]),
    ...(groups.length === 0 ? [] : section("Groups", [groups.map(({ name, code }) => text(name ?? code)).join(", ")])),
    ...(schemes.length === 0
      ? []
      : section("Signatures", [
          "| scheme | used in |",
          "| --- | --- |",
          ...schemes.map(({ name, versions }) => `| ${text(name)} | ${[...versions].reverse().join(", ")} |`),
        ])),
    ...(grades === null
      ? []
      : section("Grades", [
          "| standard | level | because of |",
          "| --- | --- | --- |",
          ...grades.map(({ name, level, criteria: [worst] }) => {
            return `| ${text(name)} | ${text(level)} | ${worst === undefined ? "" : `${text(worst.observed)} (${text(worst.section)})`} |`;
          }),
        ])),
    ...(flaws.length === 0
      ? []
      : section("Flaws", [
          "| flaw | result | |",
          "| --- | --- | --- |",
          ...flaws.map(
            ({ name, result, detail }) => `| ${text(name)} | ${result} | ${detail.map(text).join("<br>")} |`,
          ),
        ])),
    ...(findings.length === 0
      ? []
      : section(
          "Findings",
          findings.map(({ code, severity, evidence, advice }) => {
            return `- **${severity}** \`${code}\`${evidence.length === 0 ? "" : `: ${evidence.map(text).join(" | ")}`}. ${text(advice)}`;
          }),
        )),
    "",
  ];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return ["", `## ${title}`, "", ...lines];
}

/** What came from the wire is text and nothing else: no markup, no link, no table's end. */
function text(value: string): string {
  const printable = value.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");
  return printable
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/[\\`*_{}[\]()#+!|~>]/g, (character) => `\\${character}`)
    .replace(/:\/\//g, ":\\//");
}
