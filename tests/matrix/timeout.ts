/** How long a case waits for something. It is for cases that hang, which none is by being slow on a busy machine. */
export const TIMEOUT_MS = 60_000;
