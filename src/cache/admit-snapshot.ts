import { type Admit, requireAdmission } from "./admit.ts";
import { Snapshot } from "./snapshot.ts";
import { snapshotDifference } from "./snapshot-difference.ts";

/**
 * Has the difference of a snapshot to the one before it looked at.
 *
 * @throws AdmissionError if there is an error in it
 */
export function admitSnapshot(admit: Admit, after: Snapshot, before: Snapshot = NONE): void {
  requireAdmission(admit, { ...snapshotDifference(before, after), before, after, isComplete: true });
}

const NONE = new Snapshot();
