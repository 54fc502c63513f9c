/** Messages to a channel of Microsoft Teams: an Adaptive Card to the webhook of a workflow ("When a Teams webhook request is received"). */

import type { Severity } from "../../model/finding.ts";
import type { Channel, Letter } from "../../model/ports.ts";
import { oneLine, piecesOf } from "./pieces.ts";
import { channelName, createPost } from "./post.ts";

/** Teams refuses a message of more than 28 kB; what a line costs beside its text is counted too. */
const mostBody = 22_000;
const blockCost = 130;

/** The URL is the secret. Throws an `InputError` when it can't be used. */
export function createTeamsChannel(url: string): Channel {
  const post = createPost("Teams", url);
  return { name: channelName("teams", url), deliver: (letter) => post(JSON.stringify(teamsMessage(letter))) };
}

/** Runs of text know no Markdown and no mentions; what is left are functions (`{{DATE(…)}}`) and templates (`${…}`). */
export function teamsText(text: string, max = 400): string {
  return oneLine(text, max).replace(/[{$](?=\{)/g, "$& ");
}

export function teamsMessage(letter: Letter): object {
  const { statement, body } = piecesOf(letter, mostBody, (line) => Buffer.byteLength(JSON.stringify(line)) + blockCost);
  const { kind, severity, url } = letter.event;
  const over = kind === "recovered" || kind === "gone";
  const content = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    msteams: { width: "Full" },
    body: [
      paragraph(letter.subject, { size: "Medium", weight: "Bolder", color: over ? "Good" : colours[severity] }),
      paragraph(statement),
      ...body.flatMap(textLine),
    ],
    ...(url !== null && { actions: [{ type: "Action.OpenUrl", title: "Open in Chainmail", url }] }),
  };
  return {
    type: "message",
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content }],
  };
}

const colours: Readonly<Record<Severity, string>> = { critical: "Attention", warning: "Warning", info: "Accent" };

function paragraph(text: string, style: Readonly<Record<string, string>> = {}): object {
  return { type: "RichTextBlock", inlines: [{ type: "TextRun", text: teamsText(text), ...style }] };
}

/** Monospaced, its indent kept; an empty line is a space above the next one. */
function textLine(line: string, index: number, lines: readonly string[]): readonly object[] {
  if (line === "") return [];
  const text = teamsText(line).replace(/^ +/, (indent) => "\u00a0".repeat(indent.length));
  const spacing = index === 0 || lines[index - 1] === "" ? "Medium" : "None";
  return [{ type: "RichTextBlock", spacing, inlines: [{ type: "TextRun", text, fontType: "Monospace" }] }];
}
