"use strict";
// By recording: the error rate of every condition along its time, its worst places, and who wins.
const Recordings = (() => {
  const SVG = "http://www.w3.org/2000/svg", HEIGHT = 260, LEFT = 44, BOTTOM = 24;
  const MOST_POINTS = 40, MOST_ROWS = 500, WORST = 10;
  let mark = 0, chosen = -1;

  const shape = (tag, attributes, text) => {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    if (text !== undefined) node.textContent = text;
    return node;
  };

  const chunksOf = (recording) => {
    const out = [];
    for (let i = Model.first[recording]; i < Model.study.chunks && Model.chunks.recording[i] === recording; i++) out.push(i);
    return out;
  };

  const errorsOf = (condition, chunk) => Model.columns.get(condition).errors[chunk];
  const rate = (condition, chunks) => {
    let errors = 0, words = 0;
    for (const chunk of chunks) {
      if (errorsOf(condition, chunk) < 0) continue;
      errors += errorsOf(condition, chunk);
      words += Model.chunks.words[chunk];
    }
    return words ? errors / words : null;
  };
  const percent = (value) => (value === null ? "–" : `${(100 * value).toFixed(1)} %`);

  async function draw(box, go) {
    const own = ++mark, { study } = Model;
    const status = make("p", { class: "muted", role: "status" }, "Reading …");
    fill(box, status);
    for (let number = 0; number < study.conditions.length; number++) {
      await Model.loadColumns(number);
      if (own !== mark) return;
      status.textContent = `Reading ${number + 1} of ${study.conditions.length} conditions …`;
    }
    const rows = study.recordings.map((recording, place) => {
      const chunks = chunksOf(place);
      return { place, recording, chunks, a: rate(Model.a, chunks), b: rate(Model.b, chunks) };
    });
    rows.sort((x, y) => Math.max(y.a ?? -1, y.b ?? -1) - Math.max(x.a ?? -1, x.b ?? -1));
    const detail = make("div", { class: "detail" });
    const show = (row) => {
      chosen = row.place;
      for (const line of body.children) line.setAttribute("aria-selected", line.dataset.place === String(row.place));
      fill(detail, ...whole(row, Math.min(900, Math.max(320, detail.clientWidth)), go));
    };
    const body = make("tbody"), told = make("p", { class: "small muted" });
    const find = make("input", { type: "search", placeholder: "Find a recording", "aria-label": "Find a recording", oninput: () => list() });
    const line = (row) => make(
      "tr", { "data-place": row.place, "aria-selected": row.place === chosen },
      make("th", { scope: "row" }, make("button", { type: "button", class: "plain", onclick: () => show(row) }, make("bdi", {}, row.recording.title))),
      make("td", { class: "number" }, clock(row.recording.seconds)), make("td", { class: "number" }, percent(row.a)), make("td", { class: "number" }, percent(row.b)),
    );
    function list() {
      const wanted = find.value.toLowerCase();
      const shown = rows.filter((row) => row.recording.title.toLowerCase().includes(wanted));
      fill(body, ...shown.slice(0, MOST_ROWS).map(line));
      const count = shown.length.toLocaleString("en");
      told.textContent = shown.length > MOST_ROWS ? `The worst ${MOST_ROWS} of ${count}: find others by their titles.` : `${count} recording${shown.length === 1 ? "" : "s"}.`;
    }
    const current = Model.chunk >= 0 ? Model.chunks.recording[Model.chunk] : chosen;
    const first = rows.find((row) => row.place === current) || rows[0];
    list();
    const headings = ["Recording", "length", `${study.rate} of A`, `${study.rate} of B`].map((name) => make("th", { scope: "col" }, name));
    const table = make("table", {}, make("thead", {}, make("tr", {}, ...headings)), body);
    fill(box, make("div", { class: "two" }, make("div", {}, make("p", {}, find), told, make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Recordings" }, table)), detail));
    if (first) show(first);
  }

  // A recording -> stretches of time with their chunks: each for itself, or few enough to be read.
  function windows(chunks) {
    const first = Model.chunks.start[chunks[0]], last = Model.chunks.end[chunks[chunks.length - 1]];
    if (chunks.length <= MOST_POINTS) {
      const parts = chunks.map((chunk) => ({ from: Model.chunks.start[chunk], to: Model.chunks.end[chunk], chunks: [chunk] }));
      return { parts, first, last };
    }
    const length = (last - first) / MOST_POINTS, out = [];
    for (const chunk of chunks) {
      const place = Math.floor((Model.chunks.start[chunk] - first) / length);
      (out[place] ||= { from: first + place * length, to: Math.min(last, first + (place + 1) * length), chunks: [] }).chunks.push(chunk);
    }
    return { parts: out.filter(Boolean), first, last };
  }

  function whole(row, wide, go) {
    const { study, a, b } = Model;
    const heading = make("h2", { dir: "auto" }, row.recording.title);
    if (row.chunks.every((chunk) => study.conditions.every((_, number) => errorsOf(number, chunk) < 0))) {
      return [heading, make("p", { class: "muted" }, "It has no reference: there is no error rate.")];
    }
    const worst = [...row.chunks].map((chunk) => [chunk, Math.max(errorsOf(a, chunk), errorsOf(b, chunk))]).filter(([, errors]) => errors > 0);
    worst.sort((x, y) => y[1] - x[1]);
    return [
      heading, graph(row, wide, go),
      make("p", { class: "legend small muted" }, make("b", { class: "side a" }, "A"), " ", make("bdi", {}, study.conditions[a].name), make("b", { class: "side b" }, "B"), " ", make("bdi", {}, study.conditions[b].name), study.conditions.length > 2 && make("span", {}, "grey: the other conditions")),
      make("p", { class: "small muted" }, "Below: each chunk; bars go up where A makes fewer errors, down where B does. Press one to open it."),
      make("h3", {}, "Worst places"),
      make("ol", {}, ...worst.slice(0, WORST).map(([chunk]) => make("li", {}, make("button", { type: "button", class: "plain", onclick: () => go(chunk) }, clock(Model.chunks.start[chunk])), ` · ${tell(a, chunk)} errors in A, ${tell(b, chunk)} in B, of ${Model.chunks.words[chunk]} words`))),
    ];
  }

  // A quarter of an axis that reaches the largest value, as a round share.
  const tick = (most) => [0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.5, 1, 2.5].find((step) => 4 * step >= most) || Math.ceil(most / 4);

  const tell = (condition, chunk) => (errorsOf(condition, chunk) < 0 ? "–" : errorsOf(condition, chunk));

  function graph(row, wide, go) {
    const { study, a, b } = Model, { parts, first, last } = windows(row.chunks);
    const strip = 56, svg = shape("svg", { viewBox: `0 0 ${wide} ${HEIGHT + strip}`, role: "img", "aria-label": `${study.rate} of every condition over the time of the recording` });
    const lines = study.conditions.map((_, number) => parts.map((part) => [(part.from + part.to) / 2, rate(number, part.chunks)]).filter(([, value]) => value !== null));
    const step = tick(Math.max(0.1, ...lines.flat().map(([, value]) => value))), top = 4 * step;
    const x = (time) => LEFT + ((time - first) / Math.max(1, last - first)) * (wide - LEFT - 10);
    const y = (value) => 10 + (1 - value / top) * (HEIGHT - BOTTOM - 10);
    for (let k = 0; k <= 4; k++) {
      const value = step * k;
      svg.append(shape("line", { x1: LEFT, x2: wide - 10, y1: y(value), y2: y(value), class: "grid" }), shape("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, `${+(100 * value).toFixed(1)} %`));
      const time = first + ((last - first) * k) / 4;
      svg.append(shape("text", { x: x(time), y: HEIGHT - 4, "text-anchor": k === 0 ? "start" : k === 4 ? "end" : "middle" }, clock(time)));
    }
    const numbers = study.conditions.map((_, number) => number).filter((number) => number !== a && number !== b);
    for (const number of [...numbers, b, a]) {
      const kind = number === a ? "a" : number === b ? "b" : "rest";
      const path = lines[number].map(([time, value], k) => `${k ? "L" : "M"}${x(time).toFixed(1)} ${y(value).toFixed(1)}`).join("");
      const line = shape("path", { d: path, class: `rate ${kind}` });
      line.append(shape("title", {}, study.conditions[number].name));
      svg.append(line);
      if (kind === "rest") continue;
      for (const [time, value] of lines[number]) {
        svg.append(kind === "a" ? shape("circle", { cx: x(time), cy: y(value), r: 4, class: "dot a" }) : shape("rect", { x: x(time) - 3.5, y: y(value) - 3.5, width: 7, height: 7, class: "dot b" }));
      }
    }
    const middle = HEIGHT + strip / 2, most = Math.max(1, ...row.chunks.map((chunk) => Math.abs(Model.difference(chunk) || 0)));
    svg.append(shape("line", { x1: LEFT, x2: wide - 10, y1: middle, y2: middle, class: "grid" }));
    for (const chunk of row.chunks) {
      const difference = Model.difference(chunk) || 0;
      const height = difference ? Math.max(3, (Math.abs(difference) / most) * (strip / 2 - 4)) : 1;
      const left = x(Model.chunks.start[chunk]), width = Math.max(1, x(Model.chunks.end[chunk]) - left - 0.5);
      const bar = shape("rect", { x: left, width, y: difference > 0 ? middle - height : middle, height, class: `win ${difference > 0 ? "a" : difference < 0 ? "b" : "rest"}` });
      bar.append(shape("title", {}, `${clock(Model.chunks.start[chunk])}: ${tell(a, chunk)} errors in A, ${tell(b, chunk)} in B`));
      bar.addEventListener("click", () => go(chunk));
      svg.append(bar);
    }
    return svg;
  }

  return { draw, stop: () => { mark++; } };
})();
