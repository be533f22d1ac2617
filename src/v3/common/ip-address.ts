/** Whether a text is an IPv4 address in dotted form, or an IPv6 address without brackets. */
export function isIp(text: string): boolean {
  return ipv4End(text) === text.length || text.includes(":") && URL.canParse(`http://[${text}]`);
}

/**
 * Where the IPv4 address ends that a text begins with; -1 if it begins with none. A loop rather than a pattern, since it
 * runs for each host of each publication.
 */
export function ipv4End(text: string): number {
  let [octet, digits, dots, i] = [0, 0, 0, 0];
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT && digits > 0 && dots < 3) {
      dots++;
      octet = digits = 0;
      continue;
    }
    if (code < ZERO || code > NINE) break;
    // No client reads an octet with a leading zero, which is octal for some.
    if (digits > 0 && octet === 0) return -1;
    octet = octet * 10 + code - ZERO;
    digits++;
    if (octet > 255) return -1;
  }
  return dots === 3 && digits > 0 ? i : -1;
}

const [DOT, ZERO, NINE] = [46, 48, 57];
