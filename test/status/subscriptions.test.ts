import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StatusTopic } from "../../lib/status/context.ts";
import type { ConfirmationLink } from "../../lib/world/confirmation-link.ts";
import { bearer, type Fixture, fixture, form } from "./helpers.ts";
import { noon } from "./looks.ts";

const arn = "arn:aws:sns:eu-central-1:123456789012:operators";
const token = "2336412f37".repeat(20);
const linkTo = (topic: string) =>
  `https://sns.eu-central-1.amazonaws.com/confirmation.html?TopicArn=${topic}&Token=${token}&Endpoint=it@acme.example`;

let world: Fixture;
const asked: ConfirmationLink[] = [];
const topic: StatusTopic = {
  arns: [arn],
  confirm: async (link) => {
    asked.push(link);
    return asked.length === 1
      ? { kind: "confirmed", subscription: `${arn}:1` }
      : { kind: "refused", why: "<b>Token expired</b>" };
  },
};
const app = () => world.app({ topic, auth: { kind: "tokens" } });
const post = (link: string, who: string) => app().request("/subscriptions", form({ link }, bearer(who).headers));

beforeAll(async () => {
  world = await fixture();
  const of = { protocol: "email", since: noon, wasConfirmed: true } as const;
  const known = [
    { ...of, endpoint: "it@acme.example", state: "confirmed" },
    { ...of, endpoint: "<b>gone</b>@acme.example", state: "vanished" },
  ];
  await world.store.state.putDocument("subscriptions", { value: { topic: arn, known }, version: 0 });
});
afterAll(() => world.close());

describe("the page of subscriptions", () => {
  it("lists who gets messages, the deaf ones first, and a form", async () => {
    const response = await app().request("/subscriptions", bearer(world.tokens.operator));
    expect(response.status).toBe(200);
    const html = await response.text();
    expect(html).toContain('<form method="post" action="/subscriptions">');
    expect(html).toContain("&lt;b&gt;gone&lt;/b&gt;@acme.example");
    expect(html.indexOf("is gone and gets none")).toBeLessThan(html.indexOf("gets messages</strong>"));
    expect(html).toContain('<a href="/subscriptions">Subscriptions</a>');
  });

  it("is the operator's alone, and there only where there is a topic", async () => {
    expect((await app().request("/subscriptions", bearer(world.tokens.acme))).status).toBe(403);
    expect((await post(linkTo(arn), world.tokens.acme)).status).toBe(403);
    expect((await app().request("/subscriptions")).status).toBe(303);
    expect((await world.app().request("/subscriptions")).status).toBe(404);
    expect(await (await world.app().request("/")).text()).not.toContain("/subscriptions");
    expect(asked).toEqual([]);
  });

  it("confirms a pasted link of its own topic, and says what SNS said", async () => {
    expect(await (await post("https://evil.example/", world.tokens.operator)).text()).toContain("This is not the link");
    expect(await (await post(linkTo(`${arn}-other`), world.tokens.operator)).text()).toContain(
      "belongs to another topic",
    );
    expect(asked).toEqual([]);
    expect(await (await post(linkTo(arn), world.tokens.operator)).text()).toContain("Confirmed: only who has rights");
    expect(asked).toEqual([{ topic: arn, region: "eu-central-1", token }]);
    expect(await (await post(linkTo(arn), world.tokens.operator)).text()).toContain("&lt;b&gt;Token expired");
  });

  it("not for a page of another site", async () => {
    const foreign = form(
      { link: linkTo(arn) },
      { ...bearer(world.tokens.operator).headers, "Sec-Fetch-Site": "cross-site" },
    );
    expect((await app().request("/subscriptions", foreign)).status).toBe(403);
  });
});
