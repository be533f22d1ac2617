import type { Cache, View } from "../../mod.ts";
import type { Failpoints } from "./failpoints.ts";

/** A cache whose steps fail for some nodes. @param drop - loses the connection of a node; undefined for a node without failures */
export function failingCache(
  cache: Cache,
  failpoints: Failpoints,
  drop: (node: string) => (() => void) | undefined,
): Cache {
  const views = new WeakMap<View, View>();
  return {
    watch(request, watcher) {
      const lose = drop(request.node.id);
      if (lose === undefined) return cache.watch(request, watcher);
      const watch = cache.watch(request, (view) => watcher(failing(view, lose)));
      try {
        return failpoints.around("open watch", lose, () => ({
          subscriptionChanged: (change) =>
            failpoints.around("change subscription", lose, () => watch.subscriptionChanged(change)),
          close: () => {
            try {
              failpoints.around("close watch", lose, () => {});
            } finally {
              watch.close();
            }
          },
        }));
      } catch (error) {
        watch.close();
        throw error;
      }
    },
  };

  /** The same view is always the same object, which streams compare. */
  function failing(view: View, lose: () => void): View {
    const known = views.get(view);
    if (known !== undefined) return known;
    const made = new Proxy(view, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value !== "function") return value;
        if (property !== "changesSince" && property !== "get") return value.bind(target);
        return (...args: unknown[]) => failpoints.around("read view", lose, () => value.apply(target, args));
      },
    });
    views.set(view, made);
    return made;
  }
}
