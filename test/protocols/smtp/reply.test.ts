import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { plaintextBudget, type Read, ReplyReader } from "../../../lib/protocols/smtp/reply.ts";

/** All that can be read when `text` arrives in pieces of `size` bytes. */
function readAll(bytes: Buffer, size = bytes.length): { reads: Read[]; heard: string[]; reader: ReplyReader } {
  const heard: string[] = [];
  const reader = new ReplyReader(plaintextBudget(), (line) => heard.push(line));
  const reads: Read[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    reader.push(bytes.subarray(at, at + size));
    for (let read = reader.take(); read; read = reader.take()) {
      reads.push(read);
      if (read.kind !== "reply") return { reads, heard, reader };
    }
  }
  return { reads, heard, reader };
}

const reply = (code: number, ...lines: string[]): Read => ({ kind: "reply", reply: { code, lines } });

describe("SMTP replies (RFC 5321 §4.2)", () => {
  test.each<[string, string, Read[]]>([
    ["one line", "220 mx.example ESMTP\r\n", [reply(220, "mx.example ESMTP")]],
    ["a code alone", "220\r\n", [reply(220, "")]],
    ["a code and a space", "250 \r\n", [reply(250, "")]],
    ["several lines", "250-one\r\n250-two\r\n250 three\r\n", [reply(250, "one", "two", "three")]],
    ["an empty line between", "220-\r\n220 x\r\n", [reply(220, "", "x")]],
    ["two replies", "220 a\r\n421 b\r\n", [reply(220, "a"), reply(421, "b")]],
    ["a bare line feed", "220 a\n", [reply(220, "a")]],
    ["text in UTF-8", "220 Grüß Gott\r\n", [reply(220, "Grüß Gott")]],
    ["nothing yet", "250-one\r\n250 tw", []],
    ["the start of a code", "25", []],
  ])("reads %s", (_name, text, expected) => {
    expect(readAll(Buffer.from(text)).reads).toEqual(expected);
  });

  test.each([
    ["another protocol", "SSH-2.0-OpenSSH_9.2\r\n", "SSH-2.0-OpenSSH_9.2"],
    ["HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP/1.1 400 Bad Request"],
    ["an empty line", "\r\n220 x\r\n", ""],
    ["a code below 200", "199 x\r\n", "199 x"],
    ["a code above 599", "600 x\r\n", "600 x"],
    ["two digits", "22 x\r\n", "22 x"],
    ["something else behind the code", "220: x\r\n", "220: x"],
    ["two codes in one reply", "250-one\r\n220 two\r\n", "220 two"],
    ["a whole line that stops short", "22\r\n", "22"],
    ["control characters", "\x1b]0;x\x07\\\r\n", "\\x1b]0;x\\x07\\\\"],
  ])("stops at %s", (_name, text, line) => {
    const { reads, reader } = readAll(Buffer.from(text));
    expect(reads).toEqual([{ kind: "not-smtp", line }]);
    reader.push(Buffer.from("220 better now\r\n"));
    expect(reader.take()).toEqual({ kind: "not-smtp", line });
  });

  it("notices a strange line by its first bytes, without waiting for its end", () => {
    expect(readAll(Buffer.from("x")).reads).toEqual([{ kind: "not-smtp", line: "x" }]);
    expect(readAll(Buffer.from("2x")).reads).toEqual([{ kind: "not-smtp", line: "2x" }]);
  });

  it("tells no more than 200 bytes of a strange line", () => {
    const [read] = readAll(Buffer.from(`${"x".repeat(5_000)}\r\n`)).reads;
    expect(read).toEqual({ kind: "not-smtp", line: `${"x".repeat(200)}…` });
  });

  it("notices bare line feeds", () => {
    expect(readAll(Buffer.from("220 a\n")).reader.bareLf).toBe(true);
    expect(readAll(Buffer.from("220 a\r\n")).reader.bareLf).toBe(false);
  });

  it("tells each line as it was sent", () => {
    expect(readAll(Buffer.from("250-one\r\n250 two\r\n250-th")).heard).toEqual(["250-one", "250 two"]);
  });

  it("keeps what stands behind a reply", () => {
    const reader = new ReplyReader(plaintextBudget());
    reader.push(Buffer.from("220 go\r\n250 injected\r\n"));
    expect(reader.take()).toEqual(reply(220, "go"));
    expect(reader.leftover.toString()).toBe("250 injected\r\n");
  });
});

