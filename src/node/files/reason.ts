/** Why a file cannot be read, without the path: the problem has it already. */
export function reasonOf(error: unknown): string {
  return (error as Error).message.replace(/, \w+ '[^]*'$/, "").replace(/ \(os error \d+\).*$/s, "");
}
