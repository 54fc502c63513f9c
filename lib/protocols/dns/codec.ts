/** DNS messages (RFC 1035 §4, RFC 6891) over dns-packet, with the checks that it leaves out. */

import { type Answer, decode, encode, RECURSION_DESIRED } from "dns-packet";
import type { DnsAnswer, DnsRecord, DnsType } from "../../model/ports.ts";
import { clampTtl, failed, leastTtl, mostTtl } from "./answer.ts";
import { type Layout, layoutOf } from "./layout.ts";

export interface DnsQuestion {
  /** 0 to 65,535. */
  readonly id: number;
  /** A-labels, lower case, no trailing dot. */
  readonly name: string;
  readonly type: DnsType;
}

export type Decoded =
  | DnsAnswer
  /** Nobody's answer to this question: another id, name or type, a query, or not DNS at all. */
  | { readonly kind: "not-ours" }
  /** TC: the rest is to be had by TCP (RFC 7766). */
  | { readonly kind: "truncated" };

/** What fits through any path unfragmented (the DNS flag day's figure). */
const udpPayloadSize = 1232;

const typeNumbers: Record<DnsType, number> = { A: 1, AAAA: 28, MX: 15, CNAME: 5, PTR: 12, TXT: 16, TLSA: 52 };

/** A negative TTL counts as 0 (RFC 2181 §8). */
function ttlOf(seconds = 0): number {
  return seconds > 0x7fff_ffff ? 0 : seconds;
}

export function encodeQuery({ id, name, type }: DnsQuestion): Uint8Array {
  return encode({
    type: "query",
    id,
    flags: RECURSION_DESIRED,
    questions: [{ name, type }],
    additionals: [
      {
        type: "OPT",
        name: ".",
        udpPayloadSize,
        extendedRcode: 0,
        ednsVersion: 0,
        flags: 0,
        flag_do: false,
        options: [],
      },
    ],
  });
}

/**
 * Reads what came in answer to `asked`. Never throws: what can't be read is `not-ours` while it could be anybody's, and
 * `malformed` once id, name and type are ours. Records with labels outside [A-Za-z0-9_-] are left out; if none of the
 * type asked for remains, that is `malformed` and not "no records".
 */
export function decodeAnswer(message: Uint8Array, asked: DnsQuestion): Decoded {
  const layout = layoutOf(message);
  if (layout === undefined || !isOurs(layout, asked)) return { kind: "not-ours" };
  if (layout.truncated) return { kind: "truncated" };
  if (layout.answers === null) return failed("malformed");
  let packet: ReturnType<typeof decode>;
  try {
    packet = decode(Buffer.from(message.buffer, message.byteOffset, message.length));
  } catch {
    return failed("malformed");
  }
  const authorities = packet.authorities ?? [];
  if (layout.rcode === 3) return failed("nxdomain", negativeTtl(authorities));
  if (layout.rcode !== 0) return failed(layout.rcode === 5 ? "refused" : "servfail");
  if (hasExtendedRcode(packet.additionals ?? [])) return failed("servfail");

  const answers = packet.answers ?? [];
  const records = answers.flatMap((answer, index) => (layout.answers?.[index]?.plain ? record(answer) : []));
  const found = records.some(({ type }) => type === asked.type);
  if (!found && layout.answers.some(({ plain }) => !plain)) return failed("malformed");
  if (!found && isReferral(answers, authorities)) return failed("servfail");
  const ttls = records.map(({ ttl }) => ttl);
  return { kind: "answer", records, ttl: clampTtl(Math.min(...ttls, found ? mostTtl : negativeTtl(authorities))) };
}

/** A server's own failure may come without the question; everything else must repeat it (RFC 1035 §7.3). */
function isOurs({ id, response, rcode, question }: Layout, asked: DnsQuestion): boolean {
  if (id !== asked.id || !response) return false;
  if (question === null) return rcode !== 0 && rcode !== 3;
  const named = question.name.toLowerCase() === asked.name && question.class === 1;
  return named && question.type === typeNumbers[asked.type];
}

/** RFC 6891 §6.1.3: BADVERS and others have all lower bits 0. */
function hasExtendedRcode(additionals: readonly Answer[]): boolean {
  return additionals.some((answer) => answer.type === "OPT" && answer.extendedRcode !== 0);
}

/** Nothing but the names of other servers: not the same as "no such records" (RFC 2308 §2.2). */
function isReferral(answers: readonly Answer[], authorities: readonly Answer[]): boolean {
  const has = (wanted: string) => authorities.some(({ type }) => type === wanted);
  return answers.length === 0 && has("NS") && !has("SOA");
}

/** RFC 2308 §5: the lesser of the SOA's own TTL and its `minimum`. */
function negativeTtl(authorities: readonly Answer[]): number {
  for (const authority of authorities) {
    if (authority.type === "SOA") return Math.min(ttlOf(authority.ttl), ttlOf(authority.data.minimum));
  }
  return leastTtl;
}

function record(answer: Answer): DnsRecord[] {
  if (answer.type === "OPT" || (answer.class ?? "IN") !== "IN") return [];
  return [{ name: plainName(answer.name), type: answer.type, ttl: ttlOf(answer.ttl), data: dataOf(answer) }];
}

function dataOf(answer: Exclude<Answer, { type: "OPT" }>): unknown {
  switch (answer.type) {
    case "CNAME":
    case "PTR":
      return plainName(answer.data);
    case "MX":
      return { preference: answer.data.preference ?? 0, exchange: plainName(answer.data.exchange) };
    default:
      return answer.data;
  }
}

/** The root stays ".". */
function plainName(name: string): string {
  return name === "." ? name : name.toLowerCase();
}
