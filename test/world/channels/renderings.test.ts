/** What each sink is given, word for word (golden/), and what no server can make it say. */

import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Letter } from "../../../lib/model/ports.ts";
import { eventJsonSchemas } from "../../../lib/steps/words/event-schema.ts";
import { chatNotification, chatText } from "../../../lib/world/channels/amazon-q.ts";
import { cloudEventOf, eventText } from "../../../lib/world/channels/cloud-event.ts";
import { pagerDutyEvent, pagerDutyText } from "../../../lib/world/channels/pagerduty.ts";
import { slackMessage, slackText } from "../../../lib/world/channels/slack.ts";
import { teamsMessage, teamsText } from "../../../lib/world/channels/teams.ts";
import { anyText, hostileWords } from "../../fakes/hostile.ts";
import { rawLetter, stories } from "../../fakes/stories.ts";

const renderings: Readonly<Record<string, (letter: Letter) => object>> = {
  slack: slackMessage,
  teams: teamsMessage,
  pagerduty: (letter) => pagerDutyEvent(letter, "R0".repeat(16)),
  "amazon-q": chatNotification,
  webhook: (letter) => cloudEventOf(letter, "https://status.example"),
};

describe.each(Object.entries(renderings))("%s", (sink, render) => {
  it.each(stories)("of %s", async (story, letter) => {
    await expect(`${JSON.stringify(render(letter), null, 2)}\n`).toMatchFileSnapshot(`golden/${sink}/${story}.json`);
  });

  it("stays small, visible and on its lines, whatever a server says, even if nobody escaped it before", () => {
    const invisible = /[\p{Cc}\p{Bidi_Control}\u2028\u2029\u200b\ufeff]/u;
    const check = (words: string) => {
      const message = render(rawLetter(words));
      expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThan(28 * 1024);
      for (const text of textsIn(message)) expect(text.replaceAll("\n", "")).not.toMatch(invisible);
    };
    fc.assert(fc.property(anyText, check));
    for (const words of hostileWords) if (sink !== "webhook") check(words);
  });
});

describe("mail, SMS and terminal", () => {
  it.each(stories)("of %s", async (story, { subject, sms, text }) => {
    await expect(`${subject}\n${sms}\n\n${text}`).toMatchFileSnapshot(`golden/letter/${story}.txt`);
  });
});

describe("Slack", () => {
  it("reads no markup in the words of others: no mention, no link, no entity of theirs", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 20, max: 300 }), (words, max) => {
        const text = slackText(words, max);
        expect(text).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
        expect(text.length).toBeLessThanOrEqual(max);
      }),
    );
  });

  it("has one link, which is ours, and takes all else literally", () => {
    fc.assert(
      fc.property(anyText, (words) => {
        const marked = nodesIn(slackMessage(rawLetter(words))).filter((node) => node.type === "mrkdwn");
        expect(marked).toEqual([
          {
            type: "mrkdwn",
            text: "<https://status.example/incidents/CM-7F3A|Open in Chainmail>",
            verbatim: true,
          },
        ]);
      }),
    );
  });

  it("can't be led elsewhere by the page's own address", () => {
    const letter = rawLetter("");
    const url = "https://status.example/a|b>c<!channel>";
    const text = JSON.stringify(slackMessage({ ...letter, event: { ...letter.event, url } }));
    expect(text).toContain('"<https://status.example/a%7Cb%3Ec%3C!channel%3E|Open in Chainmail>"');
  });
});

