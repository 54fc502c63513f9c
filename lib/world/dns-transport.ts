/** One DNS question to one server: UDP, and TCP where UDP's answer was cut (RFC 7766). */

import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { connect, isIPv6 } from "node:net";
import type { DnsAnswer, DnsType } from "../model/ports.ts";
import { failed } from "../protocols/dns/answer.ts";
import { type Decoded, type DnsQuestion, decodeAnswer, encodeQuery } from "../protocols/dns/codec.ts";
import type { DnsServerAddress } from "./dns-server-address.ts";

/** `silence`: nobody answered within the time, or the server can't be reached. */
export type Asked = DnsAnswer | { readonly kind: "silence" };

const silence: Asked = { kind: "silence" };

/** Asks once, under a fresh id and from a fresh source port (RFC 5452 §9). Never rejects; leaves no socket behind. */
export async function askServer(
  server: DnsServerAddress,
  name: string,
  type: DnsType,
  timeoutMs: number,
): Promise<Asked> {
  const question: DnsQuestion = { id: randomInt(65_536), name, type };
  const answer = await askByUdp(server, question, timeoutMs);
  return answer.kind === "truncated" ? askByTcp(server, question, timeoutMs) : answer;
}

type Heard = Exclude<Decoded, { kind: "not-ours" }> | { readonly kind: "silence" };

function askByUdp({ address, port }: DnsServerAddress, question: DnsQuestion, timeoutMs: number): Promise<Heard> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
    const end = (heard: Heard) => {
      clearTimeout(timer);
      // Errors of a socket that is being closed have nobody to be told to.
      socket.removeAllListeners().on("error", () => {});
      socket.close();
      resolve(heard);
    };
    const timer = setTimeout(end, timeoutMs, silence);
    socket.on("error", () => end(silence));
    socket.on("message", (message) => {
      const heard = decodeAnswer(message, question);
      // Whoever sent what isn't ours, the right answer may still come.
      if (heard.kind !== "not-ours") end(heard);
    });
    socket.on("connect", () => socket.send(encodeQuery(question)));
    // A connected socket hears nobody but the address and port it asked.
    socket.connect(port, address);
  });
}

function askByTcp({ address, port }: DnsServerAddress, question: DnsQuestion, timeoutMs: number): Promise<Asked> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (heard: Asked) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(heard);
    };
    const timer = setTimeout(end, timeoutMs, silence);
    let received = Buffer.alloc(0);
    socket.on("error", () => end(silence));
    socket.on("close", () => end(silence));
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2) return;
      const length = received.readUInt16BE(0);
      if (received.length < 2 + length) return;
      const heard = decodeAnswer(received.subarray(2, 2 + length), question);
      end(heard.kind === "not-ours" || heard.kind === "truncated" ? failed("malformed") : heard);
    });
    const query = encodeQuery(question);
    socket.write(Buffer.concat([Buffer.from([query.length >> 8, query.length & 0xff]), query]));
  });
}
