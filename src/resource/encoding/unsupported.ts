/**
 * Thrown by writers for a value that they leave to the library, which encodes it or has the error to report. One error
 * for all, since it never leaves this folder, and its stack would cost more than the encoding.
 */
export const UNSUPPORTED = new Error("Cannot encode this value without the library");
