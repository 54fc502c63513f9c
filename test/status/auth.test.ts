import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { createToken, revokeToken } from "../../lib/customers/tokens.ts";
import type { IncidentJson } from "../../lib/status/json/incident-schemas.ts";
import { bearer, browser, type Fixture, fixture, form } from "./helpers.ts";

let world: Fixture;
let app: ReturnType<Fixture["app"]>;
beforeAll(async () => {
  world = await fixture();
  app = world.app({ auth: { kind: "tokens" } });
});
afterAll(() => world.close());

type Who = "nobody" | "stranger" | keyof Fixture["tokens"];

function tokenOf(who: Who): string | undefined {
  if (who === "nobody") return undefined;
  return who === "stranger" ? "cm_mistyped" : world.tokens[who];
}

function as(who: Who): { headers?: Record<string, string> } {
  const token = tokenOf(who);
  return token === undefined ? {} : bearer(token);
}

describe("who may see what", () => {
  test.each<[string, Who, number]>([
    ["/v1/customers/acme", "nobody", 401],
    ["/v1/customers/acme", "stranger", 401],
    ["/v1/customers/acme", "operator", 200],
    ["/v1/customers/acme", "acme", 200],
    ["/v1/customers/lost", "acme", 404],
    ["/v1/customers/nobody", "acme", 404],
    ["/v1/customers/acme/history", "nobody", 401],
    ["/v1/customers/acme/history", "acme", 200],
    ["/v1/customers/lost/history", "acme", 404],
    ["/v1/incidents", "nobody", 401],
    ["/v1/incidents", "acme", 200],
    ["/v1/incidents/CM-7F3A", "operator", 200],
    ["/v1/incidents/CM-7F3A", "lost", 200],
    ["/v1/incidents/CM-7F3A", "acme", 404],
    ["/v1/incidents/CM-0BAD", "acme", 200],
    ["/v1/fleet", "nobody", 401],
    ["/v1/fleet", "operator", 200],
    ["/v1/fleet", "acme", 403],
    ["/v1/nothing", "nobody", 401],
  ])("%s by %s: %i", async (path, who, status) => {
    const response = await app.request(path, as(who));
    expect(response.status).toBe(status);
    if (status !== 200) expect(response.headers.get("content-type")).toBe("application/problem+json");
  });

  test.each<[Who, number]>([
    ["nobody", 401],
    ["acme", 404],
    ["lost", 403],
  ])("an incident is not acknowledged by %s", async (who, status) => {
    const response = await app.request("/v1/incidents/CM-7F3A/acknowledge", { method: "POST", ...as(who) });
    expect(response.status).toBe(status);
  });

  it("a stranger's customer and one that isn't there look the same", async () => {
    const detail = async (id: string) => {
      const body = await (await app.request(`/v1/customers/${id}`, as("acme"))).text();
      return body.replaceAll(id, "ID");
    };
    expect(await detail("lost")).toBe(await detail("nobody"));
  });

  it("a customer does not see what is suspected of others", async () => {
    const suspected = async (who: Who) =>
      ((await (await app.request("/v1/incidents", as(who))).json()) as { suspected: object[] }).suspected.length;
    expect([await suspected("operator"), await suspected("acme")]).toEqual([1, 0]);
  });

  it("a customer does not learn how many others suffer, nor who was told", async () => {
    const read = async (who: Who) =>
      (await (await app.request("/v1/incidents/CM-0BAD", as(who))).json()) as IncidentJson;
    expect((await read("operator")).customers).toBe(7);
    const own = await read("acme");
    expect(own.customers).toBeNull();
    expect(own.messages.map(({ to }) => to)).toEqual([null, null]);
  });
});

