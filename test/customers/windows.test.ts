import { describe, expect, it } from "vitest";
import { parseFleet } from "../../lib/customers/parse.ts";
import { describeProblem } from "../../lib/customers/problem.ts";
import { writeHead } from "../../lib/customers/write.ts";

function parse(window: string) {
  const text = `windows:\n  - ${window}\ncustomers: [acme.example]\n`;
  const { fleet, errors } = parseFleet(text, { file: "c.yaml", format: "yaml" });
  return {
    windows: fleet.settings.windows,
    written: writeHead(fleet.settings, []).windows,
    errors: errors.map(describeProblem),
  };
}

const once = "from: 2026-12-01T22:00Z, until: 2026-12-02T01:00+01:00";
const again = "cron: 0 2 * * sun, zone: Europe/Berlin, lasts: 2h";

describe("maintenance windows of the customers file", () => {
  it("come once, from a time until another", () => {
    const { windows, written, errors } = parse(`{ id: move, reason: new server, host: MX1.Acme.example, ${once} }`);
    expect(errors).toEqual([]);
    expect(windows).toEqual([
      {
        id: "move",
        reason: "new server",
        covers: { customer: null, host: "mx1.acme.example", class: null },
        times: { kind: "once", from: Date.UTC(2026, 11, 1, 22), until: Date.UTC(2026, 11, 2) },
      },
    ]);
    expect(written).toEqual([
      {
        id: "move",
        reason: "new server",
        host: "mx1.acme.example",
        from: "2026-12-01T22:00:00Z",
        until: "2026-12-02T00:00:00Z",
      },
    ]);
  });

  it("or come again, by cron in a zone", () => {
    const { windows, written, errors } = parse(
      `{ id: patches, reason: patch day, customer: acme.example, class: cleartext, ${again} }`,
    );
    expect(errors).toEqual([]);
    expect(windows).toEqual([
      {
        id: "patches",
        reason: "patch day",
        covers: { customer: "acme.example", host: null, class: "cleartext" },
        times: { kind: "recurring", cron: "0 2 * * sun", zone: "Europe/Berlin", lasts: 7_200_000 },
      },
    ]);
    expect(written).toMatchObject([
      { customer: "acme.example", cron: "0 2 * * sun", zone: "Europe/Berlin", lasts: "2h" },
    ]);
  });

  it.each([
    ["an address", "192.0.2.1", "192.0.2.1"],
    ["an address and port", "192.0.2.1:25", "192.0.2.1:25"],
    ["an IPv6 address and port", '"[2001:DB8::1]:25"', "[2001:db8::1]:25"],
  ])("are about %s", (_, host, expected) => {
    expect(parse(`{ id: w, reason: r, host: ${host}, ${again} }`).windows[0]?.covers.host).toBe(expected);
  });

  it.each([
    [`{ id: w, reason: r, ${again} }`, "at least one of customer, host, class"],
    [`{ id: w, reason: r, class: cleartext, ${again}, ${once} }`, "either from and until, or cron, zone and lasts"],
    ["{ id: w, reason: r, class: cleartext, cron: 0 2 * * sun, zone: UTC }", "either from and until, or cron"],
    ["{ id: w, reason: r, class: cleartext }", "either from and until, or cron, zone and lasts"],
    [`{ id: w, class: cleartext, ${again} }`, "windows[0].reason"],
    [`{ id: w, reason: r, class: clear, ${again} }`, "'clear': expected cleartext"],
    [
      `{ id: w, reason: r, host: "mx 1", ${again} }`,
      "'mx 1': expected a host name, an address, or an address and port",
    ],
    ["{ id: w, reason: r, class: weak, from: 2026-12-01, until: 2026-12-02 }", "expected a time with its offset"],
    [
      "{ id: w, reason: r, class: weak, from: 2026-02-30T00:00Z, until: 2026-12-02T00:00Z }",
      "expected a time with its offset",
    ],
    ["{ id: w, reason: r, class: weak, from: 2026-12-02T00:00Z, until: 2026-12-01T00:00Z }", "an until after its from"],
    ["{ id: w, reason: r, class: weak, from: 2026-12-01T00:00Z, until: 2027-12-01T00:00Z }", "at most 90 days"],
    ["{ id: w, reason: r, class: weak, cron: 0 2 * *, zone: UTC, lasts: 2h }", "five fields"],
    ["{ id: w, reason: r, class: weak, cron: 0 2 * * sun, zone: Mars, lasts: 2h }", "'Mars': expected a time zone"],
    ["{ id: w, reason: r, class: weak, cron: 0 2 * * sun, zone: UTC, lasts: 8d }", "a duration of at most 7d"],
    [`{ id: w, reason: r, customer: acme, ${again} }`, "windows[0].customer: 'acme': there is no such customer"],
  ])("are refused with a sentence: %s", (window, sentence) => {
    const { errors } = parse(window);
    expect(errors.join("\n")).toContain(sentence);
    expect(errors[0]).toMatch(/^c\.yaml:2:\d+: windows\[0\]/);
  });
});
