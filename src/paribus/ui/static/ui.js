"use strict";
// Draws each figure when it comes near the window, and keeps what runs up to date.
(() => {
  const EVERY = 1500; // milliseconds between two looks at what runs
  const BOARD_EVERY = 20000; // and at its leaderboard, for which the server gathers its facts anew
  const AHEAD = "600px";
  const count = (value) => value.toLocaleString("en-US");

  async function read(address) {
    const answer = await fetch(address, { headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.json();
  }

  async function draw(plate) {
    try {
      const { specification } = await read(plate.dataset.drawing);
      // The interpreter needs no eval, which the app's policy forbids.
      const { view } = await vegaEmbed(plate, specification, { actions: false, renderer: "svg", ast: true });
      view.addEventListener("click", (_event, item) => {
        const id = item?.datum?.config_id;
        const study = /^\/study\/[0-9a-f]+/.exec(location.pathname)?.[0];
        if (id && study) location.assign(`${study}/configuration/${encodeURIComponent(id)}`);
      });
      plate.dataset.drawn = "yes";
    } catch (error) {
      plate.textContent = "There is nothing to draw here.";
      plate.dataset.drawn = "no";
    }
  }

  whenNear(document.querySelectorAll("[data-drawing]"), AHEAD, draw);

  function put(place, state) {
    for (const name of ["done", "planned"]) {
      const cell = place.querySelector(`[data-value=${name}]`);
      if (cell) cell.textContent = count(state[name]);
    }
    const best = place.querySelector("[data-value=best]");
    if (best && state.best !== null) best.textContent = state.best.toFixed(3).replace("-", "−");
    const bar = place.querySelector(":scope > td progress");
    if (bar) Object.assign(bar, { max: state.planned || 1, value: state.done });
    state.stages.forEach((stage, position) => {
      const line = place.querySelector(`[data-stage="${position}"]`);
      if (!line) return;
      Object.assign(line.querySelector("progress"), { max: stage.planned || 1, value: stage.done });
      line.lastElementChild.textContent = `${count(stage.done)} of ${count(stage.planned)}`;
    });
  }

  // The leaderboard of a study that runs, read again with what is ticked in it; never under the reader's hand.
  const board = { read: Date.now(), done: null };
  async function renew({ state, done }) {
    const shown = document.querySelector("#leaderboard table");
    board.done ??= done;
    const due = state === "running" && done !== board.done && Date.now() - board.read > BOARD_EVERY;
    if (!shown || !due || shown.contains(document.activeElement)) return;
    Object.assign(board, { read: Date.now(), done });
    const answer = await fetch(location.pathname + location.search);
    const made = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#leaderboard table");
    if (!made) return;
    const ticked = new Set([...shown.querySelectorAll("input:checked")].map(({ value }) => value));
    for (const input of made.querySelectorAll("input")) input.checked = ticked.has(input.value);
    shown.replaceWith(document.adoptNode(made));
  }

  async function look(watched) {
    const told = await read(watched.dataset.watch);
    const states = Array.isArray(told) ? told : [told];
    const places = Array.isArray(told) ? [...watched.querySelectorAll("[data-key]")] : [watched];
    const known = new Set(places.map((place) => place.dataset.key));
    if (Array.isArray(told) && states.some(({ key }) => !known.has(key))) return location.reload();
    for (const place of places) {
      const state = Array.isArray(told) ? states.find(({ key }) => key === place.dataset.key) : told;
      if (!state || state.state !== place.dataset.state) return location.reload();
      put(place, state);
    }
    if (!Array.isArray(told)) await renew(told);
    watched.dataset.looked = "yes";
  }

  const watched = document.querySelector("[data-watch]");
  if (watched) {
    setInterval(() => {
      if (!document.hidden) look(watched).catch(() => {});
    }, EVERY);
  }
})();
