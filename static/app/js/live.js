// The one event stream of a page: <div id="live" hx-sse:connect="/…">.
//
// Unnamed messages hold <hx-partial> fragments and are swapped by htmx. Named messages become
// DOM events of that name on #live and bubble to the document; `event.detail.data` is their text.
// "beat" every 15 s proves that the line is alive; after 45 s without one we dial again.

const SILENT_MS = 45_000;
const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 30_000;

const source = document.getElementById("live");
let connection = null;
let lastBeat = 0;
let wasLost = false;
let retryMs = FIRST_RETRY_MS;
let redial = null;
let leaving = false;

const showState = (state) => {
  for (const pill of document.querySelectorAll("[data-live]")) {
    if (pill.dataset.live === state && state !== "wait") continue;
    pill.dataset.live = state;
    const words = { on: pill.dataset.liveOn, wait: pill.dataset.liveWait, off: pill.dataset.liveOff };
    const text = pill.querySelector("span");
    if (text.textContent !== words[state]) text.textContent = words[state];
  }
};

const lost = () => {
  wasLost = true;
  showState("wait");
};

const connected = (event) => {
  connection = event.detail.connection;
  retryMs = FIRST_RETRY_MS;
  lastBeat = 0;
  showState("on");
  // Whatever happened in between was missed: charts and maps read their facts again.
  if (wasLost) document.dispatchEvent(new CustomEvent("live:resumed"));
  wasLost = false;
};

const dial = () => {
  redial = null;
  if (leaving || !source?.isConnected) return;
  htmx.ajax("GET", source.getAttribute("hx-sse:connect"), { source, swap: "none" });
};

// The extension repeats a broken stream, but not a first answer that was no stream.
const dialLater = () => {
  lost();
  if (redial) return;
  redial = setTimeout(dial, retryMs * (0.7 + Math.random() * 0.6));
  retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
};

const hangUp = () => {
  leaving = true;
  connection?.reader?.cancel();
  connection?.abortController?.abort();
  connection = null;
};

if (source) {
  source.addEventListener("htmx:sse:after:connection", connected);
  source.addEventListener("htmx:sse:error", lost);
  source.addEventListener("htmx:sse:before:connection", (event) => {
    if (event.detail.connection.attempt > 0) lost();
  });
  source.addEventListener("htmx:sse:close", () => {
    connection = null;
    if (!leaving) dialLater();
  });
  source.addEventListener("htmx:error", () => { if (!connection) dialLater(); });
  source.addEventListener("htmx:response:error", () => { if (!connection) dialLater(); });
  source.addEventListener("beat", () => {
    // A beat proves a stream whose opening went unheard.
    if (!connection) connected({ detail: { connection: source._htmx?.sse ?? null } });
    lastBeat = Date.now();
  });
  source.addEventListener("htmx:sse:after:message", () => { if (lastBeat) lastBeat = Date.now(); });

  // htmx may have dialled and been answered before this module ran.
  const early = source._htmx?.sse;
  if (early?.status) connected({ detail: { connection: early } });

  setInterval(() => {
    if (!document.hidden && lastBeat && Date.now() - lastBeat > SILENT_MS) {
      lastBeat = 0;
      lost();
      connection?.reader?.cancel();
    }
  }, 5_000);

  addEventListener("pagehide", hangUp);
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    leaving = false;
    lost();
    dial();
  });
}

/** Call `handler(data)` with the parsed JSON of each named message; returns a stop function. */
export const onLive = (name, handler) => {
  const listener = (event) => handler(JSON.parse(event.detail.data));
  document.addEventListener(name, listener);
  return () => document.removeEventListener(name, listener);
};
