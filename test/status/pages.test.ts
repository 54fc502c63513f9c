import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { trusted } from "../../lib/judge/sight.ts";
import type { Contact } from "../../lib/model/customer.ts";
import { clearSight } from "../../lib/model/sight.ts";
import { alert, recorded } from "../fakes/causes.ts";
import { type Fixture, fixture, form } from "./helpers.ts";
import { noon } from "./looks.ts";
import { customers, hostileId, xss } from "./seed.ts";

let world: Fixture;
let app: ReturnType<Fixture["app"]>;
beforeAll(async () => {
  world = await fixture();
  app = world.app();
});
afterAll(() => world.close());

async function page(path: string): Promise<string> {
  const response = await app.request(path);
  expect(response.status, path).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/html; charset=UTF-8");
  return response.text();
}

/** What a person reads: no tags, entities as they look, spaces as one. */
function words(html: string): string {
  const text = html.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&#39;", "'");
}

const paths = [
  "/",
  "/?q=a",
  "/incidents",
  "/incidents/CM-7F3A",
  "/incidents/CM-0BAD",
  ...customers.map(({ id }) => `/customers/${encodeURIComponent(id)}`),
];

describe("every page", () => {
  test.each(paths)("%s: one main, one h1, a language, a title, no script and no inline style", async (path) => {
    const html = await page(path);
    expect(html.match(/<main id="main">/g)).toHaveLength(1);
    expect(html.match(/<h1>/g)).toHaveLength(1);
    expect(html).toContain('<html lang="en">');
    expect(html).toMatch(/<title>.+ · Chainmail<\/title>/);
    expect(html).not.toMatch(/<script|<style|\sstyle=|\son[a-z]+=(?=[^&]*>)/i);
    expect([...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id)).toEqual([
      ...new Set([...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id)),
    ]);
  });
});

