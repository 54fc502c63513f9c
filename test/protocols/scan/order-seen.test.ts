import { describe, expect, it } from "vitest";
import { orderSeen } from "../../../lib/protocols/scan/order-seen.ts";

describe("whose order counts, by what was asked for other reasons", () => {
  it("is the server's where it passes over what it takes as well", () => {
    expect(
      orderSeen([
        { offered: [1, 2, 3], suite: 3 },
        { offered: [1, 2], suite: 2 },
      ]),
    ).toBe("server");
  });

  it("is the client's where of the same two it takes whichever stands first", () => {
    expect(
      orderSeen([
        { offered: [1, 2, 3], suite: 1 },
        { offered: [3, 2, 1], suite: 3 },
      ]),
    ).toBe("client");
  });

  it("isn't known where one suite alone was seen, or where it does now this, now that", () => {
    expect(orderSeen([])).toBe(null);
    expect(
      orderSeen([
        { offered: [1, 2, 3], suite: 2 },
        { offered: [3, 2, 1], suite: 2 },
      ]),
    ).toBe(null);
    expect(
      orderSeen([
        { offered: [1, 2, 3], suite: 2 },
        { offered: [1, 2, 3], suite: 3 },
      ]),
    ).toBe(null);
  });
});
