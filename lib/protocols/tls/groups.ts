/** Named groups of a key exchange: the TLS Supported Groups registry (RFC 8422, 7027, 7919, 8734, 9189; draft-ietf-tls-ecdhe-mlkem). */

export interface Group {
  readonly code: number;
  /** As the registry spells it, in lower case but for the hybrids. */
  readonly name: string;
  /** Size of the field in bits; of a post-quantum part its own. */
  readonly bits: number;
  readonly kind: "elliptic" | "finite-field" | "post-quantum" | "hybrid";
}

const table = `
1 sect163k1 163
2 sect163r1 163
3 sect163r2 163
4 sect193r1 193
5 sect193r2 193
6 sect233k1 233
7 sect233r1 233
8 sect239k1 239
9 sect283k1 283
10 sect283r1 283
11 sect409k1 409
12 sect409r1 409
13 sect571k1 571
14 sect571r1 571
15 secp160k1 160
16 secp160r1 160
17 secp160r2 160
18 secp192k1 192
19 secp192r1 192
20 secp224k1 224
21 secp224r1 224
22 secp256k1 256
23 secp256r1 256
24 secp384r1 384
25 secp521r1 521
26 brainpoolp256r1 256
27 brainpoolp384r1 384
28 brainpoolp512r1 512
29 x25519 253
30 x448 448
31 brainpoolp256r1tls13 256
32 brainpoolp384r1tls13 384
33 brainpoolp512r1tls13 512
34 gc256a 256
35 gc256b 256
36 gc256c 256
37 gc256d 256
38 gc512a 512
39 gc512b 512
40 gc512c 512
41 curvesm2 256
256 ffdhe2048 2048
257 ffdhe3072 3072
258 ffdhe4096 4096
259 ffdhe6144 6144
260 ffdhe8192 8192
512 mlkem512 512
513 mlkem768 768
514 mlkem1024 1024
4587 SecP256r1MLKEM768 256
4588 X25519MLKEM768 253
4589 SecP384r1MLKEM1024 384
4590 curveSM2MLKEM768 256
25497 X25519Kyber768Draft00 253
25498 SecP256r1Kyber768Draft00 256
`;

function kindOf(name: string): Group["kind"] {
  if (name.startsWith("ffdhe")) return "finite-field";
  if (name.startsWith("mlkem")) return "post-quantum";
  return /MLKEM|Kyber/.test(name) ? "hybrid" : "elliptic";
}

export const groups: readonly Group[] = table
  .trim()
  .split("\n")
  .map((line) => {
    const [code = "", name = "", bits = ""] = line.split(" ");
    return { code: Number(code), name, bits: Number(bits), kind: kindOf(name) };
  });

const byCode = new Map(groups.map((group) => [group.code, group]));

export function groupByCode(code: number): Group | undefined {
  return byCode.get(code);
}

const byName = new Map(groups.map((group) => [group.name.toLowerCase(), group]));

/** In whatever case it is spelt. */
export function groupByName(name: string): Group | undefined {
  return byName.get(name.toLowerCase());
}
