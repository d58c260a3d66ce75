/** What a move keeps in a database while it has part in it: not of the schema that migrations make. */
export const moveStates = "muster_move_states";
/** Of a target: how far each table was copied. */
export const moveProgress = "muster_move_progress";
/** Of a source: the key of every row that changed. */
export const moveChanges = "muster_move_changes";
