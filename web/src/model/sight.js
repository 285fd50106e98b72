// What is in sight where only the reader's list is shown: rows of entities and of impacts. Null: everything.

/**
 * `list`: the entities of the list. `nodes`: on the map they come with what harm passes on its way to them, and with what is
 * selected. `impacts`: the same on the board.
 * @type {{ list: Set<number> | null, nodes: Set<number> | null, impacts: Set<number> | null }}
 */
export const sight = { list: null, nodes: null, impacts: null };
/** Whether a table lists an entity: only those of the list, where the list alone is shown. @param {number} node */
export const isListed = (node) => !sight.list || sight.list.has(node);
