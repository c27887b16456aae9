// Keeps the board fresh: fetches the rows again and again, and says so when that fails.
"use strict";

(() => {
  const live = document.getElementById("live");
  const lost = document.getElementById("lost");
  if (!live || !lost) return;

  const everyMs = Number(live.dataset.everySeconds) * 1000;
  const patienceMs = 10000;
  let timer = 0;
  let running = false;

  async function refresh() {
    if (running) return;
    running = true;
    clearTimeout(timer);
    try {
      const answer = await fetch(live.dataset.rows, {
        credentials: "same-origin",
        cache: "no-store",
        signal: AbortSignal.timeout(patienceMs),
      });
      if (answer.status === 401 || answer.redirected) return location.reload(); // signed out meanwhile
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      show(await answer.text());
      connected(true);
    } catch {
      connected(false);
    } finally {
      running = false;
    }
    if (!document.hidden) timer = setTimeout(refresh, everyMs);
  }

  function show(html) {
    if (selecting()) return; // someone is copying a number; the next round will do
    const page = new DOMParser().parseFromString(html, "text/html");
    const focused = live.contains(document.activeElement) ? document.activeElement.id : "";
    const { scrollX, scrollY } = window;
    live.replaceChildren(...page.body.childNodes);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    window.scrollTo(scrollX, scrollY);
  }

  function selecting() {
    const selection = document.getSelection();
    return Boolean(selection && !selection.isCollapsed && live.contains(selection.anchorNode));
  }

  function connected(yes) {
    const words = yes ? "" : "已断开，正在重连。下面是断开前的内容。";
    if (lost.textContent === words) return; // a screen reader speaks it each time it is written
    lost.textContent = words;
  }

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (!document.hidden) refresh();
  });
  timer = setTimeout(refresh, everyMs);
})();
