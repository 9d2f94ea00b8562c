// Keeps a page as it is on the disk, under `mkdocs serve` only. See `injection.py`.

let shown = document.currentScript.dataset.page
// The page as it came: its text, then what that says.
let source = null

const KEY = "live-reload"
const stored = () => JSON.parse(sessionStorage.getItem(KEY) ?? "{}")
const store = (values) => sessionStorage.setItem(KEY, JSON.stringify({ ...stored(), ...values }))

let isReloading = false
const reload = () => {
  store({ path: location.pathname, place: place() })
  // Else the browser, which does not know what has moved, would have its say as well.
  history.scrollRestoration = "manual"
  isReloading = true
  location.reload()
}
const restore = () => {
  const { path, place } = stored()
  store({ path: null, place: null })
  if (path === location.pathname) comeBack(place)
}

// From the browser's own store, where it is as it came.
const remember = async () => {
  const answer = await fetch(location.href, { cache: "force-cache" }).catch(() => null)
  if (answer?.headers.get("ETag") === `"${shown}"`) source = parsed(await answer.text())
}

// Whether this page is still what the server has; if not, what is different.
const compare = async () => {
  const answer = await fetch(location.pathname, { cache: "no-store" }).catch(() => null)
  const tag = answer?.headers.get("ETag")
  if (!tag || tag === `"${shown}"`) return
  const next = parsed(await answer.text())
  const steps = answer.ok && source ? stepsBetween(source, next) : null
  if (!steps) return reload()
  const where = place()
  steps.forEach((step) => step())
  keep(where)
  source = next
  shown = tag.slice(1, -1)
}
// One after another.
let looked = Promise.resolve()
const look = () => (looked = looked.then(compare))

// A sheet is exchanged as soon as its successor is there, so that the page is never without.
const exchange = (sheet) => {
  const next = sheet.cloneNode()
  const url = new URL(sheet.href)
  url.searchParams.set("live", Date.now())
  next.href = url.href
  next.addEventListener("load", () => sheet.remove())
  sheet.after(next)
}
const swap = (paths) => {
  const sheets = [...document.querySelectorAll('link[rel~="stylesheet"]')]
  const found = sheets.filter((sheet) => paths.includes(decodeURI(new URL(sheet.href).pathname)))
  found.forEach(exchange)
  const others = paths.filter((path) => !path.endsWith(".css"))
  // Sheets that import others, pictures, scripts: the browser knows best what they do.
  if (others.length || (paths.length && !found.length)) {
    const used = performance.getEntriesByType("resource").map((entry) => decodeURI(new URL(entry.name).pathname))
    if (paths.some((path) => used.includes(path))) reload()
  }
}

// Only a page that is looked at listens: a browser gives one server few connections.
let events = null
const listen = () => {
  events?.close()
  events = null
  if (document.visibilityState !== "visible") return
  events = new EventSource("/livereload")
  events.addEventListener("open", look)
  events.addEventListener("pages", look)
  events.addEventListener("files", (event) => swap(JSON.parse(event.data)))
  events.addEventListener("problems", (event) => show(JSON.parse(event.data)))
}
const start = async () => {
  restore()
  looked = remember()
  listen()
  document.addEventListener("visibilitychange", listen)
  addEventListener("pagehide", () => {
    events?.close()
    if (!isReloading) history.scrollRestoration = "auto"
  })
}
if (document.readyState === "complete") start()
else addEventListener("load", start)
