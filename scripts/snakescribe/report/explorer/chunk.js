"use strict";
// One chunk, with all that is known of it.
const Chunk = (() => {
  const NEAR = 200;
  let box, go, changed, mark = 0, spans = [], variant = null;

  function open(element, onchoose, onchange) {
    box = element;
    go = onchoose;
    changed = onchange;
  }

  const section = (title, ...content) => make("section", {}, make("h3", {}, title), ...content);

  async function draw() {
    const own = ++mark, chunk = Model.chunk;
    Sound.pause();
    if (chunk < 0) {
      fill(box, make("p", { class: "muted" }, Model.order.length ? "Choose a chunk: press j for the next one, ? for all keys." : "No chunk is like that."));
      return;
    }
    const { a, b } = Model;
    const kinds = ["reference", `c${a}`, `c${b}`, `w${a}`, `w${b}`];
    const [reference, heardA, heardB, wordsA, wordsB] = await Promise.all(kinds.map((kind) => Model.cell(chunk, kind)));
    if (own !== mark) return;
    const start = Model.chunks.start[chunk];
    const partsA = heardA ? Words.pieces(heardA[0], wordsA, start) : [];
    const partsB = heardB ? Words.pieces(heardB[0], wordsB, start) : [];
    spans = [];
    const keep = ({ node, spans: more }) => {
      spans.push(...more);
      return node;
    };
    fill(box, 
      head(chunk),
      player(chunk, own),
      section(reference ? "Word by word" : "Word by word, without a reference: B beside A", keep(gloss(reference, [heardA, heardB], [wordsA, wordsB], [partsA, partsB])), legend()),
      section(
        "As written",
        reference && line("Reference", "r", make("p", { class: "running", dir: "auto" }, reference[0])),
        heardA && line(Model.study.conditions[a].name, "a", keep(Words.running(heardA[0], partsA))),
        heardB && b !== a && line(Model.study.conditions[b].name, "b", keep(Words.running(heardB[0], partsB))),
        every(chunk),
      ),
      section("Before and after", neighbours(chunk, own)),
      section("Prompt as the model saw it", prompt(a, "a", wordsA), b !== a && prompt(b, "b", wordsB)),
      section("Mark, note, correct", notes(chunk, reference, heardA || heardB)),
    );
    box.scrollTop = 0;
  }

  function head(chunk) {
    const { chunks } = Model, recording = Model.recordingOf(chunk), id = Model.id(chunk);
    const facts = [
      `${clock(chunks.start[chunk])} to ${clock(chunks.end[chunk])}`,
      chunks.snr[chunk] !== null && `SNR ${chunks.snr[chunk]} dB`,
      chunks.words[chunk] !== null && `${chunks.words[chunk]} reference words`,
      recording.language,
      chunks.speakers.levels[chunks.speakers.codes[chunk]].join(", ") || recording.speaker,
      ...chunks.groups.map((group) => group.levels[group.codes[chunk]] && `${group.name} ${group.levels[group.codes[chunk]]}`),
    ].filter(Boolean);
    const flags = [["a", Model.a], ["b", Model.b]].flatMap(([side, condition]) => Model.flagNames(condition, chunk).map((flag) => make("span", { class: "flag" }, `⚑ ${flag} (${side.toUpperCase()})`)));
    return make(
      "header", {},
      make("h2", { dir: "auto" }, recording.title),
      make("p", { class: "facts" }, make("code", {}, id), ...facts.map((fact) => make("span", {}, make("bdi", {}, fact))), ...flags),
      make(
        "p", { class: "buttons" },
        make("button", { type: "button", class: "narrow", onclick: () => document.getElementById("side").scrollIntoView() }, "↑ list"),
        make("button", { type: "button", onclick: () => go(Model.neighbour(chunk, -1)), disabled: Model.neighbour(chunk, -1) < 0 }, "← before"),
        make("button", { type: "button", onclick: () => go(Model.neighbour(chunk, 1)), disabled: Model.neighbour(chunk, 1) < 0 }, "after →"),
        make("button", { type: "button", id: "star", "aria-pressed": Marks.get(id).mark, onclick: star }, Marks.get(id).mark ? "★ marked" : "☆ mark"),
      ),
    );
  }

  function player(chunk, own) {
    const { study } = Model;
    const choice = variant !== null ? variant : study.variantOf[Model.a];
    const message = make("p", { class: "small muted", id: "soundless" });
    const time = make("span", { class: "time" }, "00:00");
    const button = make("button", { type: "button", id: "play", onclick: () => Sound.toggle() }, "▶ play");
    const wave = make("canvas", { class: "wave", width: 900, height: 90, "aria-hidden": "true" });
    const picture = make("canvas", { class: "spectrogram", width: 900, height: 128, "aria-hidden": "true" });
    const needle = make("div", { class: "needle" });
    const stage = make("div", { class: "stage", title: "Press where to play from" }, wave, picture, needle);
    const rate = make("select", { "aria-label": "Speed", onchange: () => { Sound.player.playbackRate = Number(rate.value); } }, ...["0.5", "0.75", "1", "1.5", "2"].map((value) => make("option", { value, selected: Number(value) === Sound.player.playbackRate }, `${value} ×`)));
    const variants = make("select", { "aria-label": "Audio", onchange: () => { variant = Number(variants.value); load(); } }, ...study.variants.map((name, k) => make("option", { value: k, selected: k === choice }, name)));
    stage.addEventListener("click", (event) => {
      const around = stage.getBoundingClientRect();
      Sound.play(((event.clientX - around.left) / around.width) * (Sound.player.duration || 0));
    });
    Sound.onmove((at, length) => {
      needle.style.left = `${length ? (100 * at) / length : 0}%`;
      time.textContent = `${clock(at)} of ${clock(length)}`;
      button.textContent = Sound.player.paused ? "▶ play" : "❚❚ pause";
      Words.follow(spans, at > 0 || !Sound.player.paused ? at : NaN);
    }, (trouble) => { message.textContent = trouble; });
    const fact = make("p", { class: "small muted" });
    async function load() {
      message.textContent = "";
      Sound.clear();
      const number = study.variants.length > 1 ? Number(variants.value) : 0;
      const cell = await Model.cell(chunk, `s${number}`);
      if (own !== mark) return;
      fact.textContent = cell ? qualities(cell[2]) : "";
      const silence = Model.silence(cell);
      stage.hidden = button.disabled = silence !== null;
      if (silence !== null) {
        message.textContent = silence;
        return;
      }
      try {
        const samples = await Sound.load(cell);
        if (own !== mark) return;
        stage.hidden = samples === null;
        if (samples) {
          Sound.wave(wave, samples);
          Sound.spectrogram(picture, samples);
        } else {
          message.textContent = "This sound lies in the results folder, not in the explorer: it plays, but a page opened from disk may not look into it. For its picture, serve the results folder (python -m http.server).";
        }
      } catch (error) {
        if (own === mark) message.textContent = `The sound cannot be read: ${error.message}`;
      }
    }
    load();
    return make("section", { class: "player" }, stage, make("p", { class: "buttons" }, button, time, rate, study.variants.length > 1 && make("label", {}, "audio ", variants)), message, fact);
  }

  const QUALITIES = [["snr_db", "SNR", "dB"], ["wada_snr_db", "WADA SNR", "dB"], ["peak_dbfs", "peak", "dBFS"], ["bandwidth_hz", "bandwidth", "Hz"], ["loudness_lufs", "loudness", "LUFS"], ["speech_seconds", "speech", "s"]];
  const qualities = (values) => QUALITIES.filter(([name]) => values[name] !== undefined).map(([name, label, unit]) => `${label} ${Math.round(values[name] * 10) / 10} ${unit}`).join(" · ");

  function gloss(reference, cells, words, parts) {
    const base = reference ? Words.split(reference[1]) : cells[0] ? Words.split(cells[0][1]) : null;
    if (!base) return { node: make("p", { class: "muted" }, "Nothing to compare."), spans: [] };
    const sides = cells.map((cell, k) => {
      if (!cell || (k && Model.a === Model.b)) return null;
      return Words.side(reference ? cell : [cell[0], cell[1], null, null], words[k], parts[k], base);
    });
    return Words.gloss(base, sides);
  }

  function legend() {
    const sample = (kind, text, meaning) => make("span", {}, make("span", { class: `heard ${kind}` }, text), ` ${meaning}`);
    return make("p", { class: "legend small muted" }, sample("substitution", "word", "another word"), sample("insertion", "word", "put in"), sample("deletion", "∅", "left out"), sample("doubt-2", "word", "the darker, the less sure"));
  }

  const line = (name, side, content) => make("div", { class: `line ${side}` }, make("p", { class: "eyebrow" }, side === "r" ? name : make("b", { class: `side ${side}` }, side.toUpperCase()), side === "r" ? null : make("bdi", {}, ` ${name}`)), content);

  // All conditions, when asked for.
  function every(chunk) {
    const node = make("details", {}, make("summary", {}, `All ${Model.study.conditions.length} conditions`));
    node.addEventListener("toggle", async () => {
      if (!node.open || node.children.length > 1) return;
      const list = make("div", {});
      node.append(list);
      for (const [number, condition] of Model.study.conditions.entries()) {
        const [cell, columns] = await Promise.all([Model.cell(chunk, `c${number}`), Model.loadColumns(number)]);
        if (!cell) continue;
        const errors = columns.errors[chunk];
        list.append(make("div", { class: "line" }, make("p", { class: "eyebrow" }, make("bdi", {}, condition.name), errors >= 0 ? ` · ${errors} errors` : ""), make("p", { class: "running", dir: "auto" }, cell[0] || "nothing")));
      }
    });
    return node;
  }

  // What fits beside a chunk, in whole words where there are spaces.
  const beginning = (text) => (text.length > NEAR ? `${text.slice(0, NEAR).replace(/\s\S*$/u, "")} …` : text);
  const ending = (text) => (text.length > NEAR ? `… ${text.slice(-NEAR).replace(/^\S*\s/u, "")}` : text);

  function neighbours(chunk, own) {
    const node = make("div", { class: "neighbours" });
    for (const step of [-1, 1]) {
      const next = Model.neighbour(chunk, step);
      const button = make("button", { type: "button", class: "neighbour", disabled: next < 0, onclick: () => go(next) }, make("span", { class: "eyebrow" }, next < 0 ? (step < 0 ? "the beginning" : "the end") : `${step < 0 ? "←" : "→"} ${clock(Model.chunks.start[next])}`));
      node.append(button);
      if (next < 0) continue;
      Promise.all(["reference", `c${Model.a}`].map((kind) => Model.cell(next, kind))).then(([reference, heard]) => {
        const cell = reference || heard;
        if (own === mark && cell) button.append(make("span", { dir: "auto" }, step < 0 ? ending(cell[0]) : beginning(cell[0])));
      });
    }
    return node;
  }

  function prompt(condition, side, words) {
    const name = Model.study.conditions[condition].levels.prompt;
    if (!words) return null;
    const [text, tokens, kept, dropped, cut] = words.prompt;
    return line(
      name, side,
      make(
        "div", {},
        text ? make("blockquote", { dir: "auto" }, text) : make("p", { class: "muted" }, "empty"),
        text && make("p", { class: "small muted" }, `${tokens} tokens${cut ? ", cut to the budget" : ""}`),
        (kept.length > 0 || dropped.length > 0) && make("p", { class: "terms small" }, ...kept.map((term) => make("span", { class: "kept", title: "kept" }, "✓ ", make("bdi", {}, term))), ...dropped.map((term) => make("del", { class: "dropped", title: "dropped" }, "✗ ", make("bdi", {}, term)))),
      ),
    );
  }

  function notes(chunk, reference, heard) {
    const id = Model.id(chunk), entry = Marks.get(id), recording = Model.recordingOf(chunk).id;
    const known = { recording, reference: reference ? reference[0] : "", heard: heard ? heard[0] : "" };
    const put = (change) => {
      Marks.put(id, { ...known, ...change });
      changed();
    };
    const note = make("textarea", { id: "note", rows: 2, dir: "auto", "aria-label": "Note", placeholder: "A note" });
    note.value = entry.note;
    note.addEventListener("input", () => put({ note: note.value }));
    if (!reference) return make("div", { class: "notes" }, note);
    const told = make("p", { class: "small muted", role: "status" });
    const text = make("textarea", { id: "corrected", rows: 3, dir: "auto", "aria-label": "The reference as it should be" });
    text.value = entry.corrected === null ? reference[0] : entry.corrected;
    const tell = () => {
      const count = Marks.changes(reference[0], text.value).length;
      told.textContent = count ? `${count} ${count === 1 ? "place" : "places"} corrected: saved with corrections.tsv, for scoring.corrections of the next run.` : "";
    };
    text.addEventListener("input", () => {
      put({ corrected: text.value === reference[0] ? null : text.value });
      tell();
    });
    tell();
    return make("div", { class: "notes" }, note, make("label", { class: "small" }, "The reference as it should be", text), told);
  }

  async function star() {
    const chunk = Model.chunk;
    if (chunk < 0) return;
    const id = Model.id(chunk);
    const [reference, heardA, heardB] = await Promise.all(["reference", `c${Model.a}`, `c${Model.b}`].map((kind) => Model.cell(chunk, kind)));
    const heard = heardA || heardB;
    Marks.put(id, { recording: Model.recordingOf(chunk).id, reference: reference ? reference[0] : "", heard: heard ? heard[0] : "", mark: !Marks.get(id).mark });
    const button = document.getElementById("star");
    if (button && chunk === Model.chunk) {
      button.setAttribute("aria-pressed", Marks.get(id).mark);
      button.textContent = Marks.get(id).mark ? "★ marked" : "☆ mark";
    }
    changed();
  }

  return { open, draw, star, forget: () => { variant = null; } };
})();
