/**
 * Names of the form `xdstp://authority/type/id?key=value`: their parts, their normal form, their collections. Most names
 * of resources are plain texts, for which nothing of this is needed.
 *
 * @module
 */
export { collectionOf, formatXdstp, normalName, parseXdstp, type XdstpName } from "../resource/mod.ts";
