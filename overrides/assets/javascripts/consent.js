/* Loads third-party scripts when the reader asks for them. With data-remember, the name of a value in the browser's storage,
   remembers the consent until it is withdrawn. */

const OWN = ["data-ask", "data-remember", "data-back", "data-hash"];

const hasConsent = name => {
  try {
    return localStorage.getItem(name) !== null;
  } catch {
    /* Storage is blocked: the consent is for this page. */
    return false;
  }
};

const saveConsent = name => {
  try {
    localStorage.setItem(name, "yes");
  } catch {
    /* As above. */
  }
};

for (const button of document.querySelectorAll("[data-ask]")) {
  const { ask, remember, back, hash } = button.dataset;
  const load = () => {
    const script = document.createElement("script");
    for (const { name, value } of button.attributes)
      if (name.startsWith("data-") && !OWN.includes(name)) script.setAttribute(name, value);
    if (hash) {
      script.integrity = hash;
      script.crossOrigin = "anonymous";
    }
    script.src = ask;
    script.async = true;
    button.parentElement.after(script);
    if (remember) button.textContent = back;
    else button.hidden = true;
  };
  button.hidden = false;
  let isLoaded = Boolean(remember) && hasConsent(remember);
  if (isLoaded) load();
  button.addEventListener("click", () => {
    if (isLoaded) {
      /* A running script cannot be stopped: reload the page without it. */
      if (hasConsent(remember)) localStorage.removeItem(remember);
      location.reload();
      return;
    }
    isLoaded = true;
    if (remember) saveConsent(remember);
    load();
  });
}
