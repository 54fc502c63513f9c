import { afterAll, beforeAll, describe, expect, it, test, vi } from "vitest";
import type { Store } from "../../lib/store/store.ts";
import { browser, type Fixture, fixture, form } from "./helpers.ts";
import { noon } from "./looks.ts";
import { everyMs } from "./seed.ts";

let world: Fixture;
let app: ReturnType<Fixture["app"]>;
beforeAll(async () => {
  world = await fixture();
  app = world.app();
});
afterAll(() => world.close());

describe("errors are problem+json (RFC 9457)", () => {
  test.each([
    ["GET", "/v1/customers/nobody", 404, "There is no customer 'nobody', or this token may not see it."],
    ["GET", "/v1/nothing", 404, "There is nothing at /v1/nothing."],
    ["GET", "/nothing", 404, "There is nothing at /nothing."],
    ["DELETE", "/v1/customers/acme", 405, "DELETE is not possible here, but GET, HEAD."],
    ["PUT", "/v1/incidents/CM-7F3A/acknowledge", 405, "PUT is not possible here, but POST."],
    ["GET", "/v1/customers/acme/history?limit=0", 400, "limit: '0': expected a whole number from 1 to 200"],
    ["GET", "/v1/incidents?state=shut", 400, "state: 'shut': expected 'open' or 'ended'"],
    ["GET", "/v1/incidents/CM-1", 404, "There is no incident 'CM-1', or this token may not see it."],
  ])("%s %s: %i", async (method, path, status, detail) => {
    const response = await app.request(path, { method });
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ type: "about:blank", status, detail });
  });

  it("405 names what is possible", async () => {
    const response = await app.request("/v1/fleet", { method: "PATCH" });
    expect(response.headers.get("allow")).toBe("GET, HEAD");
  });

  it("a browser gets a page instead, and the API never does", async () => {
    expect((await app.request("/nothing", browser)).headers.get("content-type")).toContain("text/html");
    expect((await app.request("/v1/nothing", browser)).headers.get("content-type")).toBe("application/problem+json");
  });

  it("a body that is too large is not read", async () => {
    const response = await app.request("/v1/incidents/CM-7F3A/acknowledge", { method: "POST", body: "x".repeat(9000) });
    expect(response.status).toBe(413);
  });

  it("a fault of ours says nothing of the inside", async () => {
    const state = { ...world.store.state, lastCycle: () => Promise.reject(new Error("secret detail")) };
    const broken: Store = { ...world.store, state };
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const response = await world.app({ store: broken }).request("/v1/customers/acme");
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("secret");
    expect(log.mock.calls.flat().join()).toContain("secret detail");
    log.mockRestore();
  });
});

describe("conditional requests (RFC 9110 §13)", () => {
  test.each([["/v1/customers/acme"], ["/v1/fleet"], ["/v1/incidents"], ["/v1/customers/acme/history"]])(
    "%s: unchanged is 304, however much later",
    async (path) => {
      const first = await app.request(path);
      const tag = first.headers.get("etag") ?? "";
      expect(tag).toMatch(/^"[0-9a-f]+"$/);
      world.at(noon + 90_000);
      const again = await app.request(path, { headers: { "If-None-Match": tag } });
      world.at(noon + 40_000);
      expect(again.status).toBe(304);
      expect(again.headers.get("etag")).toBe(tag);
      expect(await again.text()).toBe("");
    },
  );

  it("changed is 200", async () => {
    const response = await app.request("/v1/customers/acme", { headers: { "If-None-Match": '"0"' } });
    expect(response.status).toBe(200);
  });

  it("HEAD answers the headers alone", async () => {
    const get = await app.request("/v1/customers/acme");
    const head = await app.request("/v1/customers/acme", { method: "HEAD" });
    expect(head.status).toBe(200);
    expect(head.headers.get("etag")).toBe(get.headers.get("etag"));
    expect(await head.text()).toBe("");
  });
});

