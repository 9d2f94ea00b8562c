/* Adds buttons that copy a text, to each citation, and to BibTeX when it is opened. Where the clipboard is not
   available, a button selects the text instead. */

const addButton = (place, text, description) => {
  const button = document.createElement("button"), status = document.createElement("span");
  const object = document.createElement("span");
  let timer;
  button.type = "button";
  object.className = "unseen";
  object.textContent = ` ${description}`;
  button.append("Copy", object);
  status.setAttribute("role", "status");
  place.replaceChildren(button, " ", status);
  button.addEventListener("click", async () => {
    clearTimeout(timer);
    try {
      await navigator.clipboard.writeText(text.textContent.trim());
      status.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(text);
      status.textContent = "Selected";
    }
    timer = setTimeout(() => (status.textContent = ""), 4000);
  });
};

for (const place of document.querySelectorAll("[data-copy]"))
  addButton(place, document.getElementById(place.dataset.copy), place.dataset.description);

const addToBibtex = details => {
  if (!details.matches(".bibtex[open]:not(:has(.copy))")) return;
  const place = document.createElement("span");
  place.className = "copy";
  details.append(place);
  addButton(place, details.querySelector("pre"), `the ${details.querySelector("summary").textContent}`);
};

document.addEventListener("toggle", event => addToBibtex(event.target), true);
