/**
 * The version of an IP address, as Go's `net.ParseIP` reads it: without a zone, without leading zeros, and an IPv4
 * address in the form of IPv6 (`::ffff:192.0.2.1`) counts as IPv4.
 *
 * @returns undefined if it is none
 */
export function ipVersion(text: string): 4 | 6 | undefined {
  if (IPV4.test(text)) return 4;
  const groups = ipv6Groups(text);
  if (groups === undefined) return undefined;
  return isMapped(groups) ? 4 : 6;
}

/** The same of an address in bytes, of which there are 4 or 16. */
export function ipVersionOfBytes(bytes: Uint8Array): 4 | 6 | undefined {
  if (bytes.length === 4) return 4;
  if (bytes.length !== 16) return undefined;
  const groups = Array.from({ length: 8 }, (_, i) => bytes[2 * i]! * 256 + bytes[2 * i + 1]!);
  return isMapped(groups) ? 4 : 6;
}

/** The eight groups of an IPv6 address; undefined if the text is none. */
export function ipv6Groups(text: string): readonly number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const lists = halves.map((half, i) => listOf(half, i === halves.length - 1));
  const [head, tail = []] = lists;
  if (!head || lists.includes(undefined)) return undefined;
  const missing = 8 - head.length - tail!.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return [...head, ...new Array<number>(missing).fill(0), ...tail!];
}

const BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
const IPV4 = new RegExp(`^${BYTE}(?:\\.${BYTE}){3}$`);
const GROUP = /^[0-9a-f]{1,4}$/i;

function isMapped(groups: readonly number[]): boolean {
  return groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
}

/** The groups of a part of an address, the last of which may be an IPv4 address. */
function listOf(part: string, isLast: boolean): number[] | undefined {
  if (part === "") return [];
  const groups: number[] = [];
  const words = part.split(":");
  for (const [i, word] of words.entries()) {
    if (GROUP.test(word)) groups.push(parseInt(word, 16));
    else if (isLast && i === words.length - 1 && IPV4.test(word)) {
      const [a, b, c, d] = word.split(".").map(Number) as [number, number, number, number];
      groups.push(a * 256 + b, c * 256 + d);
    } else return undefined;
  }
  return groups;
}
