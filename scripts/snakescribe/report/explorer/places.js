"use strict";
// By word and by term: where each went wrong, with the sound of the place.
const Places = (() => {
  const MOST_ROWS = 300, MOST_PLACES = 200, AROUND = 0.6, SHORTEST = 1.6;
  const SORTS = { wrong: "most often wrong", a: "A better than B", b: "B better than A", share: "largest share wrong", name: "alphabet" };
  const KEYS = {
    wrong: (row) => -(row.wrong[0] + row.wrong[1]), a: (row) => row.wrong[0] - row.wrong[1], b: (row) => row.wrong[1] - row.wrong[0],
    share: (row) => -(row.wrong[0] + row.wrong[1]) / Math.max(row.said, 3), name: () => 0,
  };
  let mark = 0;

  async function draw(box, view, go) {
    const own = ++mark, what = view === "words" ? "word" : "term";
    const status = make("p", { class: "muted", role: "status" }, "Reading …");
    fill(box, status);
    const tell = (done, all) => { status.textContent = `Reading ${done} of ${all} …`; };
    const rows = await Count.count(view, tell, () => own === mark);
    if (rows === null) return;
    if (!rows.length) {
      status.textContent = view === "words" ? "Nothing has a reference: no word can be wrong." : "No terms are scored: scoring.terms names none, or none was said.";
      return;
    }
    const find = make("input", { type: "search", placeholder: `Find a ${what}`, "aria-label": `Find a ${what}`, oninput: () => list() });
    const sort = make("select", { "aria-label": "Sort by", onchange: () => list() }, ...Object.entries(SORTS).map(([value, name]) => make("option", { value }, name)));
    const body = make("tbody"), places = make("div", { class: "places" }), told = make("p", { class: "small muted" });
    const headings = [what, "said", "wrong in A", "wrong in B", "heard instead"].map((name) => make("th", { scope: "col" }, name));
    const choose = (row) => {
      for (const line of body.children) line.setAttribute("aria-selected", line.dataset.name === row.name);
      show(places, row, go);
    };
    function list() {
      const wanted = find.value.toLowerCase(), key = KEYS[sort.value];
      const shown = rows.filter((row) => (wanted ? row.name.toLowerCase().includes(wanted) : row.wrong[0] + row.wrong[1] > 0));
      shown.sort((x, y) => key(x) - key(y) || (x.name < y.name ? -1 : 1));
      fill(body, ...shown.slice(0, MOST_ROWS).map((row) => line(row, () => choose(row))));
      const count = shown.length.toLocaleString("en");
      told.textContent = shown.length > MOST_ROWS ? `The first ${MOST_ROWS} of ${count}: find others by their letters.` : `${count} ${what}${shown.length === 1 ? "" : "s"}${wanted ? "" : " went wrong"}.`;
      return shown;
    }
    const shown = list();
    const table = make("table", {}, make("thead", {}, make("tr", {}, ...headings)), body);
    fill(box, make("div", { class: "two" }, make("div", {}, make("p", { class: "bar" }, find, sort), told, make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `By ${what}` }, table)), places));
    if (shown.length) choose(shown[0]);
  }

  function line(row, onclick) {
    const instead = new Map();
    for (const side of row.heard) for (const [as, number] of side) instead.set(as, (instead.get(as) || 0) + number);
    const common = [...instead].sort((x, y) => y[1] - x[1]).slice(0, 3);
    return make(
      "tr", { "data-name": row.name },
      make("th", { scope: "row" }, make("button", { type: "button", class: "plain", onclick }, make("bdi", {}, row.name))),
      make("td", { class: "number" }, row.said), make("td", { class: "number" }, row.wrong[0]), make("td", { class: "number" }, Model.a === Model.b ? "" : row.wrong[1]),
      make("td", { class: "small" }, ...common.map(([as, number]) => make("span", { class: "instead" }, make("bdi", {}, as), make("span", { class: "muted" }, ` ${number}`)))),
    );
  }

  function show(box, row, go) {
    const count = row.places.length, list = make("ol");
    for (const place of row.places.slice(0, MOST_PLACES)) {
      const [chunk, side, as] = place, letter = side ? "b" : "a";
      list.append(make(
        "li", {},
        make("button", { type: "button", class: "listen", "aria-label": "Listen", onclick: (event) => listen(place, event.currentTarget) }, "▶"),
        make("b", { class: `side ${letter}` }, letter.toUpperCase()), " ", make("bdi", {}, as), " ",
        make("button", { type: "button", class: "plain small", onclick: () => go(chunk) }, `${clock(Model.chunks.start[chunk])} `, make("bdi", {}, Model.recordingOf(chunk).title)),
      ));
    }
    const heading = make("h2", { dir: "auto" }, row.name), more = count > MOST_PLACES && `, the first ${MOST_PLACES} here`;
    fill(box, heading, make("p", { class: "small muted" }, `${count} ${count === 1 ? "place" : "places"}`, more), list);
  }

  // Plays a place: the words that were heard there by their times, else about where they stand.
  async function listen([chunk, side, , from, to], button) {
    const condition = side ? Model.b : Model.a, kinds = [`c${condition}`, `w${condition}`, `s${Model.study.variantOf[condition]}`];
    const [cell, words, sound] = await Promise.all(kinds.map((kind) => Model.cell(chunk, kind)));
    try {
      const silence = Model.silence(sound);
      if (silence !== null) throw new Error(silence);
      const start = Model.chunks.start[chunk], heard = Words.split(cell[1]), parts = Words.pieces(cell[0], words, start);
      const times = words && words.words ? Align.times(parts, heard) : [];
      const share = ((Model.chunks.end[chunk] - start) * from) / Math.max(1, heard.length);
      const begin = times[from] ? times[from][0] : times[from - 1] ? times[from - 1][1] : share;
      const end = to > from && times[to - 1] ? times[to - 1][1] : begin;
      Sound.onmove(() => { button.textContent = Sound.player.paused ? "▶" : "❚❚"; }, (trouble) => {
        button.textContent = "–";
        button.title = trouble;
      });
      await Sound.load(sound);
      await Sound.play(Math.max(0, begin - AROUND), Math.max(end + AROUND, begin + SHORTEST));
    } catch (error) {
      button.textContent = "–";
      button.title = error.message;
    }
  }

  return { draw, stop: () => { mark++; } };
})();