describe("what comes from the wire and from files is escaped", () => {
  const path = `/customers/${encodeURIComponent(hostileId)}`;

  it("a banner, a certificate's names and a customer's id are text", async () => {
    const html = await page(path);
    expect(html).not.toContain(xss);
    expect(html).not.toContain("<img");
    expect(words(html)).toContain(`mail.hostile.example ${xss}`);
    expect(words(html)).toContain(`/O=${xss}/CN=mail.hostile.example`);
    expect(words(html)).toContain(hostileId);
  });

  it("characters that turn the direction of writing are shown by their code", async () => {
    const html = await page(path);
    expect(html).not.toContain("\u202e");
    expect(html).toContain("\\u{202e}gnp.exe");
  });

  it("links to the customer lead to it", async () => {
    const list = await page("/");
    expect(list).toContain(`href="${path.replaceAll("'", "&#39;")}"`);
    expect(list).not.toContain("<img");
  });

  it("what was searched for and what isn't there is text too", async () => {
    expect(await page(`/?q=${encodeURIComponent(`"${xss}`)}`)).not.toContain("<script");
    const missing = await app.request(`/customers/${encodeURIComponent(xss)}`, { headers: { Accept: "text/html" } });
    expect(missing.status).toBe(404);
    expect(await missing.text()).not.toContain("<script");
  });

  it("a name given at the acknowledgement is text", async () => {
    const own = await fixture();
    try {
      await own.app().request("/incidents/CM-7F3A/acknowledge", form({ by: xss }));
      const html = await (await own.app().request("/incidents/CM-7F3A")).text();
      expect(html).not.toContain("<script");
      expect(words(html)).toContain(`Acknowledged by ${xss}`);
    } finally {
      await own.close();
    }
  });
});

describe("the page of a customer", () => {
  it("says in one sentence that all is well, and shows the chain as places and hops", async () => {
    const html = await page("/customers/acme");
    expect(words(html)).toContain("Mail is encrypted all the way to your mail server");
    const chain = words(/<ol class="chain".*?<\/ol>/s.exec(html)?.[0] ?? "");
    expect(chain.replace(/ +/g, " ").trim()).toBe(
      "Internet all senders Hop from the internet to acme-gateway: secure TLSv1.3 Gateway acme-gateway Hop from acme-gateway to acme's mail server: secure TLSv1.3 Mail server mail.acme.example",
    );
  });

  test.each([
    ["lost", "Mail from acme-gateway to lost's mail server travels in clear"],
    ["lost", "Critical starttls.absent"],
    ["lost", "CM-7F3A"],
    ["early", "The gateway's TLS mode is disabled for this domain"],
    ["early", "No alarm is raised for it."],
    ["weak", "Suspected TLS unverified: mail.weak.example, first seen 30 s ago"],
    ["weak", "It is looked at again before anybody is told."],
    ["weak", "is encrypted, but more weakly than required"],
    [hostileId, "the server did not prove who it is"],
    ["quiet", "has not been seen for a while"],
    ["quiet", "last known: secure"],
    ["quiet", "(stale)"],
    ["newcomer", "No server has answered yet"],
  ])("%s: %s", async (id, sentence) => {
    const text = words(await page(`/customers/${encodeURIComponent(id)}`));
    expect(text.toLowerCase()).toContain(sentence.toLowerCase());
  });

  it("shows for a day that an incident is over", async () => {
    const own = await fixture();
    try {
      const recovered = alert({ id: "CM-7F3A·3", kind: "recovered", at: noon, subject: "198.51.100.2:25" });
      await own.store.ledger.putRecord(recorded(recovered, ["console"]));
      const cause = await own.store.state.cause("cleartext", "198.51.100.2:25");
      if (cause.value === null) throw new Error("no cause");
      const clear = { ...cause.value, state: "clear" as const, incident: null, openings: [], outbox: [] };
      await own.store.state.putCause({ value: clear, version: cause.version });
      const text = words(await (await own.app().request("/customers/lost")).text());
      expect(text).toMatch(/Over CM-7F3A TLS lost: .+, recovered 40 s ago/);
      own.at(noon + 86_400_000);
      expect(words(await (await own.app().request("/customers/lost")).text())).not.toContain("CM-7F3A");
    } finally {
      await own.close();
    }
  });

  it("shows the conversation, the certificate, availability and what changed", async () => {
    const text = words(await page("/customers/acme"));
    expect(text).toContain("220 mail.acme.example ESMTP Postfix");
    expect(text).toContain("2026-11-04 to 2027-02-02, 69 d 23 h left");
    expect(text).toMatch(/Gateway to mail server 100 %/);
    expect(text).toContain("went: mx.old.example");
  });

  it("leaves what is well closed and what isn't open", async () => {
    const html = await page("/customers/lost");
    expect(html).toMatch(/<details class="target" id="chain-1-gateway-1">/);
    expect(html).toMatch(/<details class="target" id="chain-1-downstream-1" open>/);
  });

  it("reloads itself until its reader stops that", async () => {
    const html = await page("/customers/acme");
    expect(html).toContain('<meta http-equiv="refresh" content="30">');
    expect(html).toContain('href="/customers/acme?live=off"');
    expect(await page("/customers/acme?live=off")).not.toContain("http-equiv");
  });

  it("shows ten of many domains in full, the worst first, and any of them when asked", async () => {
    const own = await fixture();
    try {
      const [acme] = customers;
      if (acme === undefined) throw new Error("no customers");
      const domains = Array.from({ length: 40 }, (_, n) => ({ name: `d${n}.example`, tlsMode: "enabled" as const }));
      await own.store.config.putCustomers([{ ...acme, id: "many", domains }]);
      const html = await (await own.app().request("/customers/many")).text();
      expect(html.match(/<ol class="chain"/g)).toHaveLength(10);
      expect(html).toContain('href="/customers/many?domain=d39.example"');
      const one = await (await own.app().request("/customers/many?domain=d39.example")).text();
      expect(one.match(/<ol class="chain"/g)).toHaveLength(1);
      expect(words(one)).toContain("d39.example");
    } finally {
      await own.close();
    }
  });
});

describe("the operator's start page", () => {
  it("lists customers worst first, and open incidents above them", async () => {
    const text = words(await page("/"));
    const order = ["CM-7F3A", "7 customers", "early", "weak", "newcomer", "quiet", "acme"].map((word) =>
      text.lastIndexOf(word),
    );
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  it("finds customers by a part of their id", async () => {
    const text = words(await page("/?q=QUI"));
    expect(text).toContain("Customers whose id contains “QUI” quiet");
    expect(text).not.toContain("newcomer");
  });
});

describe("a vantage that lost its sight", () => {
  it("is said on the start page, in the fleet's JSON, by number in /healthz, and in its customers' history", async () => {
    const own = await fixture();
    try {
      const why = `nothing <b>answers</b>`;
      const since = noon - 600_000;
      const blind = { ...clearSight, state: "blind", by: "at-once", kind: "nothing-answers", since, why } as const;
      await own.store.state.putDocument("vantage here", { value: blind, version: 0 });
      await own.store.ledger.putEvent("vantage here", { at: since, kind: "blind", vantage: "here", why });
      const html = await (await own.app().request("/")).text();
      expect(words(html)).toContain("here is blind since 10 min ago");
      expect(html).not.toContain("<b>answers");
      expect(await (await own.app().request("/v1/fleet")).json()).toMatchObject({
        vantages: [{ id: "here", sight: "blind", since: new Date(since).toISOString(), why, trusted: null }],
      });
      const health = await own.app().request("/healthz");
      expect(health.status).toBe(200);
      expect(await health.json()).toMatchObject({ vantages: { sighted: 0, doubtful: 0, blind: 1 } });
      const gap = { at: new Date(since).toISOString(), kind: "vantage", subject: "here" };
      expect(await (await own.app().request("/v1/customers/acme/history")).json()).toMatchObject({
        events: expect.arrayContaining([{ ...gap, what: `blind: not looked at from here (${why})` }]),
      });

      const said = trusted(blind, "Ada", noon + 3_600_000, noon);
      await own.store.state.putDocument("vantage here", { value: said, version: 1 });
      expect(await (await own.app().request("/v1/fleet")).json()).toMatchObject({
        vantages: [{ sight: "sighted", since: null, trusted: { by: "Ada" } }],
      });
      expect(words(await (await own.app().request("/")).text())).not.toContain("is blind");
    } finally {
      await own.close();
    }
  });
});

describe("what is silenced", () => {
  it("says so on the page of the incident, and what was held back until it was over", async () => {
    const own = await fixture();
    try {
      const covers = { customer: null, host: "198.51.100.2", class: null };
      const silence = { id: "S-1", covers, reason: `move ${xss}`, by: "Ada", from: noon, until: noon + 3_600_000 };
      await own.store.config.putSilence(silence);
      const html = await (await own.app().request("/incidents/CM-7F3A")).text();
      expect(html).not.toContain("<script");
      expect(words(html)).toContain(`Held back by a silence of Ada until 2026-11-24 13:00 UTC: move ${xss}.`);
      expect(words(await (await own.app().request("/incidents")).text())).toContain("silenced");
      const held = { kind: "window", id: "patch-day", reason: "patches", by: null, until: noon } as const;
      for (const [number, kind] of [[1, "opened"] as const, [2, "recovered"] as const]) {
        const message = alert({ id: `CM-5EED·${number}`, incident: "CM-5EED", kind, at: noon + number, held });
        await own.store.ledger.putRecord({ kind: "untold", at: noon, alert: message });
      }
      const over = words(await (await own.app().request("/incidents/CM-5EED")).text());
      expect(over).toContain(
        "to nobody. Held back by maintenance window patch-day until 2026-11-24 12:00 UTC: patches.",
      );
    } finally {
      await own.close();
    }
  });
});

describe("acknowledging", () => {
  it("is offered to the operator while an incident is open, and to nobody else", async () => {
    const acknowledgeForm = 'action="/incidents/CM-7F3A/acknowledge"';
    expect(await page("/incidents/CM-7F3A")).toContain(acknowledgeForm);
    expect(await page("/incidents/CM-0BAD")).not.toContain("/acknowledge");
    const own = await world.app({ auth: { kind: "tokens" } }).request("/incidents/CM-7F3A", {
      headers: { Authorization: `Bearer ${world.tokens.lost}` },
    });
    expect(await own.text()).not.toContain(acknowledgeForm);
  });

  it("leads back to the incident, which tells who and when", async () => {
    const own = await fixture();
    try {
      own.at(noon + 60_000);
      const done = await own.app().request("/incidents/CM-7F3A/acknowledge", form({ by: "Ada" }));
      expect([done.status, done.headers.get("location")]).toEqual([303, "/incidents/CM-7F3A"]);
      expect(words(await (await own.app().request("/incidents/CM-7F3A")).text())).toContain("Acknowledged by Ada");
    } finally {
      await own.close();
    }
  });
});

describe("a customer whose contacts are told by the watched path alone", () => {
  const put = async (contacts: readonly Contact[]) => {
    const acme = await world.store.config.customer("acme");
    if (acme === undefined) throw new Error("acme is in the seed");
    await world.store.config.putCustomers([{ ...acme, contacts }]);
  };

  it.each([
    ["its own domain", "it@acme.example", true],
    ["another customer's", "it@beta.example", true],
    ["elsewhere", "it@elsewhere.example", false],
  ])("%s", async (_name, email, warned) => {
    await world.store.state.putDomain({
      domain: "beta.example",
      mx: { kind: "null-mx", ttl: 300 },
      since: 0,
      failure: null,
    });
    await put([{ email, sms: null }]);
    const text = words(await page("/customers/acme"));
    expect(text.includes(`Contacts: ${email} is delivered through mail servers that are watched here`)).toBe(warned);
    expect(text.includes("add a second channel")).toBe(warned);
  });

  it("is content with a second one", async () => {
    await put([
      { email: "it@acme.example", sms: null },
      { email: "it@elsewhere.example", sms: null },
    ]);
    expect(words(await page("/customers/acme"))).not.toContain("add a second channel");
  });
});
