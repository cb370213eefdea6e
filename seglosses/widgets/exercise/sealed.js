import { localized } from "../kit/view.js";
import { letterField, numberField, wordField } from "./fields.js";
import { mountForm } from "./form.js";
import { judgeSealed } from "./sealed_state.js";
/** @import { Field } from "./fields.js" */
/** @import { SealedExercise } from "./sealed_state.js" */

// An exercise of a copy for students, whose answer is typed or chosen.

/** @type {(exercise: SealedExercise, t: any, id: string) => Field} */
function fieldOf(exercise, t, id) {
  switch (exercise.of) {
    case "letter":
      return letterField(exercise, t, id);
    case "word":
      return wordField(exercise.count, exercise, t, id);
    default:
      return numberField(t, id);
  }
}

export default localized((model, el) => mountForm({ model, el, fieldOf, judge: judgeSealed }));
