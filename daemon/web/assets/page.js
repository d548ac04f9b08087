// SPDX-License-Identifier: GPL-2.0-or-later
// The pages are whole without this. It fetches the same addresses and puts their <main> in place, so that
// nothing jumps, and completes what is typed.
"use strict";
(() => {
  const SUGGEST_LIMIT = 8, SUGGEST_WAIT = 60, RETRY_WAIT_MAX = 10000, QUERY_MAX = 16000;
  const status = document.getElementById("status");
  let current = new AbortController(), shown = location.href;

  const say = text => { status.textContent = text; };
  const pause = ms => new Promise(done => setTimeout(done, ms));
  const isOurs = url => url.origin === location.origin &&
    (["/", "/compare", "/changes", "/about"].includes(url.pathname) || /^\/(records|facets)\/./.test(url.pathname));

  // Where one was on the pages behind; the browser looks for the place before the page is there.
  const places = new Map();
  let entry = history.state?.entry ?? Date.now(), leaving = null;
  history.replaceState({ entry }, "");
  history.scrollRestoration = "manual";
  window.addEventListener("pagehide", () => { history.scrollRestoration = "auto"; });

  // A page's text; tried again while the daemon is busy or away. What is shown stays meanwhile.
  async function load(url, signal) {
    for (let time = 0; ; time++) {
      let reply = null;
      try {
        reply = await fetch(url, { signal, headers: { Accept: "text/html" } });
      } catch (error) {
        if (signal.aborted) throw error;
      }
      if (reply && reply.status !== 503 && reply.status !== 429) return reply;
      say(reply ? "The register is busy for a moment; trying again." : "The register cannot be reached; trying again. What you see is kept.");
      await pause(Math.min(500 * 2 ** time, RETRY_WAIT_MAX));
      if (signal.aborted) throw new DOMException("", "AbortError");
    }
  }

  // `isTyped`: what stands in the box meanwhile is the person's.
  function put(text, isTyped) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const main = page.getElementById("main"), old = document.getElementById("main");
    const box = page.getElementById("q"), own = document.getElementById("q");
    const swapsHeader = Boolean(box) !== Boolean(own) || old.querySelector("#search") || main.querySelector("#search");
    const wasOpen = new Map([...old.querySelectorAll("details.facet")].map(one => [one.id, one.open]));
    document.title = page.title;
    for (const what of ["link[rel=alternate]", "link[rel=canonical]", "meta[name=description]"]) {
      document.head.querySelector(what)?.remove();
      const one = page.head.querySelector(what);
      if (one) document.head.append(document.adoptNode(one));
    }
    old.replaceWith(document.adoptNode(main));
    for (const one of main.querySelectorAll("details.facet"))
      if (wasOpen.has(one.id)) one.open = wasOpen.get(one.id);
    if (swapsHeader) {
      document.querySelector("header.top").replaceWith(document.adoptNode(page.querySelector("header.top")));
      complete();
    } else if (box && own) {
      if (!isTyped || document.activeElement !== own) own.value = box.value;
      document.getElementById("carried").replaceWith(document.adoptNode(page.getElementById("carried")));
      const ways = document.getElementById("ways"), others = page.getElementById("ways");
      others.open = ways.open;
      ways.replaceWith(document.adoptNode(others));
    }
    main.querySelector("#search") && complete();
  }

  // `place`: how far down one was; `focus` finds what is to have the focus.
  async function go(url, { push = true, scroll = true, place = null, focus = null } = {}) {
    current.abort();
    const mine = current = new AbortController();
    const main = document.getElementById("main");
    const waiting = setTimeout(() => main.classList.add("waiting"), 150);
    try {
      const reply = await load(url, mine.signal);
      const text = await reply.text();
      if (mine.signal.aborted) return;
      if (push && url.href !== shown) {
        places.set(entry, window.scrollY);
        entry = Date.now();
        history.pushState({ entry }, "", url);
      }
      shown = url.href;
      put(text, push);
      const count = document.getElementById("found");
      say("");
      if (count) announce(count.textContent);
      if (url.hash === "#filters") location.replace(url.hash); // what is :target is only settled by going there
      else if (place !== null) window.scrollTo(0, place);
      else if (scroll) url.hash && document.getElementById(url.hash.slice(1)) ? document.getElementById(url.hash.slice(1)).scrollIntoView() : window.scrollTo(0, 0);
      focus?.()?.focus({ preventScroll: true });
      if (document.activeElement === document.body) document.getElementById("main").focus({ preventScroll: true });
    } catch (error) {
      if (error.name !== "AbortError") location.assign(url);
    } finally {
      clearTimeout(waiting);
      document.getElementById("main").classList.remove("waiting");
    }
  }

  const voice = document.body.appendChild(document.createElement("p"));
  voice.className = "hidden";
  voice.setAttribute("aria-live", "polite");
  const announce = text => { voice.textContent = text; };

  // The link that stands where another stood: of the same value.
  const valueOf = link => (link.getAttribute("aria-label") ?? link.querySelector(".name, text")?.textContent ?? link.textContent)
    .replace(/^Chosen, remove: |: [\d,]+$/g, "");
  function likeOf(link) {
    const facet = link.closest("details[id]")?.id, within = facet ? "#" + facet : ".chart", value = valueOf(link);
    return () => [...document.querySelectorAll(within + " a")].find(one => valueOf(one) === value) ??
      document.querySelector(within + " summary");
  }

  document.addEventListener("click", event => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || link.hasAttribute("download")) return;
    const url = new URL(link.href instanceof Object ? link.href.baseVal : link.href, location.href);
    if (!isOurs(url)) return;
    if (url.hash && url.pathname === location.pathname && url.search === location.search) { leaving = window.scrollY; return; }
    event.preventDefault();
    const facet = link.closest("#filters");
    const keepsDrawer = facet && location.hash === "#filters";
    if (keepsDrawer) url.hash = "filters";
    go(url, { scroll: !facet, focus: facet && likeOf(link) });
  });

  document.addEventListener("submit", event => {
    const form = event.target, url = new URL(form.action, location.href);
    if (!isOurs(url)) return;
    event.preventDefault();
    const fields = [...new FormData(form)].filter(([, value]) => value !== "");
    url.search = new URLSearchParams(fields);
    url.hash = "";
    if (url.search.length > QUERY_MAX) { say("That is too long to look for. Your text is still there: please try a shorter piece of it."); return; }
    if (form.classList.contains("hits-form") && fields.filter(([name]) => name === "id").length !== 2) {
      say("Please tick two agreements to compare.");
      status.scrollIntoView({ block: "center" });
      return;
    }
    go(url, { scroll: true, focus: form.id === "search" ? () => document.getElementById("q") : null });
  });

  window.addEventListener("popstate", event => {
    const old = new URL(shown), now = new URL(location.href);
    places.set(entry, leaving ?? window.scrollY);
    leaving = null;
    entry = event.state?.entry ?? Date.now();
    if (!event.state) history.replaceState({ entry }, "");
    if (old.pathname + old.search !== now.pathname + now.search) { go(now, { push: false, place: places.get(entry) ?? 0 }); return; }
    shown = now.href;
    if (places.has(entry)) window.scrollTo(0, places.get(entry));
  });

  // ---- completion: the combobox pattern of the ARIA Authoring Practices, with a list ----
  const KINDS = { word: "word", phrase: "phrase", organisation: "recipient", dataset: "data set", provision: "legal basis", controller: "controller", record: "agreement" };

  // Values are filters, which is what their counts count.
  const FILTERS = { organisation: "organisation", dataset: "dataset", controller: "controller", provision: "legal_basis" };

  function complete() {
    const input = document.getElementById("q");
    if (!input || input.getAttribute("role") === "combobox") return;
    const list = document.createElement("ul");
    let found = [], replaces = "", at = -1, timer = 0, asked = new AbortController(), typed = input.value;
    list.id = "completions";
    list.className = "completions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Suggestions");
    list.hidden = true;
    input.parentNode.append(list);
    for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", "completions"], ["aria-autocomplete", "list"]]) input.setAttribute(name, value);

    const close = () => { list.hidden = true; at = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
    const whole = one => typed.slice(0, typed.length - replaces.length) + one.text;
    function choose(next) {
      at = next;
      [...list.children].forEach((row, i) => row.setAttribute("aria-selected", String(i === at)));
      if (at < 0) { input.removeAttribute("aria-activedescendant"); input.value = typed; return; }
      input.setAttribute("aria-activedescendant", list.children[at].id);
      input.value = whole(found[at]);
    }
    function take(one) {
      clearTimeout(timer);
      asked.abort();
      close();
      if (one.kind === "record") { go(new URL("/records/" + encodeURIComponent(one.text), location.href)); return; }
      if (FILTERS[one.kind]) {
        input.value = typed.slice(0, typed.length - replaces.length).trim();
        const url = new URL("/", location.href), fields = [...new FormData(input.form)].filter(([, value]) => value !== "");
        url.search = new URLSearchParams([...fields, [FILTERS[one.kind], one.text]]);
        go(url);
        return;
      }
      input.value = whole(one);
      typed = input.value;
      input.form.requestSubmit();
    }
    function show() {
      list.replaceChildren(...found.map((one, i) => {
        const row = document.createElement("li"), text = document.createElement("span"), kind = document.createElement("span");
        row.id = "completion-" + i;
        row.setAttribute("role", "option");
        row.setAttribute("aria-selected", "false");
        text.textContent = one.text;
        text.dir = "auto";
        kind.className = "kind";
        kind.textContent = (KINDS[one.kind] ?? one.kind) + ", " + one.count.toLocaleString("en-GB");
        row.append(text, kind);
        row.addEventListener("mousedown", event => event.preventDefault());
        row.addEventListener("click", () => take(one));
        return row;
      }));
      at = -1;
      list.hidden = found.length === 0;
      input.setAttribute("aria-expanded", String(!list.hidden));
    }
    async function ask() {
      asked.abort();
      const mine = asked = new AbortController();
      typed = input.value;
      if (!typed.trim() || typed.length > 200) { close(); return; }
      try {
        const reply = await fetch("/api/suggest?limit=" + SUGGEST_LIMIT + "&q=" + encodeURIComponent(typed), { signal: mine.signal });
        if (!reply.ok) return;
        const result = await reply.json();
        if (mine.signal.aborted || document.activeElement !== input) return;
        found = result.suggestions;
        replaces = result.replaces ?? typed;
        show();
      } catch { /* a suggestion less: the form still works */ }
    }
    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, SUGGEST_WAIT); });
    input.addEventListener("blur", close);
    input.form.addEventListener("submit", () => { clearTimeout(timer); asked.abort(); close(); });
    input.addEventListener("keydown", event => {
      const count = found.length, isTypedOn = at < 0 && input.value !== typed; // what is shown is of less
      if (event.key === "Escape" && !list.hidden) { event.preventDefault(); if (!isTypedOn) input.value = typed; close(); return; }
      if (event.key === "Enter" && !list.hidden && at >= 0) { event.preventDefault(); take(found[at]); return; }
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      if (isTypedOn) { clearTimeout(timer); ask(); return; }
      if (count === 0) return;
      event.preventDefault();
      if (list.hidden) { list.hidden = false; input.setAttribute("aria-expanded", "true"); }
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(at + step >= count ? -1 : at + step < -1 ? count - 1 : at + step);
    });
  }
  complete();
  if (document.querySelector("main[data-again]")) go(new URL(location.href), { push: false });
  document.addEventListener("keydown", event => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) return;
    const input = document.getElementById("q");
    if (input) { event.preventDefault(); input.focus(); input.select(); }
  });
})();
