import { describe, expect, it, test } from "vitest";
import { capabilitiesOf, starttlsLack } from "../../../lib/protocols/smtp/capabilities.ts";

const of = (...lines: string[]) => capabilitiesOf({ code: 250, lines: ["mx.example", ...lines] });

describe("what an EHLO reply offers (RFC 5321 §4.1.1.1)", () => {
  it("has keywords in upper case, with their parameters as sent", () => {
    expect(of("size 52428800", "8BITMIME", "Auth PLAIN LOGIN", "STARTTLS")).toEqual({
      SIZE: "52428800",
      "8BITMIME": "",
      AUTH: "PLAIN LOGIN",
      STARTTLS: "",
    });
  });

  it("reads the old AUTH=LOGIN as AUTH", () => {
    expect(of("AUTH=LOGIN PLAIN")).toEqual({ AUTH: "LOGIN PLAIN" });
  });

  it("never takes the greeting for a keyword", () => {
    expect(capabilitiesOf({ code: 250, lines: ["STARTTLS"] })).toEqual({});
  });

  it("leaves empty lines out", () => {
    expect(of("", "  ", "VRFY")).toEqual({ VRFY: "" });
  });
});

describe("STARTTLS in it (RFC 3207 §2)", () => {
  test.each([
    [["STARTTLS"], null],
    [["SIZE", "starttls"], null],
    [["SIZE"], "absent"],
    [[], "absent"],
    [["XXXXXXXA"], "masked"],
    [["SIZE", "XXXXXXXA", "8BITMIME"], "masked"],
    [["XXXXXXXX"], "masked"],
    [["XCLIENT", "XFORWARD", "X-EXPS"], "absent"],
    [["XXXXXXXA", "STARTTLS"], null],
  ] as const)("%j → %s", (lines, lack) => {
    expect(starttlsLack(of(...lines))).toBe(lack);
  });
});
