import { describe, expect, it } from "vitest";
import { networkOf, standingOf, suffixOf, unrelatedNetworks } from "../../lib/model/network.ts";

describe("the network of an address", () => {
  it.each([
    ["192.0.2.1", "192.0"],
    ["172.32.1.1", "172.32"],
    ["127.0.3.1", "127.0.3"],
    ["10.1.2.3", "10.1.2"],
    ["172.16.9.1", "172.16.9"],
    ["192.168.7.1", "192.168.7"],
    ["100.64.5.1", "100.64.5"],
    ["100.128.5.1", "100.128"],
    ["2001:db8:1::1", "2001:db8"],
    ["2001:db8::1", "2001:db8"],
    ["::1", "0:0"],
  ])("%s is in %s", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

it("takes the last two labels for who runs a server", () => {
  expect(suffixOf("mx1.eu.example.net")).toBe("example.net");
  expect(suffixOf("localhost")).toBe("localhost");
});

describe("unrelated networks", () => {
  const count = (...places: readonly (readonly [string, string | null])[]) =>
    unrelatedNetworks(places.map(([address, name]) => standingOf(address, name)));

  it("are counted by address where there are no names", () => {
    expect(count(["192.0.2.1", null], ["192.0.9.1", null], ["198.51.100.1", null])).toBe(2);
  });

  it("are one where one provider has several", () => {
    const provider = ["a", "b", "c"].map((host, at) => [`20${at}.0.113.1`, `${host}.mail.example`] as const);
    expect(count(...provider)).toBe(1);
  });

  it("are one where a step from either leads on, whatever the order", () => {
    const chain = [
      ["192.0.2.1", "mx.one.example"],
      ["198.51.100.1", "mx.two.example"],
      ["192.0.2.2", "mx.two.example"],
    ] as const;
    expect(count(...chain)).toBe(1);
    expect(count(...chain.toReversed())).toBe(1);
  });

  it("are none of nothing", () => {
    expect(count()).toBe(0);
  });
});
