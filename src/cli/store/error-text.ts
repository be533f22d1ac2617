/** An error in a line, with the reasons behind it that it does not name itself. */
export function errorText(error: unknown): string {
  const parts: string[] = [];
  for (let each = error; each instanceof Error && parts.length < 5; each = each.cause) {
    if (!parts.some((part) => part.includes((each as Error).message))) parts.push(each.message);
  }
  return parts.join(": ") || String(error);
}
