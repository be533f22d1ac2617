/**
 * The milliseconds that a `grpc-timeout` header allows, rounded up, or undefined for none.
 *
 * Discovery streams have no natural end, so an invalid header does not end one. One of more than 2^31 - 1 ms (24.8 days)
 * is ignored, too: timers would take it for 1 ms.
 */
export function grpcTimeoutMs(header: string | null): number | undefined {
  const parts = header === null ? null : /^(\d{1,8})([HMSmun])$/.exec(header);
  if (parts === null) return undefined;
  const timeoutMs = Math.ceil(Number(parts[1]) * (UNIT_MS[parts[2] ?? ""] ?? NaN));
  return timeoutMs <= MAX_TIMER_MS ? timeoutMs : undefined;
}

const MAX_TIMER_MS = 2 ** 31 - 1;

const UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };
