// This device's memory: a private window or a frame may refuse it, and then nothing is remembered.

/**
 * What this device keeps under a name. A page's own names go behind its path, so that no two pages share one.
 * @param {string} name
 */
export function memory(name) {
  const key = `seglosses:${name}`;
  /**
   * @template Result
   * @param {() => Result} act
   */
  const attempt = (act) => {
    try {
      return act();
    } catch {
      return null;
    }
  };
  return {
    recall: () => attempt(() => JSON.parse(localStorage.getItem(key) ?? "null")),
    /** @param {unknown} what */
    keep: (what) => attempt(() => localStorage.setItem(key, JSON.stringify(what))),
    forget: () => attempt(() => localStorage.removeItem(key)),
  };
}
