/** Who may read the status: random tokens, of which only the SHA-256 is kept. */

import { createHash, randomBytes } from "node:crypto";
import type { ConfigStore, Token } from "../store/store.ts";

/** Makes a token known by sight, in a log or by a scanner of leaked secrets. */
export const tokenPrefix = "cm_";

/** A new token for `customer`, or for the operator where it is null. It can't be shown again. */
export async function createToken(config: ConfigStore, customer: string | null, now: number): Promise<string> {
  const token = `${tokenPrefix}${randomBytes(32).toString("base64url")}`;
  await config.putToken(tokenHash(token), { customer, createdAt: now });
  return token;
}

/** False when there was no such token. */
export async function revokeToken(config: ConfigStore, token: string): Promise<boolean> {
  return await config.removeToken(tokenHash(token));
}

/** Whose token it is; undefined for one that isn't known. */
export async function verifyToken(config: ConfigStore, token: string): Promise<Token | undefined> {
  return await config.token(tokenHash(token));
}

/** Lower-case hex. A token is 256 random bits, so no salt is needed; nor is a comparison in constant time, since the digest is looked up. */
function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
