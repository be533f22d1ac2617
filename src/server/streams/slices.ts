/**
 * The size of the slices that large frames are written in, so that the progress of a slow client shows: within the stall
 * timeout it has to read one.
 */
export const SLICE_BYTES: number = 128 * 1024;
