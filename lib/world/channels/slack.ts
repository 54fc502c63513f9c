/** Messages to a Slack channel, by an incoming webhook (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks). */

import type { Channel, Letter } from "../../model/ports.ts";
import { oneLine, piecesOf } from "./pieces.ts";
import { channelName, createPost } from "./post.ts";

/** Slack refuses a header of more than 150 characters and a section of more than 3000. */
const longestHeader = 150;
const longestStatement = 1000;
const mostBody = 2900;

/** The URL is the secret. Throws an `InputError` when it can't be used. */
export function createSlackChannel(url: string): Channel {
  const post = createPost("Slack", url);
  return { name: channelName("slack", url), deliver: (letter) => post(JSON.stringify(slackMessage(letter))) };
}

/**
 * One line of at most `max` characters. What Slack reads as markup (`<!channel>`, `<@U...>`, `<https://...|text>`) begins
 * with `<`; these three characters are all that it decodes.
 */
export function slackText(text: string, max: number): string {
  const escaped = Array.from(oneLine(text, max), (character) => entities[character] ?? character);
  if (escaped.join("").length <= max) return escaped.join("");
  while (escaped.join("").length > max - 3) escaped.pop();
  return `${escaped.join("")}...`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Words of others stand only where Slack takes them literally: in `plain_text` without emoji and in preformatted text. */
export function slackMessage(letter: Letter): object {
  const { statement, body } = piecesOf(letter, mostBody, (line) => line.length + 1);
  const url = letter.event.url === null ? null : URL.parse(letter.event.url);
  const subject = slackText(letter.subject, longestHeader);
  return {
    text: subject,
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: "header", text: plain(subject) },
      { type: "section", text: plain(slackText(statement, longestStatement)) },
      ...(body.length === 0 ? [] : [preformatted(body)]),
      ...(url === null ? [] : [link(url)]),
    ],
  };
}

function plain(text: string): object {
  return { type: "plain_text", text, emoji: false };
}

function preformatted(lines: readonly string[]): object {
  const elements = [{ type: "text", text: lines.join("\n") }];
  return { type: "rich_text", elements: [{ type: "rich_text_preformatted", elements }] };
}

/** The one link is ours: the page's. */
function link({ href }: URL): object {
  const target = slackText(href.replaceAll("|", "%7C"), 2000);
  return { type: "context", elements: [{ type: "mrkdwn", text: `<${target}|Open in Chainmail>`, verbatim: true }] };
}
