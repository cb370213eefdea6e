// Brings the widgets of a static page to life: no kernel, no other host, also from file://.
//
// The page carries, as JSON, the state of every widget and a placeholder for each view. A widget of this book
// is an anywidget: one ES module, in its state as `_esm`, whose `render({ model, el })` draws it. So all that
// is needed is a model (get, set, on, off) for each state, and a call of `render` at each placeholder.
(() => {
  "use strict";
  const STATE = "application/vnd.jupyter.widget-state+json";
  const VIEW = "application/vnd.jupyter.widget-view+json";

  const models = new Map();
  const modules = new Map(); // text -> promise of its module: widgets of one kind share one module

  // A blob, since `import()` of a file: address is forbidden where the page itself is a file.
  function load(text) {
    if (!modules.has(text)) {
      const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
      modules.set(text, import(url).finally(() => URL.revokeObjectURL(url)));
    }
    return modules.get(text);
  }

  // The part of Backbone's model that anywidget promises to a front end.
  class Model {
    #state;
    #listeners = [];
    #widget;

    constructor(state) {
      this.#state = state;
    }
    get(name) {
      return this.#state[name];
    }
    set(name, value) {
      const given = typeof name === "object" ? name : { [name]: value };
      const changed = Object.keys(given).filter(
        (key) => JSON.stringify(given[key]) !== JSON.stringify(this.#state[key]),
      );
      Object.assign(this.#state, given);
      for (const key of changed) this.#tell(`change:${key}`, this, given[key]);
      if (changed.length) this.#tell("change", this);
    }
    save_changes() {} // there is no Python on the other side
    send() {}
    on(names, listener) {
      for (const name of names.split(" ")) this.#listeners.push({ name, listener });
    }
    off(names, listener) {
      const gone = names?.split(" ");
      this.#listeners = this.#listeners.filter(
        (one) => !((!gone || gone.includes(one.name)) && (!listener || one.listener === listener)),
      );
    }
    #tell(name, ...message) {
      for (const one of [...this.#listeners]) if (one.name === name) one.listener(...message);
    }
    // The widget's module and its one `initialize`, however many views it has.
    widget() {
      this.#widget ??= (async () => {
        addStyle(this.get("_anywidget_id"), this.get("_css"));
        const { default: exported } = await load(this.get("_esm"));
        const widget = typeof exported === "function" ? await exported() : exported;
        await widget.initialize?.({ model: this, signal: new AbortController().signal });
        return widget;
      })();
      return this.#widget;
    }
  }

  function addStyle(owner, css) {
    if (!css || document.querySelector(`style[data-widget="${owner}"]`)) return;
    const style = document.createElement("style");
    style.dataset.widget = owner;
    style.textContent = css;
    document.head.append(style);
  }

  // How one widget reaches another on the page: by the reference that anywidget's WidgetTrait stores.
  const host = {
    async getModel(reference) {
      const model = models.get(reference.replace(/^anywidget:/, ""));
      if (!model) throw new Error(`The page has no widget ${reference}`);
      return model;
    },
  };

  async function mount(placeholder) {
    const model = models.get(JSON.parse(placeholder.textContent).model_id);
    if (!model) return; // a plain ipywidget: its cell says that it lives in Jupyter
    const el = document.createElement("div");
    el.className = "live-widget";
    placeholder.before(el);
    try {
      const widget = await model.widget();
      await widget.render({ model, el, host, signal: new AbortController().signal });
      const still = placeholder.closest(".widget-slot")?.querySelector(".widget-still");
      if (still) still.hidden = true;
    } catch (error) {
      el.remove(); // the picture stays
      console.error(error);
    }
  }

  async function start() {
    for (const script of document.querySelectorAll(`script[type="${STATE}"]`)) {
      for (const [id, record] of Object.entries(JSON.parse(script.textContent).state)) {
        if (record.model_module === "anywidget") models.set(id, new Model(record.state));
      }
    }
    await Promise.all([...document.querySelectorAll(`script[type="${VIEW}"]`)].map(mount));
    performance.mark("widgets-ready");
  }

  // "interactive" comes before the page's deferred scripts run, and well before fonts and pictures.
  if (document.readyState !== "loading") start();
  else document.addEventListener("readystatechange", start, { once: true });
})();