describe("Teams", () => {
  it("finds no function and no template in the words of others", () => {
    fc.assert(
      fc.property(anyText, (words) => {
        expect(teamsText(words)).not.toMatch(/\{\{|\$\{/);
      }),
    );
  });

  it("shows them in runs of text only, which know no Markdown and no mentions", () => {
    fc.assert(
      fc.property(anyText, (words) => {
        const nodes = nodesIn(teamsMessage(rawLetter(words)));
        const kinds = new Set(nodes.flatMap(({ type }) => (type === undefined ? [] : [type])));
        expect([...kinds].sort()).toEqual(
          ["Action.OpenUrl", "AdaptiveCard", "RichTextBlock", "TextRun", "message"].sort(),
        );
        expect(nodes.some((node) => "entities" in node)).toBe(false);
      }),
    );
  });

  it("keeps the end of a long message back, and says so", () => {
    const [, digest] = stories.find(([name]) => name === "digest") ?? [];
    if (digest === undefined) throw new Error("no digest");
    const text = digest.text + `  one more target of many, in a line of its own ${'"'.repeat(40)}\n`.repeat(500);
    const message = JSON.stringify(teamsMessage({ ...digest, text }));
    expect(Buffer.byteLength(message)).toBeLessThan(28 * 1024);
    expect(message).toContain("... (the page has the rest)");
  });
});

describe("Amazon Q, for Slack and Teams", () => {
  it("reads no mention, no link and no end of a code block in the words of others", () => {
    fc.assert(
      fc.property(anyText, (words) => {
        expect(chatText(words)).not.toMatch(/[<>`]|\][([]|[\r\n]|&(?!amp;|lt;|gt;)/);
      }),
    );
  });
});

describe("PagerDuty", () => {
  it("gets one bounded line of visible characters", () => {
    fc.assert(
      fc.property(anyText, (words) => {
        const text = pagerDutyText(words, 100);
        expect(text).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
        expect(text.length).toBeLessThanOrEqual(100);
      }),
    );
  });

  const event = (story: string) => {
    const [, letter] = stories.find(([name]) => name === story) ?? [];
    return pagerDutyEvent(letter ?? rawLetter(""), "key") as Readonly<Record<string, unknown>>;
  };

  it.each([
    ["opened", "trigger", "CM-7F3A"],
    ["worse", "trigger", "CM-7F3A"],
    ["reminder", "trigger", "CM-7F3A"],
    ["flapping", "trigger", "CM-7F3A"],
    ["recovered", "resolve", "CM-7F3A"],
    ["gone", "resolve", "CM-7F3A"],
    ["digest", "trigger", "digest-CM-0001"],
  ])("%s is a %s of %s", (story, action, key) => {
    expect(event(story)).toMatchObject({ event_action: action, dedup_key: key, routing_key: "key" });
  });

  it.each(["critical", "warning", "info"] as const)("a finding that is %s is so there", (severity) => {
    const letter = rawLetter("");
    const sent = pagerDutyEvent({ ...letter, event: { ...letter.event, severity } }, "key");
    expect(sent).toMatchObject({ payload: { severity } });
  });
});

describe("an event for machines", () => {
  const schema = eventJsonSchemas()["event.json"] ?? {};
  const fits = new Ajv2020({ allErrors: true, formats: { "date-time": true } }).compile(schema);

  it("has the published schema (npm run docs writes it)", () => {
    const published = readFileSync(new URL("../../../docs/schema/event.json", import.meta.url), "utf8");
    expect(published).toBe(`${JSON.stringify(schema, null, 2)}\n`);
  });

  it.each(stories)("of %s fits it", (_story, letter) => {
    expect(fits(JSON.parse(JSON.stringify(cloudEventOf(letter, "urn:chainmail")))), JSON.stringify(fits.errors)).toBe(
      true,
    );
  });

  it("is no formula to a spreadsheet, and one line in each cell but the text's", () => {
    fc.assert(
      fc.property(anyText, (words) => {
        expect(eventText(words)).not.toMatch(/^[=+\-@\t\r]|[\r\n]/);
      }),
    );
    fc.assert(
      fc.property(anyText, (words) => {
        for (const text of textsIn(cloudEventOf(rawLetter(words), "urn:chainmail")))
          expect(text).not.toMatch(/^[=+\-@\t\r]/);
      }),
    );
  });

  it("is cut where a server sent two megabytes", () => {
    const sent = JSON.stringify(cloudEventOf(rawLetter("x".repeat(2_000_000)), "urn:chainmail"));
    expect(sent.length).toBeLessThan(130_000);
  });
});

type Node = Readonly<Record<string, unknown>>;

function nodesIn(value: unknown): readonly Node[] {
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.values(value).flatMap(nodesIn);
  return Array.isArray(value) ? inner : [value as Node, ...inner];
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
