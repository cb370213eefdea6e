import { localized } from "../kit/view.js";
import { letterField, numberField, wordField } from "./fields.js";
import { mountForm } from "./form.js";
import { judge } from "./state.js";
/** @import { Field } from "./fields.js" */
/** @import { Exercise } from "./state.js" */

// An exercise whose answer is typed or chosen. One that is painted has a view of its own, painted.js, so that a page
// without such does not load a painter.

/** @type {(exercise: Exercise, t: any, id: string) => Field | null} */
function fieldOf(exercise, t, id) {
  switch (exercise.kind) {
    case "number":
      return numberField(t, id);
    case "letter":
      return letterField(exercise, t, id);
    case "word":
      return wordField(exercise.right.length, exercise, t, id);
    default:
      return null;
  }
}

export default localized((model, el) => mountForm({ model, el, fieldOf, judge }));
