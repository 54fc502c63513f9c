/**
 * Links by which the reader of a contact's address unsubscribes without logging in. A link names the address and is signed
 * by HMAC-SHA256, so that nobody can make one for another's; it doesn't expire, as no mail does.
 */

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { StateStore } from "../store/store.ts";

/** Whom a link is for. */
export interface LinkOwner {
  /** Whose contact got the message. */
  readonly customer: string;
  /** As the customers file has it. */
  readonly address: string;
}

type Documents = Pick<StateStore, "document" | "putDocument">;

/** The document `link-secret`. */
interface Kept {
  /** Base64. */
  readonly secret: string;
}

const documentName = "link-secret";
const purpose = "unsubscribe\n";
const mostTries = 4;
/** An address has 254 characters at most, an id 64; base64 takes a third more. */
const longestToken = 1_024;

/** How messages lead their readers to the page that ends them; `baseUrl` is null where there are no pages. */
export async function unsubscribeLinks(
  state: Documents,
  baseUrl: string | null,
): Promise<(owner: LinkOwner) => string | null> {
  if (baseUrl === null) return () => null;
  const secret = await ownLinkSecret(state);
  return (owner) => `${baseUrl}${unsubscribePath(secret, owner)}`;
}

/** Null before the first link was made. */
export async function linkSecret(state: Documents): Promise<Buffer | null> {
  const { value } = await state.document<Kept>(documentName);
  return value === null ? null : Buffer.from(value.secret, "base64");
}

/** Makes it where there is none yet: whoever is first. */
async function ownLinkSecret(state: Documents): Promise<Buffer> {
  for (let tries = 0; tries < mostTries; tries++) {
    const known = await linkSecret(state);
    if (known !== null) return known;
    const secret = randomBytes(32);
    if (await state.putDocument(documentName, { value: { secret: secret.toString("base64") }, version: 0 }))
      return secret;
  }
  throw new Error("the secret of links can neither be read nor written");
}

/** `/unsubscribe/…`: what comes behind the address of the pages. */
function unsubscribePath(secret: Buffer, { customer, address }: LinkOwner): string {
  const payload = Buffer.from(JSON.stringify([customer, address])).toString("base64url");
  return `/unsubscribe/${payload}.${signature(secret, payload).toString("base64url")}`;
}

/** Undefined for whatever this secret didn't sign. */
export function readUnsubscribeToken(secret: Buffer, token: string): LinkOwner | undefined {
  const [payload, signed, ...rest] = token.length > longestToken ? [] : token.split(".");
  if (payload === undefined || signed === undefined || rest.length > 0) return undefined;
  const given = Buffer.from(signed, "base64url");
  const right = signature(secret, payload);
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  const [customer, address] = JSON.parse(Buffer.from(payload, "base64url").toString()) as [string, string];
  return { customer, address };
}

function signature(secret: Buffer, payload: string): Buffer {
  return createHmac("sha256", secret)
    .update(purpose + payload)
    .digest();
}
