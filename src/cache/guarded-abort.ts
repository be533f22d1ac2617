import { onRejection } from "./rejection.ts";

/**
 * An `AbortController` whose signal may be handed to code of the user: what a listener throws goes to `report`. With the
 * runtime's own signal it would end the process.
 */
export function guardedAbort(report: (error: unknown) => void): AbortController {
  const controller = new AbortController();
  const { signal } = controller;
  const guards = new WeakMap<object, EventListener>();
  let onabort: EventListener | null = null;

  function guarded(listener: EventListenerOrEventListenerObject): EventListener {
    let guard = guards.get(listener);
    if (guard === undefined) {
      guards.set(
        listener,
        guard = (event) => {
          try {
            const result: unknown = typeof listener === "function"
              ? listener.call(signal, event)
              : listener.handleEvent(event);
            onRejection(result, report);
          } catch (error) {
            report(error);
          }
        },
      );
    }
    return guard;
  }

  const add: Listen = signal.addEventListener;
  const remove: Listen = signal.removeEventListener;
  Object.defineProperties(signal, {
    addEventListener: {
      value: (type: string, listener: EventListenerOrEventListenerObject, options?: AddEventListenerOptions) =>
        add.call(signal, type, guarded(listener), options),
    },
    removeEventListener: {
      value: (type: string, listener: EventListenerOrEventListenerObject, options?: EventListenerOptions) =>
        remove.call(signal, type, guarded(listener), options),
    },
    onabort: {
      get: () => onabort,
      set(listener: EventListener | null) {
        if (onabort !== null) signal.removeEventListener("abort", onabort);
        onabort = typeof listener === "function" ? listener : null;
        if (onabort !== null) signal.addEventListener("abort", onabort);
      },
    },
  });
  return controller;
}

type Listen = (type: string, listener: EventListener, options?: AddEventListenerOptions) => void;
