import { localized } from "../kit/view.js";
import { mountForm } from "./form.js";
import { judgeGrid } from "./grids.js";
import { gridField } from "./painter.js";

// An exercise whose answer is painted.

export default localized((model, el) => mountForm({ model, el, fieldOf: gridField, judge: judgeGrid }));
