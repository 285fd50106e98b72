// The listeners of the map: what draws it tells them what the pointer does, and when there is something to paint upon it.

export function listeners() {
  /** @type {MapHandlers} */
  const handlers = { click: [], doubleclick: [], hover: [], drag: [], dragend: [], draw: [], over: [] };
  return {
    /** @type {MapListener} */
    on: (event, handler) => {
      handlers[event].push(handler);
    },
    /** @type {<Name extends keyof MapEvents>(event: Name, ...values: MapEvents[Name]) => void} */
    emit: (event, ...values) => {
      for (const handler of handlers[event]) handler(...values);
    },
  };
}
