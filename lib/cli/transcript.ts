/** Prints a probe in CheckTLS's manner, with colour where the terminal has it. */

import { styleText } from "node:util";
import { type Row, transcriptHeader, transcriptRows } from "../judge/transcript.ts";
import type { Observation } from "../model/observation.ts";
import { visible } from "../protocols/printable.ts";

/** The lines of one block, without line ends. `colour`: whether they go to a terminal that wants it. */
export function transcriptText(
  observation: Observation,
  preference: number | null,
  colour: boolean,
): readonly string[] {
  const paint = colour ? coloured : (row: Row) => rowText(row);
  const header = visible(transcriptHeader(observation, preference));
  return [
    colour ? style("bold", header) : header,
    "seconds   | test stage and result",
    ...transcriptRows(observation).map(paint),
  ];
}

function rowText({ seconds, mark, text }: Row): string {
  return `${clock(seconds)} | ${mark === null ? "" : `${mark} | `}${visible(text)}`;
}

function coloured(row: Row): string {
  const text = rowText(row);
  if (row.tone !== "plain") return style(row.tone === "good" ? "green" : "red", text);
  return row.mark === null ? text : style("cyan", text);
}

const style = (format: Parameters<typeof styleText>[0], text: string) =>
  styleText(format, text, { validateStream: false });

/** `[000.072]`. */
function clock(seconds: number): string {
  return `[${seconds.toFixed(3).padStart(7, "0")}]`;
}
