// The page's own words, in the language that was chosen here or that the browser prefers. What the bot says stays as it is.

const KEPT = "pandu-language";
const LANGUAGES = ["id", "en"];
const wanted = [localStorage.getItem(KEPT), ...navigator.languages.map((one) => one.slice(0, 2))];

export const language = wanted.find((one) => LANGUAGES.includes(one)) ?? LANGUAGES[0];
export const locale = { id: "id-ID", en: "en-GB" }[language];
const words = await (await fetch("/page/words.json")).json();

// A word that stands in {braces} is put in from `values`.
export const word = (key, values = {}) => words[key][language].replace(/\{(\w+)\}/g, (_, name) => values[name]);

export function startWords() {
  document.documentElement.lang = language;
  document.title = word("page.title");
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  for (const attribute of ["aria-label", "placeholder", "alt"])
    for (const element of document.querySelectorAll(`[data-${attribute}]`)) element.setAttribute(attribute, word(element.getAttribute(`data-${attribute}`)));
  const button = document.getElementById("language");
  button.lang = LANGUAGES.find((one) => one !== language);
  button.addEventListener("click", () => {
    localStorage.setItem(KEPT, button.lang);
    location.reload();
  });
}
