import { describe, expect, it, test } from "vitest";
import { ownPath, readPage } from "../../lib/status/query.ts";

describe("limit and before", () => {
  it("are the newest 50 when nothing is asked", () => {
    expect(readPage(undefined, undefined)).toEqual({
      kind: "page",
      page: { limit: 50, before: Number.POSITIVE_INFINITY },
    });
  });

  it("take a number up to 200 and a time in any zone", () => {
    expect(readPage("200", "2026-11-24T13:00:00+01:00")).toEqual({
      kind: "page",
      page: { limit: 200, before: Date.UTC(2026, 10, 24, 12) },
    });
  });

  test.each([["0"], ["201"], ["-1"], ["1e2"], ["ten"], [""]])(
    "limit '%s' is answered by what was expected",
    (limit) => {
      expect(readPage(limit, undefined)).toEqual({
        kind: "wrong",
        why: `limit: '${limit}': expected a whole number from 1 to 200`,
      });
    },
  );

  it("a time that is none is answered by an example", () => {
    expect(readPage(undefined, "yesterday")).toEqual({
      kind: "wrong",
      why: "before: 'yesterday': expected a time such as 2026-11-24T12:00:00.000Z",
    });
  });
});

describe("where a log-in may lead", () => {
  test.each([
    ["/customers/acme?domain=acme.example", "/customers/acme?domain=acme.example"],
    ["/a/../incidents", "/incidents"],
  ])("%s: within this site", (path, expected) => {
    expect(ownPath(path)).toBe(expected);
  });

  test.each([
    ["https://evil.example/"],
    ["//evil.example/"],
    ["/\\evil.example"],
    ["javascript:alert(1)"],
    ["/x/..//evil.example"],
    [""],
  ])("'%s': nowhere else", (path) => {
    expect(ownPath(path)).toBeUndefined();
  });
});
