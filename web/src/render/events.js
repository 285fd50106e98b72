// The listeners of a renderer: the part that both renderers share.
export function listeners() {
  /** @type {Map<string, ((...values: any[]) => void)[]>} */
  const heard = new Map();
  return {
    /** @type {(event: string, handler: (...values: any[]) => void) => void} */
    on: (event, handler) => {
      heard.set(event, [...(heard.get(event) || []), handler]);
    },
    /** @type {(event: string, ...values: any[]) => void} */
    emit: (event, ...values) => {
      for (const handler of heard.get(event) || []) handler(...values);
    },
  };
}
