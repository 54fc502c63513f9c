import { afterAll, beforeAll, expect, it } from "vitest";
import { createToken, revokeToken, verifyToken } from "../../lib/customers/tokens.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";

let embedded: EmbeddedStore;
beforeAll(async () => {
  embedded = await openEmbedded(null);
});
afterAll(() => embedded.close());

it("a token is random, known until it is revoked, and kept only as its hash", async () => {
  const { config } = embedded.store;
  const token = await createToken(config, "acme", 7);
  const operator = await createToken(config, null, 8);
  expect(token).toMatch(/^cm_[\w-]{43}$/);
  expect(operator).not.toBe(token);
  expect(await verifyToken(config, token)).toEqual({ customer: "acme", createdAt: 7 });
  expect(await verifyToken(config, operator)).toEqual({ customer: null, createdAt: 8 });
  expect(await config.token(token)).toBeUndefined();
  expect(await verifyToken(config, `${token}x`)).toBeUndefined();
  expect(await revokeToken(config, token)).toBe(true);
  expect(await verifyToken(config, token)).toBeUndefined();
  expect(await revokeToken(config, token)).toBe(false);
});
