// Calls `draw` for each element once, when it comes near the window.
"use strict";
function whenNear(elements, ahead, draw) {
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        watcher.unobserve(target);
        draw(target);
      }
    },
    { rootMargin: ahead },
  );
  for (const element of elements) watcher.observe(element);
}
