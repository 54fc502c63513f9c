/** Bytes from the wire as text that can be shown: what isn't printable ASCII becomes `\xNN`, and at most `most` bytes are told. */
export function printable(bytes: Uint8Array, most: number): string {
  let text = "";
  for (const byte of bytes.subarray(0, most)) {
    const shown = byte >= 0x20 && byte < 0x7f && byte !== 0x5c;
    text += shown ? String.fromCharCode(byte) : byte === 0x5c ? "\\\\" : `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return bytes.length > most ? `${text}…` : text;
}

/** Nothing from the wire may steer the terminal or break the line: control and invisible characters are written out. */
export function visible(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
}
