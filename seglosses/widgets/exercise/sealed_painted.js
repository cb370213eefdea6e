import { localized } from "../kit/view.js";
import { mountForm } from "./form.js";
import { gridField } from "./painter.js";
import { judgeSealedGrid } from "./sealed_state.js";

// An exercise of a copy for students, whose answer is painted.

export default localized((model, el) => mountForm({ model, el, fieldOf: gridField, judge: judgeSealedGrid }));
