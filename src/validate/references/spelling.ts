export { likelyName } from "../../resource/mod.ts";
