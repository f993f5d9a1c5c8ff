"use strict";
// Puts the page together: views, filters, keys.
(() => {
  const at = (id) => document.getElementById(id);
  const KEYS = [["j / ↓", "next chunk of the list"], ["k / ↑", "the one before"], ["n / p", "next and previous of the recording"], ["space", "play, pause"], ["← / →", "two seconds back, on"], ["m", "mark"], ["e", "write a note"], ["c", "correct the reference"], ["x", "swap A and B"], ["[ / ]", "next condition for A, for B"], ["/", "search"], ["1 to 5", "views"], ["?", "this list"], ["Esc", "leave a field"]];
  const VIEWS = ["chunks", "recordings", "words", "terms", "marks"];

  function complain(error) {
    at("trouble").hidden = false;
    at("trouble").textContent = String(error.message || error);
  }
  // What takes time: the page says that it is busy, and what went wrong.
  let running = 0;
  function guard(promise) {
    document.body.setAttribute("aria-busy", ++running > 0);
    return promise.catch(complain).finally(() => document.body.setAttribute("aria-busy", --running > 0));
  }

  const count = (number) => number.toLocaleString("en");
  function tell(done, all) {
    if (all > 1) at("count").textContent = `Reading ${done} of ${all} …`;
  }

  async function arrange() {
    if (!(await Model.arrange(tell))) return;
    const shown = Model.order.length, all = Model.study.chunks;
    at("head").textContent = Model.scored ? "word errors, confidence" : "confidence";
    at("fewer").textContent = Model.scored ? "fewer" : "";
    at("count").textContent = shown === all ? `${count(all)} chunks` : `${count(shown)} of ${count(all)} chunks`;
    if (Model.chunk < 0 && shown && matchMedia("(min-width: 60rem)").matches) Model.chunk = Model.order[0];
    List.renew();
    List.show();
    Address.write();
  }

  async function choose(chunk) {
    if (chunk < 0 || chunk >= Model.study.chunks) return;
    Model.chunk = chunk;
    if (Model.view !== "chunks") view("chunks", false);
    document.body.classList.add("chosen");
    List.show();
    Address.write();
    await Chunk.draw();
    if (matchMedia("(max-width: 60rem)").matches) at("chunk").scrollIntoView();
  }

  // The chunk that stands `step` further in the list.
  function step(by) {
    const place = Model.order.indexOf(Model.chunk);
    const next = place < 0 ? 0 : place + by;
    if (next >= 0 && next < Model.order.length) guard(choose(Model.order[next]));
  }

  function view(name, redraw = true) {
    Model.view = name;
    for (const button of document.querySelectorAll("nav [data-view]")) button.setAttribute("aria-pressed", button.dataset.view === name);
    const isChunks = name === "chunks";
    at("side").hidden = at("chunk").hidden = !isChunks;
    at("other").hidden = isChunks;
    document.body.dataset.view = name;
    Sound.pause();
    Places.stop();
    Recordings.stop();
    if (isChunks) {
      List.draw();
      if (redraw) guard(Chunk.draw());
    } else if (name === "recordings") guard(Recordings.draw(at("other"), choose));
    else if (name === "marks") marks();
    else guard(Places.draw(at("other"), name, choose));
    Address.write();
  }

  async function conditions(a, b) {
    Model.a = a;
    Model.b = b;
    at("a").value = a;
    at("b").value = b;
    Chunk.forget();
    await arrange();
    view(Model.view);
  }

  function marks() {
    const ids = Marks.ids();
    const rows = ids.map((id) => {
      const entry = Marks.get(id), chunk = Model.find(id);
      return make("li", {}, make("button", { type: "button", class: "plain", onclick: () => guard(choose(chunk)), disabled: chunk < 0 }, make("code", {}, id)), entry.mark ? " ★ " : " ", make("bdi", {}, entry.note), entry.corrected !== null && entry.corrected !== undefined && make("span", { class: "small muted" }, " · reference corrected"));
    });
    at("other").replaceChildren(
      make("h2", {}, `${ids.length} marked ${ids.length === 1 ? "chunk" : "chunks"}`),
      make("p", {}, make("button", { type: "button", id: "save", onclick: Marks.save, disabled: !ids.length }, "Save corrections.tsv")),
      make("p", { class: "small muted" }, "Name the file under scoring.corrections in the config: the next run scores with the corrected references. Rows that are only marks or notes change nothing there. ", Marks.isKept() ? "This browser keeps them until you clear its data." : "This browser refuses to keep them: save them before you close the page."),
      make("ul", {}, ...rows),
    );
  }

  function marked() {
    const number = Marks.ids().length;
    at("marked").textContent = number ? `(${number})` : "";
    List.renew();
  }

  function field(name, label, control) {
    control.value = Model.filters[name] || "";
    control.dataset.name = name;
    control.addEventListener("change", () => {
      Model.filters[name] = control.type === "checkbox" ? (control.checked ? "yes" : "") : control.value;
      if (!Model.filters[name]) delete Model.filters[name];
      active();
      guard(arrange().then(() => Chunk.draw()));
    });
    if (control.type === "checkbox") control.checked = Boolean(Model.filters[name]);
    return make("label", {}, label, control);
  }

  const pick = (values) => make("select", {}, make("option", { value: "" }, "all"), ...values.map(([value, name]) => make("option", { value }, name)));
  const plain = (values) => pick(values.map((value) => [value, value || "(none)"]));

  function active() {
    const number = Object.keys(Model.filters).length;
    at("active").textContent = number ? `(${number})` : "";
  }

  function fields() {
    const { study, chunks } = Model;
    const speakers = [...new Set([...chunks.speakers.levels.flat(), ...study.recordings.map((recording) => recording.speaker)])].filter(Boolean).sort();
    const languages = [...new Set(study.recordings.map((recording) => recording.language))].filter(Boolean).sort();
    const number = () => make("input", { type: "number", step: "any" });
    at("fields").replaceChildren(
      field("recording", "Recording", pick(study.recordings.map((recording) => [recording.id, recording.title]))),
      ...(speakers.length ? [field("speaker", "Speaker", plain(speakers))] : []),
      ...(languages.length > 1 ? [field("language", "Language", plain(languages))] : []),
      ...chunks.groups.map((group) => field(`in:${group.name}`, group.name, plain([...group.levels].filter(Boolean).sort()))),
      ...(chunks.snr.some((value) => value !== null) ? [field("snr-from", "SNR from (dB)", number()), field("snr-to", "SNR to (dB)", number())] : []),
      ...(chunks.terms.levels.length ? [field("term", "Term said", plain([...chunks.terms.levels].sort()))] : []),
      ...(study.flags.length ? [field("flag", "Flag", plain(study.flags))] : []),
      field("marked", "Marked only", make("input", { type: "checkbox" })),
      make("button", { type: "button", id: "clear", onclick: () => { Model.filters = {}; fields(); guard(arrange()); } }, "Clear"),
    );
    active();
  }

  function keys(event) {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key === "Escape" && typing) event.target.blur();
    if (typing || event.ctrlKey || event.metaKey || event.altKey || at("keys").open) return;
    const onButton = event.target.tagName === "BUTTON" || event.target.tagName === "SUMMARY";
    const { chunk, study } = Model, inChunks = Model.view === "chunks";
    const next = (number) => (number + 1) % study.conditions.length;
    const actions = {
      j: () => step(1), ArrowDown: () => inChunks && step(1), k: () => step(-1), ArrowUp: () => inChunks && step(-1),
      n: () => chunk >= 0 && guard(choose(Model.neighbour(chunk, 1))), p: () => chunk >= 0 && guard(choose(Model.neighbour(chunk, -1))),
      " ": () => !onButton && inChunks && chunk >= 0 && Sound.toggle(),
      ArrowLeft: () => inChunks && Sound.seek(Sound.player.currentTime - 2), ArrowRight: () => inChunks && Sound.seek(Sound.player.currentTime + 2),
      m: () => inChunks && guard(Chunk.star()), e: () => at("note")?.focus(), c: () => at("corrected")?.focus(),
      x: () => guard(conditions(Model.b, Model.a)), "[": () => guard(conditions(next(Model.a), Model.b)), "]": () => guard(conditions(Model.a, next(Model.b))),
      "/": () => { view("chunks"); at("q").focus(); }, "?": () => at("keys").showModal(),
    };
    const digit = VIEWS[Number(event.key) - 1];
    const action = Object.hasOwn(actions, event.key) ? actions[event.key] : digit && (() => view(digit));
    if (!action || (event.key === " " && onButton)) return;
    event.preventDefault();
    action();
  }

  function restore() {
    at("q").value = Model.q;
    at("sort").value = Model.sort;
    fields();
    document.body.classList.toggle("chosen", Model.chunk >= 0);
    return conditions(Model.a, Model.b);
  }

  async function begin() {
    await Model.load();
    const { study } = Model;
    document.title = `${study.experiment}: explorer`;
    at("experiment").textContent = study.experiment;
    at("question").textContent = study.question || "All chunks";
    at("back").href = study.page;
    Marks.open(study.experiment);
    Model.marked = Marks.has;
    for (const side of ["a", "b"]) {
      at(side).append(...study.conditions.map((condition, place) => make("option", { value: place }, condition.name)));
      at(side).addEventListener("change", () => guard(conditions(Number(at("a").value), Number(at("b").value))));
    }
    at("sort").append(...Object.entries(Model.sorts).map(([value, [name]]) => make("option", { value }, name)));
    at("sort").addEventListener("change", () => { Model.sort = at("sort").value; guard(arrange()); });
    let wait = 0;
    at("q").addEventListener("input", () => {
      clearTimeout(wait);
      wait = setTimeout(() => { Model.q = at("q").value.trim(); guard(arrange().then(() => Chunk.draw())); }, 250);
    });
    at("swap").addEventListener("click", () => guard(conditions(Model.b, Model.a)));
    for (const button of document.querySelectorAll("nav [data-view]")) button.addEventListener("click", () => view(button.dataset.view));
    at("keys").append(make("h2", {}, "Keys"), make("dl", {}, ...KEYS.flatMap(([key, what]) => [make("dt", {}, key), make("dd", {}, what)])), make("form", { method: "dialog" }, make("button", {}, "Close")));
    at("help").addEventListener("click", () => at("keys").showModal());
    List.open(at("list"), (chunk) => guard(choose(chunk)));
    Chunk.open(at("chunk"), (chunk) => guard(choose(chunk)), marked);
    document.addEventListener("keydown", keys);
    window.addEventListener("hashchange", () => Address.read() && guard(restore()));
    Address.read();
    await restore();
    marked();
    document.body.dataset.ready = "yes";
  }

  guard(begin());
})();
