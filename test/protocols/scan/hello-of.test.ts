import { describe, expect, it } from "vitest";
import { helloOf } from "../../../lib/protocols/scan/ask.ts";
import { Cursor } from "../../../lib/protocols/tls/cursor.ts";

/** Types of a ClientHello's extensions. */
function extensionsIn(hello: Uint8Array): readonly number[] {
  const at = new Cursor(hello);
  at.bytes(5 + 4 + 2 + 32);
  at.vector8();
  at.vector16();
  at.vector8();
  const list = new Cursor(at.vector16());
  const types: number[] = [];
  while (!list.done) {
    types.push(list.u16());
    list.vector16();
  }
  return types;
}

const question = { suites: [0xc02f], groups: [29], keyShare: false } as const;
const extendedMasterSecret = 23;

describe("the hello of a question", () => {
  // What it doesn't offer, a server can't be told to lack.
  it.each([
    ["TLS 1.2", { version: 0x0303, fallback: false }, true],
    ["TLS 1.3 beside TLS 1.2", { version: 0x0304, fallback: true }, true],
    ["TLS 1.3 alone", { version: 0x0304, fallback: false }, false],
  ])("of %s", (_, version, offered) => {
    const types = extensionsIn(helloOf({ ...question, ...version }, null));
    expect(types.includes(extendedMasterSecret)).toBe(offered);
  });
});