describe("headers", () => {
  test.each([["/"], ["/customers/acme"], ["/v1/fleet"], ["/healthz"], ["/nothing"]])("%s: strict", async (path) => {
    const { headers } = await app.request(path);
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("DENY");
  });

  it("nobody else keeps private data: pages not at all, JSON only to be asked again", async () => {
    expect((await app.request("/customers/acme")).headers.get("cache-control")).toBe("no-store");
    expect((await app.request("/v1/customers/acme")).headers.get("cache-control")).toBe("private, no-cache");
  });

  it("HTTPS is insisted upon where the app is reached by it", async () => {
    const here = await app.request("/healthz");
    const there = await world.app({ baseUrl: "https://status.example" }).request("/healthz");
    expect(here.headers.has("strict-transport-security")).toBe(false);
    expect(there.headers.get("strict-transport-security")).toContain("max-age=");
  });

  it("the style sheet may be kept for ever, since its name holds its hash", async () => {
    const page = await (await app.request("/")).text();
    const href = /href="(\/style-[0-9a-f]{12}\.css)"/.exec(page)?.[1] ?? "";
    const response = await app.request(href);
    expect(response.headers.get("content-type")).toBe("text/css; charset=utf-8");
    expect(response.headers.get("cache-control")).toContain("immutable");
  });
});

describe("/healthz", () => {
  it("is well while cycles begin", async () => {
    const response = await app.request("/healthz");
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: "ok", store: "readable", ageSeconds: 40, version: "1.2.3" });
  });

  it("is not when none began for three intervals", async () => {
    world.at(noon + 3 * everyMs + 1);
    const response = await app.request("/healthz");
    world.at(noon + 40_000);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ status: "failing", store: "readable" });
  });

  it("is not when the store can't be read", async () => {
    const state = { ...world.store.state, lastCycle: () => Promise.reject(new Error("gone")) };
    const response = await world.app({ store: { ...world.store, state } }).request("/healthz");
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ store: "unreadable", lastCycle: null });
  });

  it("before the first cycle, counts from its own start", async () => {
    const state = { ...world.store.state, lastCycle: async () => undefined };
    const fresh = world.app({ store: { ...world.store, state } });
    expect((await fresh.request("/healthz")).status).toBe(200);
    world.at(noon + 40_000 + 3 * everyMs + 1);
    expect((await fresh.request("/healthz")).status).toBe(503);
    world.at(noon + 40_000);
  });

  it("needs no token", async () => {
    expect((await world.app({ auth: { kind: "tokens" } }).request("/healthz")).status).toBe(200);
  });
});

describe("other sites", () => {
  const path = "/incidents/CM-0BAD/acknowledge";

  test.each([
    ["another site's form", { "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" }, 403],
    ["a neighbour under the same domain", { "Sec-Fetch-Site": "same-site" }, 403],
    ["an old browser at another site", { "Sec-Fetch-Site": "", Origin: "https://evil.example" }, 403],
    ["a sandboxed page", { "Sec-Fetch-Site": "", Origin: "null" }, 403],
    ["our own form", { "Sec-Fetch-Site": "same-origin" }, 303],
    ["our own form in an old browser", { "Sec-Fetch-Site": "", Origin: "http://localhost" }, 303],
    ["no browser at all", { "Sec-Fetch-Site": "" }, 303],
  ])("%s", async (_who, headers, status) => {
    const request = form({}, headers);
    if (headers["Sec-Fetch-Site"] === "") delete (request.headers as Record<string, string>)["Sec-Fetch-Site"];
    expect((await app.request(path, request)).status).toBe(status);
  });

  test.each([
    ["http://localhost:8025/v1/fleet", 200],
    ["http://127.0.0.1:8025/v1/fleet", 200],
    ["http://[::1]:8025/v1/fleet", 200],
    ["http://evil.example:8025/v1/fleet", 403],
    ["http://127.0.0.1.evil.example/v1/fleet", 403],
    ["http://localhost.evil.example/v1/fleet", 403],
  ])("without tokens, %s is answered %i (DNS rebinding)", async (url, status) => {
    expect((await app.request(url)).status).toBe(status);
  });

  it("with tokens every name is answered, and so is the app's own", async () => {
    const url = "http://status.example/v1/fleet";
    expect((await world.app({ auth: { kind: "tokens" } }).request(url)).status).toBe(401);
    expect((await world.app({ baseUrl: "http://status.example" }).request(url)).status).toBe(200);
  });
});
