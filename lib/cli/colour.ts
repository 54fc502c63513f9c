/** Colours of verdicts and findings on a terminal; plain text elsewhere and under NO_COLOR. */

import { styleText } from "node:util";
import type { Severity } from "../model/finding.ts";
import type { Verdict } from "../model/verdict.ts";
import type { Io } from "./io.ts";

type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

export function painter({ stdout, env }: Pick<Io, "stdout" | "env">): Paint {
  const coloured = stdout.isTTY === true && !env.NO_COLOR;
  return coloured ? (style, text) => styleText(style, text, { validateStream: false }) : (_style, text) => text;
}

export const verdictStyle: Readonly<Record<Verdict, Style>> = {
  secure: "green",
  unverified: "yellow",
  weak: "yellow",
  lost: ["red", "bold"],
  unknown: "magenta",
  stale: "magenta",
};

export const severityStyle: Readonly<Record<Severity, Style>> = { info: "dim", warning: "yellow", critical: "red" };
