/** The short name of a type: `RouteConfiguration` for `type.googleapis.com/envoy.config.route.v3.RouteConfiguration`. */
export function typeName(typeUrl: string): string {
  return typeUrl.slice(Math.max(typeUrl.lastIndexOf("."), typeUrl.lastIndexOf("/")) + 1);
}
