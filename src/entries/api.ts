/**
 * The shape of the table that describes an API to the server: for an API of your own, or another version of Envoy's.
 *
 * @module
 */
export type {
  Aliasing,
  ApiTable,
  DescMessage,
  DescService,
  MessageFinder,
  Reference,
  Resource,
  ResourceType,
  ServiceRow,
} from "../resource/mod.ts";