describe("behind somebody who asks for a JWT or a signature of his own", () => {
  test.each(["Bearer eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln", "AWS4-HMAC-SHA256 Credential=AKID/20261125"])(
    "the cookie says who asks, where Authorization is '%s'",
    async (Authorization) => {
      const ask = async (Cookie: string) =>
        (await app.request("/v1/fleet", { headers: { Authorization, Cookie } })).status;
      expect(await ask(`chainmail=${world.tokens.operator}`)).toBe(200);
      expect(await ask("chainmail=mistyped")).toBe(401);
    },
  );

  it("a token of ours in Authorization goes before the cookie", async () => {
    const { operator, acme } = world.tokens;
    const headers = { Authorization: `Bearer ${acme}`, Cookie: `chainmail=${operator}` };
    expect((await app.request("/v1/customers/lost", { headers })).status).toBe(404);
  });
});

describe("behind a firewall that says a secret with what it lets through", () => {
  it("whoever comes past it is refused, whatever token he has, and health is no exception", async () => {
    const guarded = world.app({ auth: { kind: "tokens" }, edgeSecret: "a-long-secret" });
    const statusOf = async (path: string, headers: Readonly<Record<string, string>>) =>
      (await guarded.request(path, { headers })).status;
    const token = { Authorization: `Bearer ${world.tokens.operator}` };
    const secret = { "X-Chainmail-Edge": "a-long-secret" };
    expect(await statusOf("/v1/fleet", { ...token, ...secret })).toBe(200);
    expect(await statusOf("/v1/fleet", secret)).toBe(401);
    expect(await statusOf("/v1/fleet", token)).toBe(403);
    expect(await statusOf("/v1/fleet", { ...token, "X-Chainmail-Edge": "a-long-secre" })).toBe(403);
    expect(await statusOf("/healthz", {})).toBe(403);
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
    expect(
      (await app.request(`/v1/fleet?access_token=${world.tokens.operator}&token=${world.tokens.operator}`)).status,
    ).toBe(401);
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
    const done = await logIn(world.tokens.acme, "/customers/acme?domain=acme.example");
    expect(done.headers.get("location")).toBe("/customers/acme?domain=acme.example");
  });

  it("the cookie is Secure, HttpOnly and SameSite=Strict, and opens the pages and the API", async () => {
    const done = await logIn(world.tokens.operator);
    expect(done.status).toBe(303);
    expect(done.headers.get("set-cookie")).toBe(
      `chainmail=${world.tokens.operator}; Max-Age=2592000; Path=/; HttpOnly; Secure; SameSite=Strict`,
    );
    for (const path of ["/", "/customers/lost", "/incidents", "/v1/fleet"]) {
      expect((await app.request(path, cookieOf(done))).status, path).toBe(200);
    }
  });

  it("a customer's start page is its own page, and others are not found", async () => {
    const cookie = cookieOf(await logIn(world.tokens.acme));
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
    expect((await logIn(world.tokens.operator, "//evil.example/")).headers.get("location")).toBe("/");
  });

  it("another site can't log a reader in", async () => {
    const response = await app.request(
      "/login",
      form({ token: world.tokens.operator }, { "Sec-Fetch-Site": "cross-site" }),
    );
    expect(response.status).toBe(403);
    expect(response.headers.has("set-cookie")).toBe(false);
  });

  it("logging out forgets the cookie", async () => {
    const response = await app.request("/logout", form({}));
    expect(response.headers.get("location")).toBe("/login");
    expect(response.headers.get("set-cookie")).toContain("chainmail=; Max-Age=0");
  });

  it("a revoked token opens nothing any more", async () => {
    const token = await createToken(world.store.config, null, 0);
    const cookie = cookieOf(await logIn(token));
    expect((await app.request("/", cookie)).status).toBe(200);
    await revokeToken(world.store.config, token);
    expect((await app.request("/", cookie)).headers.get("location")).toBe("/login?next=%2F");
  });

  test.each([
    ["http://status.example/login", {}, true],
    ["http://status.example/login", { "X-Forwarded-Proto": "https" }, false],
    ["https://status.example/login", {}, false],
    ["http://127.0.0.1:8025/login", {}, false],
  ])("%s %j: says when a browser will not keep the cookie", async (url, headers, warned) => {
    expect((await (await app.request(url, { headers })).text()).includes("over plain HTTP")).toBe(warned);
  });

  it("without tokens there is nothing to log in to", async () => {
    expect((await world.app().request("/login")).headers.get("location")).toBe("/");
  });
});
