"use strict";
// Reads the data files. A page opened from disk may not fetch files, but it may run scripts that lie
// beside it: each has one call, `snakescribe(name, text)`, with packed JSON or a sound in Base64.
const Data = (() => {
  const MOST_KEPT = 300;
  const waiting = new Map();
  const kept = new Map();

  window.snakescribe = (name, text) => {
    const take = waiting.get(name);
    waiting.delete(name);
    if (take) take(text);
  };

  function run(name) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      waiting.set(name, resolve);
      script.src = `data/${name}.js`;
      script.onload = () => {
        script.remove();
        if (waiting.delete(name)) reject(new Error(`data/${name}.js is not what it should be`));
      };
      script.onerror = () => {
        script.remove();
        waiting.delete(name);
        reject(new Error(`data/${name}.js is missing or cannot be read`));
      };
      document.head.append(script);
    });
  }

  function decode(text) {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
    const letters = atob(text);
    const bytes = new Uint8Array(letters.length);
    for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
    return bytes;
  }

  const bytes = async (name) => decode(await run(name));

  async function unpack(name) {
    const packed = new Blob([await bytes(name)]).stream();
    return JSON.parse(await new Response(packed.pipeThrough(new DecompressionStream("gzip"))).text());
  }

  // The value in a file; the last few hundred are kept.
  function value(name) {
    let promise = kept.get(name);
    if (promise) {
      kept.delete(name);
    } else {
      promise = unpack(name);
      promise.catch(() => kept.delete(name));
    }
    kept.set(name, promise);
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
    return promise;
  }

  return { value, bytes };
})();

// Makes an element: texts from outside are only ever text.
function make(tag, attributes, ...content) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name.startsWith("aria-")) node.setAttribute(name, value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  return fill(node, ...content);
}

// Puts contents into an element, in place of what is in it; what is missing is left out.
function fill(node, ...content) {
  node.replaceChildren(...content.filter((part) => part !== null && part !== undefined && part !== false));
  return node;
}

function clock(seconds) {
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, "0"));
  return (whole >= 3600 ? `${Math.floor(whole / 3600)}:` : "") + parts.join(":");
}
