/**
 * Envoy's JSON and YAML as resources, with the place of what is wrong.
 *
 * @module
 */
export type { Removal } from "./collector.ts";
export { type DocumentContent, readDocument, resourcesFromJson, resourcesFromYaml } from "./document.ts";
export { type ClientLayers, compose, type Composition, type Layer, type LayerFile, resourcesIn } from "./layers.ts";
export { apiComments, type Comments } from "./comments.ts";
export { type JsonSchema, jsonSchema, type JsonSchemaOptions } from "./json-schema.ts";
export type { ReadOptions, ReadTextOptions } from "./options.ts";
export { PlacedResource } from "./placed-resource.ts";
export { DocumentError, type DocumentProblem, type Place, placeText, problemText } from "./problem.ts";
export type { DescMessage, MessageTypes, Resource } from "../resource/mod.ts";
export { envoyTypes } from "../v3/known-types.ts";
export { asPlacedProblem, type PlacedProblem, validatePlaced } from "./validate-placed.ts";
