/** Messages to Slack and Teams by Amazon Q Developer in chat applications, which subscribes to the SNS topic by HTTPS. */

import type { Letter } from "../../model/ports.ts";
import { oneLine, piecesOf } from "./pieces.ts";

const mostBody = 4000;

/**
 * Either chat's own Markdown, since nobody knows which it will be: no `<` begins a mention or a link in Slack, no `](` is
 * the middle of one in Teams, and a code block can't be left.
 */
export function chatText(text: string, max = 300): string {
  return oneLine(text, max)
    .replaceAll("`", "'")
    .replace(/\](?=[([])/g, "] ")
    .replace(/[&<>]/g, (character) => entities[character] ?? character);
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** A custom notification; all messages of an incident stand in one thread. */
export function chatNotification(letter: Letter): object {
  const { statement, body } = piecesOf(letter, mostBody, (line) => line.length + 1);
  const { id, incident, kind, class: cls, url } = letter.event;
  const block = body.length === 0 ? [] : ["```", ...body.map((line) => chatText(line, 500)), "```"];
  return {
    version: "1.0",
    source: "custom",
    id,
    content: {
      textType: "client-markdown",
      title: chatText(letter.subject, 250),
      description: [chatText(statement, 500), ...block, ...(url === null ? [] : [url])].join("\n"),
      keywords: [cls, kind],
    },
    metadata: { threadId: incident, summary: chatText(letter.subject, 250), eventType: `${cls} ${kind}` },
  };
}
