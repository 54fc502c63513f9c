/** Which addresses have nothing to do with each other, as far as an address can tell. */

/** `192.0` for IPv4 (a /16), `2001:db8` for IPv6 (a /32): what one operator's fault rarely leaves. */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address.split(".").slice(0, 2).join(".");
  const [high = "", low = ""] = address.split("::")[0]?.split(":") ?? [];
  return `${high || "0"}:${low || "0"}`;
}
