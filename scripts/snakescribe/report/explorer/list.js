"use strict";
// The list of chunks: only the rows in sight are in the page, however many there are.
const List = (() => {
  const HEIGHT = 66, MORE = 4;
  const TALLEST = 8e6; // browsers draw nothing beyond some 16 million pixels: then rows are scrolled past faster
  let box, space, choose, rows = new Map(), asked = 0;

  function open(element, onchoose) {
    box = element;
    choose = onchoose;
    space = make("div", { class: "space" });
    box.append(space);
    box.addEventListener("scroll", () => requestAnimationFrame(draw), { passive: true });
    new ResizeObserver(draw).observe(box);
  }

  const total = () => Model.order.length * HEIGHT;
  const height = () => Math.min(total(), TALLEST);
  // How far the rows are scrolled, where the scrollbar stands for more than its own length.
  const ratio = () => (total() > height() ? (total() - box.clientHeight) / (height() - box.clientHeight) : 1);

  function renew() {
    for (const row of rows.values()) row.remove();
    rows.clear();
    space.style.height = `${height()}px`;
    draw();
  }

  function draw() {
    if (!Model.study) return;
    const at = box.scrollTop * ratio();
    const first = Math.max(0, Math.floor(at / HEIGHT) - MORE);
    const stop = Math.min(Model.order.length, Math.ceil((at + box.clientHeight) / HEIGHT) + MORE);
    for (const [place, row] of rows) {
      if (place < first || place >= stop) {
        row.remove();
        rows.delete(place);
      }
    }
    const fresh = [];
    for (let place = first; place < stop; place++) {
      let row = rows.get(place);
      if (!row) {
        row = build(place);
        rows.set(place, row);
        space.append(row);
        fresh.push(place);
      }
      row.style.transform = `translateY(${place * HEIGHT - at + box.scrollTop}px)`;
      const chosen = Model.order[place] === Model.chunk;
      row.setAttribute("aria-selected", chosen);
      if (chosen) box.setAttribute("aria-activedescendant", row.id);
    }
    if (fresh.length) quote(++asked);
  }

  function figure(condition, chunk, side) {
    const { errors, confidence } = Model.columns.get(condition);
    const count = errors[chunk];
    const sure = confidence[chunk] < 0 ? "" : `${confidence[chunk]} %`;
    const text = count >= 0 ? String(count) : "–";
    return make("span", { class: `figure ${side}` }, make("b", {}, Model.scored ? text : sure), Model.scored && make("small", {}, sure));
  }

  function build(place) {
    const chunk = Model.order[place];
    const { chunks } = Model;
    const recording = Model.recordingOf(chunk);
    const difference = Model.difference(chunk);
    const flags = new Set([...Model.flagNames(Model.a, chunk), ...Model.flagNames(Model.b, chunk)]);
    const tone = !difference ? "same" : difference > 0 ? "a" : "b";
    return make(
      "div",
      {
        class: "row", role: "option", id: `row-${place}`, "data-chunk": Model.id(chunk), "aria-posinset": place + 1,
        "aria-setsize": Model.order.length, onclick: () => choose(chunk),
      },
      make(
        "span", { class: "where" },
        Marks.has(Model.id(chunk)) && make("span", { class: "starred", title: "marked" }, "★ "),
        flags.size > 0 && make("span", { class: "flag", title: [...flags].join(", ") }, `⚑${flags.size} `),
        make("span", {}, `${clock(chunks.start[chunk])} `),
        make("bdi", {}, recording.title),
      ),
      make("span", { class: "quote", dir: "auto" }),
      figure(Model.a, chunk, "a"),
      figure(Model.b, chunk, "b"),
      make(
        "span", { class: `figure difference ${tone}` },
        make("b", {}, difference === null ? "" : difference > 0 ? `A ${difference}` : difference < 0 ? `B ${-difference}` : "="),
      ),
    );
  }

  // Texts of the rows in sight, once scrolling rests: the reference, else what A heard.
  async function quote(mark) {
    await new Promise((done) => setTimeout(done, 60));
    if (mark !== asked) return;
    for (const [place, row] of [...rows]) {
      const target = row.querySelector(".quote");
      if (!target || target.textContent) continue;
      const chunk = Model.order[place];
      const cell = (await Model.cell(chunk, "reference")) || (await Model.cell(chunk, `c${Model.a}`)) || (await Model.cell(chunk, `c${Model.b}`));
      if (cell && row.isConnected) target.textContent = cell[0].slice(0, 240);
      if (mark !== asked) return;
    }
  }

  // Brings the chosen chunk into sight.
  function show() {
    const place = Model.order.indexOf(Model.chunk);
    if (place < 0) return draw();
    const top = place * HEIGHT, at = box.scrollTop * ratio();
    if (top < at || top + HEIGHT > at + box.clientHeight) {
      box.scrollTop = Math.max(0, top - box.clientHeight / 2) / ratio();
    }
    return draw();
  }

  return { open, renew, draw, show };
})();
