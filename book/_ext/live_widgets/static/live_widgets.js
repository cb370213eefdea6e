// Brings the widgets of a static page to life: no kernel, no other host, also from file://.
//
// The page carries, as JSON, the state of every widget and a placeholder for each view. A widget of this book
// is an anywidget: one ES module, in its state as `_esm`, whose `render({ model, el })` draws it. So all that
// is needed is a model (get, set, on, off) for each state, and a call of `render` at each placeholder.
//
// A widget on demand, as each exercise is, waits behind a button until a reader answers one; whoever has done so
// before finds them alive. The scripts that they alone need are a file of their own.
//
// page.html?embed=1&widget=NAME shows that widget alone, for a frame in slides or in a course, and &lock=a,b
// locks the controls of those traits; ?lang=zh has the widgets speak another language than the page, whose words
// are a file of their own, too.
(() => {
  "use strict";
  const asked = new URLSearchParams(location.search);
  const renamed = new Map([["weight", "dice_weight"]]); // frames made earlier lock a trait by its former name
  const locked = new Set(
    (asked.get("lock") ?? "").split(",").filter(Boolean).map((name) => renamed.get(name) ?? name),
  );
  const spoken = (asked.get("lang") || document.documentElement.lang).slice(0, 2);
  /**
   * @typedef {{ locked: string, missing: (name: string, all: string) => string,
   *   unlockable: (names: string, all: string) => string, forbidden: string, picture: (why: string) => string,
   *   answer: string }} Words
   */
  /** @type {Record<string, Words>} */
  const WORDS = {
    en: {
      locked: "locked",
      missing: (name, all) => `This page has no widget named “${name}”. There are: ${all}.`,
      unlockable: (names, all) => `This widget has nothing named “${names}” to lock. There are: ${all}.`,
      forbidden: "the page's security policy forbids scripts from blob: addresses",
      picture: (why) => `This is a picture of the widget, which could not start: ${why}.`,
      answer: "Answer here",
    },
    zh: {
      locked: "已锁定",
      missing: (name, all) => `此页没有名为“${name}”的控件。可用名称：${all}。`,
      unlockable: (names, all) => `此控件没有可锁定的“${names}”。可用名称：${all}。`,
      forbidden: "页面的安全策略不允许运行 blob: 脚本",
      picture: (why) => `这是控件的静态图片，因为它未能启动：${why}。`,
      answer: "在此作答",
    },
  };
  const t = WORDS[spoken] ?? WORDS.en;

  const STATE = "application/vnd.jupyter.widget-state+json";
  const VIEW = "application/vnd.jupyter.widget-view+json";

  /** @type {Map<string, Model>} */
  const models = new Map();
  /** @type {Map<string, Promise<any>>} */
  const modules = new Map(); // text -> promise of its module: widgets of one kind share one module

  // A blob, since `import()` of a file: address is forbidden where the page itself is a file.
  /** @param {string} text */
  function load(text) {
    if (!modules.has(text)) {
      const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
      const module = import(url).catch((error) => {
        throw error instanceof TypeError ? new Error(t.forbidden, { cause: error }) : error; // not loaded at all
      });
      modules.set(text, module.finally(() => URL.revokeObjectURL(url)));
    }
    return modules.get(text);
  }

  // ---- scripts ----
  // A script of its own rather than a module or a request: those are forbidden where the page itself is a file.
  const here = /** @type {HTMLScriptElement} */ (document.currentScript).src;
  /** @type {{ pieces: string[], more: [first: number, file: string][] }} */
  let known = { pieces: [], more: [] }; // of the scripts and styles of the page's widgets
  /** @type {Map<string, Promise<void>>} */
  const loading = new Map();
  /** @type {(first: number, file: string) => Promise<void>} */
  async function loadMore(first, file) {
    const script = document.createElement("script");
    script.src = new URL(file, here).href;
    const loaded = new Promise((done, fail) => {
      script.onload = () => done(/** @type {any} */ (globalThis).livePieces);
      script.onerror = () => fail(new Error(`${script.src} could not be loaded`));
    });
    document.head.append(script);
    (await loaded).forEach((/** @type {string} */ piece, /** @type {number} */ i) =>
      known.pieces[first + i] = piece
    );
  }
  /**
   * The text whose pieces stand at these places, of words those in one language.
   * @param {(number | Record<string, number>)[]} parts
   * @param {string} language
   */
  async function whole(parts, language) {
    const places = parts.map((part) =>
      typeof part === "number" ? part : part[language] ?? Object.values(part)[0]
    );
    for (const place of places) {
      if (place in known.pieces) continue;
      const [first, file] = known.more.findLast(([start]) => start <= place) ?? [0, ""];
      if (!loading.has(file)) loading.set(file, loadMore(first, file));
      await loading.get(file);
    }
    return places.map((place) => known.pieces[place]).join("");
  }

  // The part of Backbone's model that anywidget promises to a front end.
  class Model {
    /** @type {Record<string, any>} */
    #state;
    #start;
    /** @type {Record<string, any> | null} */
    returning = null; // the edits that the way back has kept for it
    /** @type {{ name: string, listener: (...message: any[]) => void }[]} */
    #listeners = [];
    /** @type {Promise<any> | undefined} */
    #widget;
    #locks = false;

    /** @param {Record<string, any>} state */
    constructor(state) {
      this.#state = state;
      this.#start = { ...state };
    }
    // What the page did not say by itself, but the reader or the address.
    edits() {
      return Object.fromEntries(
        Object.entries(this.#state).filter(([name, value]) => value !== this.#start[name]),
      );
    }
    /** @param {Record<string, any>} edits */
    restore(edits) {
      this.set({ ...this.#start, ...edits });
    }
    /** @param {string} name */
    get(name) {
      return this.#state[name];
    }
    /**
     * @param {string | Record<string, any>} name
     * @param {any} [value]
     */
    set(name, value) {
      const given = { ...(typeof name === "object" ? name : { [name]: value }) };
      if (this.#locks) { for (const key of locked) delete given[key]; }
      const changed = Object.keys(given).filter(
        (key) => JSON.stringify(given[key]) !== JSON.stringify(this.#state[key]),
      );
      Object.assign(this.#state, given);
      for (const key of changed) this.#tell(`change:${key}`, this, given[key]);
      if (changed.length) this.#tell("change", this);
    }
    save_changes() {} // there is no Python on the other side
    send() {}
    /**
     * @param {string} names
     * @param {(...message: any[]) => void} listener
     */
    on(names, listener) {
      for (const name of names.split(" ")) this.#listeners.push({ name, listener });
    }
    /**
     * @param {string | null} [names]
     * @param {(...message: any[]) => void} [listener]
     */
    off(names, listener) {
      const gone = names?.split(" ");
      this.#listeners = this.#listeners.filter(
        (one) => !((!gone || gone.includes(one.name)) && (!listener || one.listener === listener)),
      );
    }
    /**
     * @param {string} name
     * @param {any[]} message
     */
    #tell(name, ...message) {
      for (const one of [...this.#listeners]) if (one.name === name) one.listener(...message);
    }
    // The widget's module and its one `initialize`, however many views it has.
    widget() {
      this.#widget ??= (async () => {
        const language = this.get("language") || spoken;
        addStyle(this.get("_anywidget_id"), await whole(this.get("_css") ?? [], language));
        const { default: exported } = await load(await whole(this.get("_esm"), language));
        const widget = typeof exported === "function" ? await exported() : exported;
        await widget.initialize?.({ model: this, signal: new AbortController().signal });
        if (this.returning) this.restore(this.returning);
        this.#locks = true; // only now: the address may set what the reader may not
        return widget;
      })();
      return this.#widget;
    }
  }

  /** @type {(owner: string, css: string) => void} */
  function addStyle(owner, css) {
    if (!css || document.querySelector(`style[data-widget="${owner}"]`)) return;
    const style = document.createElement("style");
    style.dataset.widget = owner;
    style.textContent = css;
    document.head.append(style);
  }

  // How one widget reaches another on the page: by the reference that anywidget's WidgetTrait stores.
  const host = {
    /** @param {string} reference */
    getModel(reference) {
      const model = models.get(reference.replace(/^anywidget:/, ""));
      if (!model) return Promise.reject(new Error(`The page has no widget ${reference}`));
      return Promise.resolve(model);
    },
  };

  // Controls say in `data-control` which traits they set. Those whose traits are all locked stay in sight, and
  // in a screen reader's, but do nothing; the model above holds whatever a control may still try.
  /** @param {HTMLElement} el */
  function lock(el) {
    for (const control of el.querySelectorAll("[data-control]")) {
      const traits = control.getAttribute("data-control")?.split(" ") ?? [];
      if (!traits.every((name) => locked.has(name))) continue;
      control.classList.add("locked-control");
      const parts = [control, ...control.querySelectorAll("[aria-label]")].filter((one) =>
        one.hasAttribute("aria-label")
      );
      for (const part of parts) {
        part.setAttribute("aria-label", `${part.getAttribute("aria-label")} (${t.locked})`);
      }
      const inputs = "button, input, select";
      for (const one of [control, ...control.querySelectorAll(inputs)]) {
        if (one.matches(inputs)) one.setAttribute("disabled", "");
      }
      const grid = control.querySelector("[role=grid]");
      if (grid) grid.setAttribute("aria-readonly", "true");
      const label = document.createElement("span");
      label.className = "locked-label";
      label.textContent = t.locked;
      control.append(label);
    }
  }

  /** @param {Element} placeholder */
  const modelOf = (placeholder) => models.get(JSON.parse(placeholder.textContent).model_id);

  /**
   * @param {Element} placeholder
   * @param {(el: HTMLElement) => void} put
   * @returns {Promise<string>} why it could not, or nothing
   */
  async function mount(placeholder, put = (el) => placeholder.before(el)) {
    const model = modelOf(placeholder);
    if (!model) return ""; // a plain ipywidget: its cell says that it lives in Jupyter
    const el = document.createElement("div");
    el.className = "live-widget";
    if (model.get("name")) el.dataset.name = model.get("name");
    put(el);
    try {
      const widget = await model.widget();
      await widget.render({ model, el, host, signal: new AbortController().signal });
      lock(el);
      const still = placeholder.closest(".widget-slot")?.querySelector(".widget-still");
      still?.setAttribute("hidden", "");
    } catch (error) {
      el.remove(); // the picture stays
      console.error(error);
      return String(error instanceof Error ? error.message : error);
    }
    return "";
  }

  // Two widgets of one name on a page become grid and grid-2, in the order of the page.
  /** @param {Model[]} all */
  function nameApart(all) {
    /** @type {Set<string>} */
    const taken = new Set();
    for (const model of new Set(all)) {
      const name = model.get("name");
      if (!name) continue;
      let own = name;
      for (let n = 2; taken.has(own); n++) own = `${name}-${n}`;
      taken.add(own);
      model.set("name", own);
    }
    return [...taken];
  }

  // Mounts the one widget; gives what is to be said about it, and shows its picture where it cannot live.
  /**
   * @param {Element} view
   * @param {HTMLElement} main
   */
  async function alone(view, main) {
    const why = await mount(view, (el) => main.append(el));
    const still = view.closest(".widget-slot")?.querySelector(".widget-still");
    if (why) return [...(still ? [still.cloneNode(true)] : []), paragraph(t.picture(why))];
    const controls = [...main.querySelectorAll("[data-control]")];
    const names = new Set(controls.flatMap((one) => one.getAttribute("data-control")?.split(" ") ?? []));
    const unknown = [...locked].filter((one) => !names.has(one));
    return unknown.length ? [paragraph(t.unlockable(unknown.join(", "), [...names].join(", ") || "–"))] : [];
  }
  /** @param {string} text */
  function paragraph(text) {
    const node = document.createElement("p");
    node.textContent = text;
    return node;
  }

  // One widget and a way to its page. `data-embed`, which the page's head sets, keeps all else out of sight.
  /**
   * @param {Element[]} views
   * @param {string[]} names
   */
  async function embed(views, names) {
    const main = document.createElement("main");
    main.className = "embed";
    const title = document.createElement("h1");
    title.className = "embed-title";
    title.textContent = document.title;
    document.body.append(main);
    main.append(title);
    const name = asked.get("widget") ?? names[0];
    const view = views.find((one) => modelOf(one)?.get("name") === name);
    if (view) main.append(...await alone(view, main));
    else main.append(t.missing(name, names.join(", ") || "–"));
    const source = document.createElement("a");
    source.className = "embed-source";
    Object.assign(source, {
      href: location.href.replace(/[?#].*/s, ""),
      target: "_blank",
      textContent: document.title,
    });
    main.append(source);
  }

  // ---- on demand ----
  /** @param {Element} view */
  const waits = (view) => Boolean(modelOf(view)?.get("_on_demand"));
  function hasAnswered() {
    try {
      return Object.keys(localStorage).some((key) => /^seglosses:.*exercise:/.test(key));
    } catch {
      return false;
    }
  }
  // One button each; the first that is pressed brings all to life, and its own under the reader's hand.
  /** @param {Element[]} views */
  function offer(views) {
    /** @type {HTMLButtonElement[]} */
    const buttons = [];
    for (const view of views) {
      const slot = view.closest(".widget-slot");
      const line = slot?.querySelector(".exercise-still[data-in-page] > p");
      if (!slot || !line) continue;
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "answer-here", textContent: t.answer });
      button.addEventListener("click", async () => {
        const top = slot.getBoundingClientRect().top;
        await Promise.all(views.map((one) => mount(one)));
        for (const one of buttons) one.remove();
        scrollBy({ top: slot.getBoundingClientRect().top - top, behavior: "instant" });
        /** @type {HTMLElement | null} */ (slot.querySelector("input, [role=gridcell]"))?.focus();
      });
      buttons.push(button);
      line.after(button);
    }
  }

  // ---- pages that wait ----
  // A book in one file shows one page at a time, and says so by the event "page": a hundred widgets would be slow.
  /** @param {Element} view */
  const isShown = (view) => !view.closest(".page:not([data-shown])");
  /** @param {Element[]} views */
  function mountWhenShown(views) {
    let waiting = views;
    if (waiting.length) {
      addEventListener("page", () => {
        const shown = waiting.filter(isShown);
        waiting = waiting.filter((view) => !isShown(view));
        Promise.all(shown.map((view) => mount(view))).then(() => shown.length && land(undefined));
      });
    }
  }

  // ---- the way back ----
  // For each entry of the browser's history, what the reader leaves behind: the place, which a browser restores
  // before the widgets have grown, and what was painted, which it does not restore. `origins` has, for each widget
  // whose state came from an address, the entry of that address.
  /** @typedef {{ top: number, edits: Record<string, Record<string, any>>, origins: Record<string, string> }} Kept */
  let entry = "";
  /** @type {Kept["origins"]} */
  let origins = {};
  function leave() {
    const edits = Object.fromEntries([...models].map(([id, model]) => [id, model.edits()]));
    try {
      sessionStorage.setItem(entry, JSON.stringify({ top: scrollY, edits, origins }));
    } catch { /* full, or forbidden: then nothing is kept */ }
    return edits;
  }
  /**
   * What is kept for the entry that the reader has come to, or null for a new one.
   * @returns {Kept | null}
   */
  function arrive() {
    entry = history.state?.widgets ?? `widgets-${Math.random()}`;
    if (!history.state?.widgets) history.replaceState({ ...history.state, widgets: entry }, "");
    try {
      return JSON.parse(sessionStorage.getItem(entry) ?? "null");
    } catch {
      return null;
    }
  }
  /** @param {Kept | null} kept */
  function noteOrigins(kept) {
    const here = opened().map((one) => [one.dataset.name, entry]);
    origins = kept?.origins ?? { ...origins, ...Object.fromEntries(here) };
  }

  // Back and forward within the page: the widgets open what the address says, but what the reader has made of it
  // stays. Only where that began with another address, the reader finds what was left here.
  function followHistory() {
    /** @type {Kept["edits"]} */
    let left = {};
    /** @type {Kept | null} */
    let kept = null;
    addEventListener("pagehide", leave);
    addEventListener("hashchange", () => { // before the widgets hear of it
      left = leave();
      kept = arrive();
    });
    return () =>
      // once the widgets listen
      addEventListener("hashchange", () => {
        const before = origins;
        noteOrigins(kept);
        if (!kept) return opened()[0]?.scrollIntoView({ behavior: "instant" });
        for (const [id, model] of models) {
          const name = model.get("name");
          model.restore((origins[name] === before[name] ? left : kept.edits)[id] ?? {});
        }
      });
  }

  // The widgets whose state the address holds.
  const opened =
    () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".live-widget[data-opened]")]);

  /**
   * Puts the reader where a browser does not that found its place before the page had grown, or folded.
   * @param {number | undefined} top
   */
  function land(top) {
    if (top !== undefined) return scrollTo({ top, behavior: "instant" });
    (opened()[0] ?? document.querySelector(":target"))?.scrollIntoView({ behavior: "instant" });
  }

  // A page whose widgets grow beneath the reader, who may have moved on meanwhile.
  /** @param {Element[]} views */
  async function mountAll(views) {
    let moved = false;
    for (const sign of ["wheel", "touchmove", "keydown", "pointerdown"]) {
      addEventListener(sign, () => moved = true, { once: true, passive: true });
    }
    const kept = arrive();
    const visit = /** @type {PerformanceNavigationTiming} */ (performance.getEntriesByType("navigation")[0]);
    if (visit.type === "back_forward") {
      for (const [id, model] of models) model.returning = kept?.edits[id] ?? null;
    }
    const followOn = followHistory();
    const later = hasAnswered() ? [] : views.filter(waits);
    offer(later);
    const now = views.filter((view) => !later.includes(view));
    await Promise.all(now.filter(isShown).map((view) => mount(view)));
    mountWhenShown(now.filter((view) => !isShown(view)));
    noteOrigins(kept);
    const settle = () => {
      if (!moved) land(kept?.top);
    };
    settle();
    // Again once solutions have folded, which may be later; Firefox does not follow that.
    if (document.readyState !== "complete") addEventListener("load", settle, { once: true });
    followOn();
  }

  async function start() {
    for (const script of document.querySelectorAll(`script[type="${STATE}"]`)) {
      const { state: all, pieces, more } = JSON.parse(script.textContent);
      known = { pieces, more }; // what several widgets say stands there once
      for (const [id, { model_module, state }] of Object.entries(all)) {
        if (model_module === "anywidget") models.set(id, new Model(state));
      }
    }
    const views = [...document.querySelectorAll(`script[type="${VIEW}"]`)];
    const names = nameApart(views.map(modelOf).filter((model) => model !== undefined));
    if (document.documentElement.hasAttribute("data-embed")) await embed(views, names);
    else await mountAll(views);
    performance.mark("widgets-ready");
  }

  // "interactive" comes before the page's deferred scripts run, and well before fonts and pictures.
  if (document.readyState !== "loading") start();
  else document.addEventListener("readystatechange", start, { once: true });
})();
