// Keeps a page as it is on the disk, under `mkdocs serve` only. See `injection.py`.
(() => {
  "use strict"
  const shown = document.currentScript.dataset.page
  const keep = "live-reload"
  const stored = () => JSON.parse(sessionStorage.getItem(keep) ?? "{}")
  const store = (values) => sessionStorage.setItem(keep, JSON.stringify({ ...stored(), ...values }))

  // A reload comes back to the place and the field where it was.
  const reload = () => {
    const fields = [...document.querySelectorAll("a[href], button, input, select, textarea, [tabindex]")]
    store({ path: location.pathname, x: scrollX, y: scrollY, focus: fields.indexOf(document.activeElement) })
    location.reload()
  }
  const restore = () => {
    const { path, x, y, focus } = stored()
    store({ path: null })
    if (path !== location.pathname) return
    scrollTo({ left: x, top: y, behavior: "instant" })
    const fields = [...document.querySelectorAll("a[href], button, input, select, textarea, [tabindex]")]
    fields[focus]?.focus({ preventScroll: true })
  }

  // Whether this page is still what the server has.
  const look = async () => {
    const answer = await fetch(location.pathname, { method: "HEAD", cache: "no-store" }).catch(() => null)
    const tag = answer?.headers.get("ETag")
    if (tag && tag !== `"${shown}"`) reload()
  }

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

  const style = `
    dialog { color-scheme: light dark; box-sizing: border-box; width: min(60rem, 100vw - 2rem); max-height: 80vh;
      margin: auto auto 1rem; padding: 1rem 1.25rem; border: 1px solid light-dark(#b3261e, #f2b8b5); border-radius: 4px;
      background: light-dark(#fff, #1c1b1a); color: light-dark(#1b1b1b, #eee); font: 14px/1.5 system-ui, sans-serif }
    dialog::backdrop { background: rgb(0 0 0 / 0.15) }
    header { display: flex; align-items: baseline; justify-content: space-between; gap: 1rem }
    h2 { margin: 0; font-size: 1rem; color: light-dark(#b3261e, #f2b8b5) }
    button { font: inherit }
    ol { margin: 0.75rem 0 0; padding: 0; list-style: none }
    li { padding: 0.5rem 0; border-top: 1px solid light-dark(#ddd, #444) }
    code { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere }
    p { margin: 0.15rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere }`
  const made = (name, text) => Object.assign(document.createElement(name), { textContent: text })
  let host = null
  const show = (problems) => {
    host?.remove()
    host = null
    const signature = JSON.stringify(problems)
    if (!problems.length) store({ dismissed: null })
    if (!problems.length || stored().dismissed === signature) return
    host = document.createElement("live-problems")
    const root = host.attachShadow({ mode: "open" })
    const dialog = document.createElement("dialog")
    const head = document.createElement("header")
    const title = made("h2", problems.length === 1 ? "A problem" : `${problems.length} problems`)
    const close = made("button", "Close")
    const list = document.createElement("ol")
    title.id = "title"
    dialog.setAttribute("aria-labelledby", "title")
    for (const { path, line, column, message } of problems) {
      const item = document.createElement("li")
      const place = [path, line, column].filter(Boolean).join(":")
      if (place) item.append(made("code", place))
      item.append(made("p", message))
      list.append(item)
    }
    close.type = "button"
    close.addEventListener("click", () => dialog.close())
    dialog.addEventListener("close", () => {
      store({ dismissed: signature })
      host?.remove()
      host = null
    })
    head.append(title, close)
    dialog.append(head, list)
    root.append(made("style", style), dialog)
    document.body.append(host)
    dialog.showModal()
  }

  // Only a page that is looked at listens: a browser gives one server few connections.
  let source = null
  const listen = () => {
    source?.close()
    source = null
    if (document.visibilityState !== "visible") return
    source = new EventSource("/livereload")
    source.addEventListener("open", look)
    source.addEventListener("pages", look)
    source.addEventListener("files", (event) => swap(JSON.parse(event.data)))
    source.addEventListener("problems", (event) => show(JSON.parse(event.data)))
  }
  const start = () => {
    restore()
    listen()
    document.addEventListener("visibilitychange", listen)
    addEventListener("pagehide", () => source?.close())
  }
  if (document.readyState === "complete") start()
  else addEventListener("load", start)
})()
