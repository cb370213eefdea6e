// What a training depends on, as the reader sets it: stories to start from, each side's own settings, and the common ones.
import { choice, fill, group, h, sets } from "../kit/ui.js";
import { plain } from "../kit/numbers.js";
import { COMMON, OWN, settingsOf, SIDES } from "./state.js";
/** @import { Model } from "../kit/ui.js" */
/** @import { Panel } from "../kit/view.js" */
/** @import { STRINGS } from "./words.js" */
/** @typedef {typeof STRINGS["en"] | typeof STRINGS["zh"]} Table */
/** @typedef {(settings: Record<string, any>) => void} Begin */

/** What a list offers, by the setting's name; Python and links may set what stands between. */
const OFFERED = {
  loss: ["bce", "dice", "iou", "bce_dice", "focal"],
  smooth: [0, 0.5, 1, 10, 100],
  dice_weight: [0.2, 0.5, 1, 2, 5],
  alpha: [null, 0.1, 0.25, 0.5, 0.75, 0.9],
  gamma: [0, 0.5, 1, 2, 5],
  regions: ["batch", "image"],
  prior: [0.001, 0.01, 0.05, 0.2, 0.5],
  seed: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  task: ["nodules", "lungs"],
  optimizer: ["adam", "sgd"],
  learning_rate: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 100],
  batch_size: [1, 2, 4, 8, 16],
  spread: [0, 0.5, 1, 1.5, 2],
  empty: [0, 0.25, 0.5, 0.75],
  runs: [1, 2, 3, 5],
};
/** @typedef {keyof typeof OFFERED} Setting */

/**
 * How a value of a setting is written.
 * @type {(setting: Setting, value: any, t: Table) => string}
 */
function said(setting, value, t) {
  if (setting === "loss") return /** @type {Record<string, string>} */ (t.losses)[value];
  if (setting === "spread") return t.pixels(value);
  if (setting === "empty") return t.percent(plain(100 * value));
  if (value === null) return t.none;
  return typeof value === "string" ? /** @type {Record<string, string>} */ (t.choices)[value] : plain(value);
}

/**
 * A list with its name, for one setting of the model. What it does not offer and the model holds is added to it.
 * @type {(model: Model, t: Table, trait: string, begin: Begin) => Panel<void> & { node: HTMLElement }}
 */
function pick(model, t, trait, begin) {
  const side = SIDES.find((one) => trait.startsWith(`${one}_`));
  const setting = /** @type {Setting} */ (side ? trait.slice(side.length + 1) : trait);
  const named = side ? `${t.sides[side]}: ${t.settings[setting]}` : t.settings[setting];
  const select = h("select", { class: "pg-select", "aria-label": named });
  /** @type {any[]} */
  let values = [];
  select.addEventListener("change", () => begin({ [trait]: values[select.selectedIndex] }));
  return {
    node: sets(trait, h("label", { class: "pg-pick" }, h("span", {}, t.settings[setting]), select)),
    draw() {
      const value = model.get(trait);
      /** @type {any[]} */
      const offered = OFFERED[setting];
      const all = offered.includes(value) ? offered : [...offered, value].sort((a, b) => a - b);
      if (all.join() !== values.join() || !select.length) {
        values = all;
        select.replaceChildren(...values.map((one) => h("option", {}, said(setting, one, t))));
      }
      select.selectedIndex = values.indexOf(value);
    },
  };
}

/**
 * Buttons that set everything for a story, and what there is to look for.
 * @type {(model: Model, t: Table, begin: Begin) => Panel<void>}
 */
function storiesPanel(model, t, begin) {
  /** @type {Record<string, Record<string, any>>} */
  const stories = Object.fromEntries(model.get("_stories"));
  /** @type {Record<string, string>[]} */
  const [names, asks] = [t.story, t.asks];
  const told = choice(
    Object.keys(stories).map((name) => [name, names[name]]),
    (name) => begin(stories[name]),
  );
  const ask = h("p", { class: "pg-ask" });
  const traits = Object.keys(Object.values(stories)[0] ?? {}).join(" ");
  return {
    node: h("div", { class: "pg-stories" }, sets(traits, group(t.stories, ...told.nodes)), ask),
    draw() {
      const looked = ["step", "threshold"]; // these the reader moves without leaving the story
      const name =
        Object.keys(stories).find((name) =>
          Object.entries(stories[name]).every(([trait, value]) =>
            looked.includes(trait) || model.get(trait) === value
          )
        ) ?? "";
      told.show(name);
      fill(ask, asks[name] ?? "");
    },
  };
}

/**
 * All settings. `begin(settings)` takes new ones and starts over; `traits` are those that a training depends on.
 * @type {(model: Model, t: Table, begin: Begin) => Panel<void> & { traits: string }}
 */
export function controlsOf(model, t, begin) {
  const stories = storiesPanel(model, t, begin);
  const sides = SIDES.map((side) => {
    const picks = OWN.map((name) => pick(model, t, `${side}_${name}`, begin));
    const node = h(
      "fieldset",
      { class: "pg-own" },
      h("legend", {}, t.sides[side]),
      ...picks.map(({ node }) => node),
    );
    const draw = () => {
      const used = ["loss", "prior", "seed", ...settingsOf(model.get(`${side}_loss`))];
      OWN.forEach((name, i) => picks[i].node.hidden = !used.includes(name));
      for (const one of picks) one.draw();
    };
    return { node, draw };
  });
  const common = [...COMMON, "runs"].map((name) => pick(model, t, name, begin));
  return {
    traits: [...COMMON, "runs", ...SIDES.flatMap((side) => OWN.map((name) => `${side}_${name}`))].join(" "),
    node: h(
      "div",
      { class: "pg-controls" },
      stories.node,
      h("fieldset", { class: "pg-common" }, h("legend", {}, t.both), ...common.map(({ node }) => node)),
      ...sides.map(({ node }) => node),
    ),
    draw() {
      common[COMMON.indexOf("empty")].node.hidden = model.get("task") === "lungs";
      for (const one of [stories, ...sides, ...common]) one.draw();
    },
  };
}
