// Who wants to hear what: the part that both renderers share.
export function listeners() {
  const heard = new Map();
  return {
    on: (event, handler) => { heard.set(event, [...(heard.get(event) || []), handler]); },
    emit: (event, ...said) => { for (const handler of heard.get(event) || []) handler(...said); },
  };
}