describe("bounds of what is read", () => {
  it("takes a line of 2,048 bytes and not one of 2,049", () => {
    const line = (length: number) => Buffer.from(`220 ${"x".repeat(length - 4)}\r\n`);
    expect(readAll(line(2_048)).reads[0]?.kind).toBe("reply");
    expect(readAll(line(2_050)).reads).toEqual([{ kind: "too-much", what: "line" }]);
  });

  it("doesn't wait for the end of a line that is too long", () => {
    expect(readAll(Buffer.from(`220 ${"x".repeat(3_000)}`)).reads).toEqual([{ kind: "too-much", what: "line" }]);
  });

  it("takes a reply of 100 lines and not one of 101", () => {
    const lines = (count: number) => Buffer.from(`${"250-x\r\n".repeat(count - 1)}250 x\r\n`);
    expect(readAll(lines(100)).reads[0]?.kind).toBe("reply");
    expect(readAll(lines(101)).reads).toEqual([{ kind: "too-much", what: "lines" }]);
  });

  it("takes 64 kB in all and no more", () => {
    const text = Buffer.from(`250 ${"x".repeat(1_018)}\r\n`);
    const { reads } = readAll(Buffer.concat(Array.from({ length: 65 }, () => text)), 1_000);
    expect(reads.filter(({ kind }) => kind === "reply")).toHaveLength(64);
    expect(reads.at(-1)).toEqual({ kind: "too-much", what: "plaintext" });
  });
});

describe("whatever arrives", () => {
  const anyBytes = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes));
  const almostReply = fc
    .array(fc.constantFrom("250-", "250 ", "220 ", "25", "\r\n", "\n", "\r", "x", "STARTTLS", "\x00", "é"), {
      maxLength: 60,
    })
    .map((parts) => Buffer.from(parts.join("")));

  it("is read the same in whatever pieces it comes, but for what is told of a strange line", () => {
    fc.assert(
      fc.property(fc.oneof(anyBytes, almostReply), fc.integer({ min: 1, max: 7 }), (bytes, size) => {
        const seen = ({ reads }: { reads: Read[] }) =>
          reads.map((read) => (read.kind === "not-smtp" ? { kind: read.kind } : read));
        expect(seen(readAll(bytes, size))).toEqual(seen(readAll(bytes)));
      }),
      { numRuns: 500 },
    );
  });

  it("never gives a reply that breaks the rules", () => {
    fc.assert(
      fc.property(fc.oneof(anyBytes, almostReply), (bytes) => {
        for (const read of readAll(bytes).reads) {
          if (read.kind !== "reply") continue;
          expect(read.reply.code).toBeGreaterThanOrEqual(200);
          expect(read.reply.code).toBeLessThan(600);
          expect(read.reply.lines.length).toBeGreaterThan(0);
          expect(read.reply.lines.join("")).not.toContain("\n");
        }
      }),
      { numRuns: 500 },
    );
  });

  it("gives back every reply that was written", () => {
    const line = fc.string({ unit: fc.constantFrom("a", " ", "-", "ü", "0"), maxLength: 40 });
    const replies = fc.array(
      fc.record({ code: fc.integer({ min: 200, max: 599 }), lines: fc.array(line, { minLength: 1, maxLength: 5 }) }),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(replies, fc.integer({ min: 1, max: 9 }), (all, size) => {
        const text = all
          .map(({ code, lines }) => lines.map((l, i) => `${code}${i < lines.length - 1 ? "-" : " "}${l}\r\n`).join(""))
          .join("");
        expect(readAll(Buffer.from(text), size).reads).toEqual(all.map(({ code, lines }) => reply(code, ...lines)));
      }),
    );
  });
});
