import { describe, expect, it } from "vitest";
import { readSslv2Hello, sslv2KindByCode, sslv2Kinds, writeSslv2Hello } from "../../../lib/protocols/tls/sslv2.ts";
import { sslv2Hello } from "../../fakes/server-hello.ts";

describe("SSLv2 (draft-hickman-netscape-ssl-00)", () => {
  it("offers every kind in a CLIENT-HELLO of its own", () => {
    const hello = Buffer.from(writeSslv2Hello(new Uint8Array(16).fill(5)));
    expect(hello.readUInt16BE(0)).toBe(0x8000 | (hello.length - 2));
    expect([hello[2], hello.readUInt16BE(3)]).toEqual([1, 2]);
    expect(hello.readUInt16BE(5)).toBe(3 * sslv2Kinds.length);
    expect([hello.readUInt16BE(7), hello.readUInt16BE(9)]).toEqual([0, 16]);
    expect(hello.length).toBe(11 + 3 * sslv2Kinds.length + 16);
  });

  it("reads what the server has in common, in either form of record", () => {
    const certificate = Buffer.from("der");
    for (const padded of [false, true]) {
      const bytes = sslv2Hello([0x010080, 0x0700c0], certificate, padded);
      expect(readSslv2Hello(bytes)).toEqual({ kinds: [0x010080, 0x0700c0], certificate });
      for (let length = 0; length < bytes.length; length++) {
        expect(readSslv2Hello(bytes.subarray(0, length))).toBe(null);
      }
    }
    expect(sslv2KindByCode(0x0700c0)?.openssl).toBe("DES-CBC3-MD5");
  });

  it("is nobody's word where the answer is a TLS alert, text or rubbish", () => {
    for (const bytes of [Buffer.from([21, 3, 1, 0, 2, 2, 40]), Buffer.from("500 what\r\n"), Buffer.alloc(64, 0x80)]) {
      const read = readSslv2Hello(bytes);
      expect(read === null || "malformed" in read).toBe(true);
    }
    const wrong = sslv2Hello([0x010080], Buffer.alloc(0), false);
    wrong.writeUInt16BE(3, 5);
    expect(readSslv2Hello(wrong)).toHaveProperty("malformed");
  });
});
