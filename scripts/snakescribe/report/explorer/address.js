"use strict";
// The address says what is shown: `#chunk=...&a=...&b=...`, with view, order, search and filters.
const Address = (() => {
  let written = "";

  function write() {
    const { study } = Model;
    const parts = new URLSearchParams();
    if (Model.chunk >= 0) parts.set("chunk", Model.id(Model.chunk));
    parts.set("a", study.conditions[Model.a].name);
    parts.set("b", study.conditions[Model.b].name);
    if (Model.view !== "chunks") parts.set("view", Model.view);
    if (Model.sort !== Model.usual) parts.set("sort", Model.sort);
    if (Model.q) parts.set("q", Model.q);
    for (const [name, value] of Object.entries(Model.filters)) if (value) parts.set(`f.${name}`, value);
    const hash = `#${parts}`;
    if (hash === written) return;
    written = hash;
    history.replaceState(null, "", hash);
  }

  // The address -> the model; what it does not know is left as it is. True where there was anything.
  function read() {
    if (location.hash === written) return false;
    written = location.hash;
    const parts = new URLSearchParams(location.hash.slice(1));
    for (const side of ["a", "b"]) {
      const place = Model.conditionAt.get(parts.get(side));
      if (place !== undefined) Model[side] = place;
    }
    const view = parts.get("view") || "chunks";
    Model.view = ["chunks", "recordings", "words", "terms", "marks"].includes(view) ? view : "chunks";
    const sort = parts.get("sort") || Model.usual;
    Model.sort = Object.hasOwn(Model.sorts, sort) ? sort : Model.usual;
    Model.q = parts.get("q") || "";
    Model.filters = {};
    for (const [name, value] of parts) if (name.startsWith("f.")) Model.filters[name.slice(2)] = value;
    Model.chunk = parts.has("chunk") ? Model.find(parts.get("chunk")) : -1;
    return true;
  }

  return { read, write };
})();
