"use strict";
// Tables sort by the heading that is pressed; a second press turns the order round.
for (const button of document.querySelectorAll("table.sortable th button")) {
  button.addEventListener("click", () => {
    const heading = button.closest("th");
    const column = heading.cellIndex;
    const rising = heading.getAttribute("aria-sort") !== "ascending";
    for (const other of heading.parentElement.children) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", rising ? "ascending" : "descending");
    const body = heading.closest("table").tBodies[0];
    const value = (row) => {
      const cell = row.cells[column];
      return cell.dataset.value === undefined ? cell.textContent.trim() : cell.dataset.value;
    };
    const compare = (a, b) => {
      if (a === "" || b === "") return (a === "") - (b === "");
      const order = heading.classList.contains("number") ? a - b : a.localeCompare(b);
      return rising ? order : -order;
    };
    body.append(...[...body.rows].sort((a, b) => compare(value(a), value(b))));
  });
}
// One voice at a time.
document.addEventListener(
  "play",
  (event) => {
    for (const audio of document.querySelectorAll("audio")) {
      if (audio !== event.target) audio.pause();
    }
  },
  true,
);
// Every figure is saved as it is seen: with the colours of light or dark, in a font that all have.
const standAlone = (drawing) => {
  const colours = getComputedStyle(document.documentElement);
  const copy = drawing.cloneNode(true);
  const { width, height } = drawing.viewBox.baseVal;
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  copy.setAttribute("font-family", "system-ui, Helvetica, Arial, sans-serif");
  for (const name of ["class", "role", "aria-label"]) copy.removeAttribute(name);
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ width, height, fill: "var(--page)" })) {
    ground.setAttribute(name, value);
  }
  copy.prepend(ground);
  const text = new XMLSerializer().serializeToString(copy);
  return text.replace(/var\((--[a-z]+)\)/g, (_, name) => colours.getPropertyValue(name).trim());
};
const save = (name, address) => {
  const link = document.createElement("a");
  link.download = name;
  link.href = address;
  link.click();
};
const savePicture = (name, source, { width, height }) => {
  const picture = new Image();
  picture.addEventListener("load", () => {
    const canvas = document.createElement("canvas");
    canvas.width = 2 * width;
    canvas.height = 2 * height;
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    save(name, canvas.toDataURL("image/png"));
  });
  picture.src = source;
};
for (const figure of document.querySelectorAll("figure[data-name]")) {
  const bar = document.createElement("p");
  bar.className = "save small";
  for (const kind of ["SVG", "PNG"]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `Save as ${kind}`;
    button.setAttribute("aria-label", `Save as ${kind}: ${figure.dataset.name}`);
    button.addEventListener("click", () => {
      const drawings = [...figure.querySelectorAll("svg")];
      const drawing = drawings.find((svg) => svg.getBoundingClientRect().width > 0) || drawings[0];
      const text = standAlone(drawing);
      if (kind === "SVG") {
        const file = new Blob([text], { type: "image/svg+xml" });
        save(`${figure.dataset.name}.svg`, URL.createObjectURL(file));
      } else {
        const source = `data:image/svg+xml,${encodeURIComponent(text)}`;
        savePicture(`${figure.dataset.name}.png`, source, drawing.viewBox.baseVal);
      }
    });
    bar.append(button);
  }
  figure.after(bar);
}
