import { AdmissionError, type AdmissionProblem } from "./admit.ts";
import type { Snapshot } from "./snapshot.ts";

/** @throws AdmissionError if `Snapshot.check` finds a problem */
export function checkPublished(snapshot: Snapshot): void {
  const problems = snapshot.check().map(({ kind, typeUrl, name, message }): AdmissionProblem => {
    // An error names the resource already.
    const subject = `${typeUrl.slice(typeUrl.lastIndexOf(".") + 1)} ${JSON.stringify(name)} `;
    const text = message.startsWith(subject) ? message.slice(subject.length) : message;
    return { severity: "error", typeUrl, resource: name, path: "", rule: `check.${kind}`, message: text };
  });
  if (problems.length > 0) throw new AdmissionError(problems);
}
