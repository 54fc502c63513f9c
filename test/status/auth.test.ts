import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import type { IncidentJson } from "../../lib/status/json/schemas.ts";
import { acmeToken, bearer, browser, type Fixture, fixture, form, lostToken, operatorToken } from "./helpers.ts";

let world: Fixture;
let app: ReturnType<Fixture["app"]>;
beforeAll(async () => {
  world = await fixture();
  app = world.app({ auth: { kind: "tokens" } });
});
afterAll(() => world.close());

const none = "";

describe("who may see what", () => {
  test.each([
    ["/v1/customers/acme", none, 401],
    ["/v1/customers/acme", "mistyped", 401],
    ["/v1/customers/acme", operatorToken, 200],
    ["/v1/customers/acme", acmeToken, 200],
    ["/v1/customers/lost", acmeToken, 404],
    ["/v1/customers/nobody", acmeToken, 404],
    ["/v1/customers/acme/history", none, 401],
    ["/v1/customers/acme/history", acmeToken, 200],
    ["/v1/customers/lost/history", acmeToken, 404],
    ["/v1/incidents", none, 401],
    ["/v1/incidents", acmeToken, 200],
    ["/v1/incidents/CM-7F3A", operatorToken, 200],
    ["/v1/incidents/CM-7F3A", lostToken, 200],
    ["/v1/incidents/CM-7F3A", acmeToken, 404],
    ["/v1/incidents/CM-0BAD", acmeToken, 200],
    ["/v1/fleet", none, 401],
    ["/v1/fleet", operatorToken, 200],
    ["/v1/fleet", acmeToken, 403],
    ["/v1/nothing", none, 401],
  ])("%s with '%s': %i", async (path, token, status) => {
    const response = await app.request(path, token === none ? {} : bearer(token));
    expect(response.status).toBe(status);
    if (status !== 200) expect(response.headers.get("content-type")).toBe("application/problem+json");
  });

  test.each([
    [none, 401],
    [acmeToken, 404],
    [lostToken, 403],
  ])("an incident is not acknowledged with '%s'", async (token, status) => {
    const response = await app.request("/v1/incidents/CM-7F3A/acknowledge", {
      method: "POST",
      ...(token === none ? {} : bearer(token)),
    });
    expect(response.status).toBe(status);
  });

  it("a stranger's customer and one that isn't there look the same", async () => {
    const detail = async (id: string) => {
      const body = await (await app.request(`/v1/customers/${id}`, bearer(acmeToken))).text();
      return body.replaceAll(id, "ID");
    };
    expect(await detail("lost")).toBe(await detail("nobody"));
  });

  it("a customer does not learn how many others suffer, nor who was told", async () => {
    const read = async (token: string) =>
      (await (await app.request("/v1/incidents/CM-0BAD", bearer(token))).json()) as IncidentJson;
    expect((await read(operatorToken)).customers).toBe(7);
    const own = await read(acmeToken);
    expect(own.customers).toBeNull();
    expect(own.messages.map(({ to }) => to)).toEqual([null, null]);
  });
});

describe("the challenge (RFC 6750 §3)", () => {
  test.each([
    [{}, 'Bearer realm="chainmail"'],
    [{ Authorization: "Bearer mistyped" }, 'Bearer realm="chainmail", error="invalid_token"'],
    [{ Authorization: "Basic YTpi" }, 'Bearer realm="chainmail", error="invalid_token"'],
    [{ Authorization: `Bearer ${"x".repeat(500)}` }, 'Bearer realm="chainmail", error="invalid_token"'],
  ])("%j", async (headers, challenge) => {
    const response = await app.request("/v1/fleet", { headers });
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe(challenge);
  });

  it("a token in a URL is none", async () => {
    expect((await app.request(`/v1/fleet?access_token=${operatorToken}&token=${operatorToken}`)).status).toBe(401);
  });
});

async function logIn(token: string, next = ""): Promise<Response> {
  return app.request("/login", form({ token, next }));
}

function cookieOf(response: Response): { readonly headers: { readonly Cookie: string } } {
  return { headers: { Cookie: (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "" } };
}

describe("pages", () => {
  it("lead to the log-in form and back", async () => {
    const page = await app.request("/customers/acme?domain=acme.example", browser);
    expect(page.status).toBe(303);
    const location = page.headers.get("location") ?? "";
    expect(location).toBe("/login?next=%2Fcustomers%2Facme%3Fdomain%3Dacme.example");
    const login = await (await app.request(location)).text();
    expect(login).toContain('name="next" value="/customers/acme?domain=acme.example"');
    const done = await logIn(acmeToken, "/customers/acme?domain=acme.example");
    expect(done.headers.get("location")).toBe("/customers/acme?domain=acme.example");
  });

  it("the cookie is Secure, HttpOnly and SameSite=Strict, and opens the pages and the API", async () => {
    const done = await logIn(operatorToken);
    expect(done.status).toBe(303);
    expect(done.headers.get("set-cookie")).toBe(
      `chainmail=${operatorToken}; Max-Age=2592000; Path=/; HttpOnly; Secure; SameSite=Strict`,
    );
    for (const path of ["/", "/customers/lost", "/incidents", "/v1/fleet"]) {
      expect((await app.request(path, cookieOf(done))).status, path).toBe(200);
    }
  });

  it("a customer's start page is its own page, and others are not found", async () => {
    const cookie = cookieOf(await logIn(acmeToken));
    expect((await app.request("/", cookie)).headers.get("location")).toBe("/customers/acme");
    expect((await app.request("/customers/lost", cookie)).status).toBe(404);
    expect((await app.request("/incidents/CM-7F3A", cookie)).status).toBe(404);
    expect((await app.request("/incidents/CM-7F3A/acknowledge", form({}, cookie.headers))).status).toBe(404);
  });

  it("a wrong token is told so, and sets nothing", async () => {
    const response = await logIn("mistyped");
    expect(response.status).toBe(403);
    expect(response.headers.has("set-cookie")).toBe(false);
    expect(await response.text()).toContain("This token is not known");
  });

  it("nobody is led to another site", async () => {
    expect((await logIn(operatorToken, "//evil.example/")).headers.get("location")).toBe("/");
  });

  it("another site can't log a reader in", async () => {
    const response = await app.request("/login", form({ token: operatorToken }, { "Sec-Fetch-Site": "cross-site" }));
    expect(response.status).toBe(403);
    expect(response.headers.has("set-cookie")).toBe(false);
  });

  it("logging out forgets the cookie", async () => {
    const response = await app.request("/logout", form({}));
    expect(response.headers.get("location")).toBe("/login");
    expect(response.headers.get("set-cookie")).toContain("chainmail=; Max-Age=0");
  });

  it("a revoked token opens nothing any more", async () => {
    const { createHash } = await import("node:crypto");
    const hash = createHash("sha256").update("short-lived").digest("hex");
    await world.store.config.putToken(hash, { customer: null, createdAt: 0 });
    const cookie = cookieOf(await logIn("short-lived"));
    expect((await app.request("/", cookie)).status).toBe(200);
    await world.store.config.removeToken(hash);
    expect((await app.request("/", cookie)).headers.get("location")).toBe("/login?next=%2F");
  });

  it("without tokens there is nothing to log in to", async () => {
    expect((await world.app().request("/login")).headers.get("location")).toBe("/");
  });
});
