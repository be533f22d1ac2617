/** Thrown for bytes that the library is to decode. */
export class Unusual extends Error {
  override readonly name = "Unusual";
}
