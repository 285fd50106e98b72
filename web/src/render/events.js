// The listeners of a renderer: the part that both renderers share.
export function listeners() {
  /** @type {Map<string, ((...values: any[]) => void)[]>} */
  const handlers = new Map();
  return {
    /** @type {(event: string, handler: (...values: any[]) => void) => void} */
    on: (event, handler) => {
      handlers.set(event, [...(handlers.get(event) || []), handler]);
    },
    /** @type {(event: string, ...values: any[]) => void} */
    emit: (event, ...values) => {
      for (const handler of handlers.get(event) || []) handler(...values);
    },
  };
}
