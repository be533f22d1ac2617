export { isSensitive } from "../../resource/mod.ts";
