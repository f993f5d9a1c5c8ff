"use strict";
// A chunk's sound: played, with its waveform, its spectrogram and a mark that moves over both.
const Sound = (() => {
  const RATE = 16000, WINDOW = 512;
  const player = new Audio();
  player.preload = "auto";
  let listener = () => {}, complain = () => {}, mark = 0, address = "", stop = null;

  const tell = () => listener(player.currentTime, player.duration || 0);
  function follow() {
    if (stop !== null && player.currentTime >= stop) player.pause();
    tell();
    if (!player.paused) requestAnimationFrame(follow);
  }
  player.addEventListener("play", follow);
  player.addEventListener("error", () => { if (player.getAttribute("src")) complain("This sound cannot be played: its file is missing or damaged."); });
  for (const event of ["seeked", "pause", "loadedmetadata"]) player.addEventListener(event, tell);

  // A cell of a sound file -> the sound, ready to play; its samples, or null where they are hidden.
  async function load(cell) {
    const own = ++mark;
    player.pause();
    stop = null;
    const [kind, place] = cell;
    let bytes = null;
    if (kind === "copy") {
      bytes = await Data.bytes(`sound/${place}`);
    } else if (location.protocol.startsWith("http")) {
      const answer = await fetch(place);
      bytes = answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
    }
    if (own !== mark) return null;
    if (address) URL.revokeObjectURL(address);
    address = bytes ? URL.createObjectURL(new Blob([bytes], { type: "audio/flac" })) : "";
    player.src = address || place;
    if (!bytes) return null;
    const decoder = new OfflineAudioContext(1, 1, RATE);
    const buffer = await decoder.decodeAudioData(bytes.buffer);
    return own === mark ? buffer.getChannelData(0) : null;
  }

  async function play(from, until) {
    stop = until === undefined ? null : until;
    if (from !== undefined) player.currentTime = Math.max(0, from);
    // Without a sound, or with another one coming, there is nothing to play.
    await player.play().catch(tell);
  }

  function clear() {
    mark++;
    player.pause();
    player.removeAttribute("src");
    player.load();
  }

  const toggle = () => (player.paused ? play() : player.pause());

  function wave(canvas, samples) {
    const { width, height } = canvas;
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, width, height);
    context.fillStyle = getComputedStyle(canvas).color;
    let most = 1e-4;
    for (const sample of samples) most = Math.max(most, Math.abs(sample));
    for (let x = 0; x < width; x++) {
      const from = Math.floor((x * samples.length) / width), to = Math.max(from + 1, Math.floor(((x + 1) * samples.length) / width));
      let low = 0, high = 0;
      for (let i = from; i < to; i++) {
        if (samples[i] < low) low = samples[i];
        if (samples[i] > high) high = samples[i];
      }
      const top = (0.5 - (0.48 * high) / most) * height, bottom = (0.5 - (0.48 * low) / most) * height;
      context.fillRect(x, top, 1, Math.max(1, bottom - top));
    }
  }

  // In place: a fast Fourier transform of WINDOW values (Cooley and Tukey, radix 2).
  function transform(real, imaginary) {
    for (let i = 1, j = 0; i < WINDOW; i++) {
      let bit = WINDOW >> 1;
      for (; j & bit; bit >>= 1) j ^= bit;
      j ^= bit;
      if (i < j) [real[i], real[j]] = [real[j], real[i]];
    }
    for (let size = 2; size <= WINDOW; size <<= 1) {
      for (let k = 0; k < size / 2; k++) {
        const cosine = Math.cos((-2 * Math.PI * k) / size), sine = Math.sin((-2 * Math.PI * k) / size);
        for (let i = k; i < WINDOW; i += size) {
          const j = i + size / 2;
          const re = real[j] * cosine - imaginary[j] * sine, im = real[j] * sine + imaginary[j] * cosine;
          real[j] = real[i] - re;
          imaginary[j] = imaginary[i] - im;
          real[i] += re;
          imaginary[i] += im;
        }
      }
    }
  }

  // From dark to light; the steps of matplotlib's magma, which reads in grey as well.
  const STEPS = [[0, 0, 4], [81, 18, 124], [183, 55, 121], [252, 137, 97], [252, 253, 191]];
  function colour(share) {
    const at = Math.min(0.9999, Math.max(0, share)) * (STEPS.length - 1), step = Math.floor(at);
    return STEPS[step].map((value, k) => value + (STEPS[step + 1][k] - value) * (at - step));
  }

  // 0 to 8 kHz upwards, 80 dB below the loudest.
  function spectrogram(canvas, samples) {
    const { width } = canvas, bins = WINDOW / 2;
    const power = new Float32Array(width * bins);
    let most = 1e-12;
    for (let x = 0; x < width; x++) {
      const middle = Math.floor(((x + 0.5) * samples.length) / width) - WINDOW / 2;
      const real = new Float64Array(WINDOW), imaginary = new Float64Array(WINDOW);
      for (let i = 0; i < WINDOW; i++) real[i] = (samples[middle + i] || 0) * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WINDOW));
      transform(real, imaginary);
      for (let k = 0; k < bins; k++) {
        const value = real[k] ** 2 + imaginary[k] ** 2;
        power[x * bins + k] = value;
        if (value > most) most = value;
      }
    }
    const small = new OffscreenCanvas(width, bins), context = small.getContext("2d");
    const image = context.createImageData(width, bins);
    for (let x = 0; x < width; x++) {
      for (let k = 0; k < bins; k++) {
        const level = 1 + Math.log10(power[x * bins + k] / most + 1e-12) / 8;
        image.data.set([...colour(level), 255], 4 * ((bins - 1 - k) * width + x));
      }
    }
    context.putImageData(image, 0, 0);
    canvas.getContext("2d").drawImage(small, 0, 0, width, canvas.height);
  }

  return {
    load, play, toggle, clear, wave, spectrogram, player,
    pause: () => player.pause(),
    seek: (time) => {
      stop = null;
      player.currentTime = Math.max(0, time);
    },
    // One listener at a time: called with where the sound is and how long; and with what is wrong.
    onmove: (moved, trouble) => { listener = moved; complain = trouble || (() => {}); },
  };
})();
