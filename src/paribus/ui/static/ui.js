"use strict";
// Draws each figure when it comes near the window, and keeps what runs up to date.
(() => {
  const EVERY = 1500; // milliseconds between two looks at what runs
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

  const near = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        draw(target);
      }
    },
    { rootMargin: AHEAD },
  );
  for (const plate of document.querySelectorAll("[data-drawing]")) near.observe(plate);

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
  }

  const watched = document.querySelector("[data-watch]");
  if (watched) {
    setInterval(() => {
      if (!document.hidden) look(watched).catch(() => {});
    }, EVERY);
  }
})();
