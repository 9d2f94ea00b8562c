// Updates the open page when files change, under `mkdocs serve` only. `server.py` adds this script to every page.

// The tag of the content that is shown, and its parsed source.
let tag = document.currentScript.dataset.page
let source = null

let isReloading = false
const reload = () => {
  sessionStorage.setItem("live-place", JSON.stringify(savePlace()))
  // The browser would scroll to the old position, which may have moved.
  history.scrollRestoration = "manual"
  isReloading = true
  location.reload()
}

// Reads the source of this page from the browser's cache.
const loadSource = async () => {
  const response = await fetch(location.href, { cache: "force-cache" }).catch(() => null)
  if (response?.headers.get("ETag") === `"${tag}"`) source = parsePage(await response.text())
}

// Patches or reloads this page if the server has another content.
const update = async () => {
  const response = await fetch(location.pathname, { cache: "no-store" }).catch(() => null)
  const etag = response?.headers.get("ETag")
  if (response?.redirected) return location.replace(response.url + location.hash)
  if (!etag || etag === `"${tag}"`) return
  const next = parsePage(await response.text())
  const steps = response.ok && source ? diffPages(source, next) : null
  if (!steps) return reload()
  const place = savePlace()
  steps.forEach((step) => step())
  scrollToPlace(place)
  source = next
  tag = etag.slice(1, -1)
}
// Updates run in sequence, also after one that failed, such as when the connection was lost.
let lastUpdate = Promise.resolve()
const queueUpdate = () => (lastUpdate = lastUpdate.then(update, update))

// The old style sheet stays until the new one has loaded, so that the page is never without styles.
const replaceStylesheet = (sheet) => {
  const next = sheet.cloneNode()
  const url = new URL(sheet.href)
  url.searchParams.set("live", Date.now())
  next.href = url.href
  next.addEventListener("load", () => sheet.remove())
  sheet.after(next)
}
const pathOf = (url) => decodeURI(new URL(url).pathname)
const updateFiles = (paths) => {
  const sheets = [...document.querySelectorAll('link[rel~="stylesheet"]')]
  const changed = sheets.filter((sheet) => paths.includes(pathOf(sheet.href)))
  changed.forEach(replaceStylesheet)
  const isOnlySheets = changed.length > 0 && paths.every((path) => path.endsWith(".css"))
  // Images, scripts and imported style sheets: reload if this page uses them.
  const used = () => performance.getEntriesByType("resource").map((entry) => pathOf(entry.name))
  if (!isOnlySheets && used().some((path) => paths.includes(path))) reload()
}

// Only a visible page listens: a browser allows few connections to a server.
let events = null
const listen = () => {
  events?.close()
  events = null
  if (document.visibilityState !== "visible") return
  events = new EventSource("/livereload")
  events.addEventListener("open", queueUpdate)
  events.addEventListener("pages", queueUpdate)
  events.addEventListener("files", (event) => updateFiles(JSON.parse(event.data)))
  events.addEventListener("problems", (event) => showProblems(JSON.parse(event.data)))
}
const start = () => {
  const place = JSON.parse(sessionStorage.getItem("live-place"))
  sessionStorage.removeItem("live-place")
  if (place?.path === location.pathname) restorePlace(place)
  lastUpdate = loadSource()
  listen()
  document.addEventListener("visibilitychange", listen)
  addEventListener("pagehide", () => {
    events?.close()
    if (!isReloading) history.scrollRestoration = "auto"
  })
}
if (document.readyState === "complete") start()
else addEventListener("load", start)
