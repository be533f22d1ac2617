/** One line, whatever the text: clients choose parts of it, and must not forge lines or control a terminal. */
export function oneLine(text: string): string {
  return text.replaceAll(CONTROLS, escaped);
}

// deno-lint-ignore no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
