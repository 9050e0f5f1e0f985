// Signs such as ✅ drawn by the page itself; the character stays in the text for whoever copies or reads it aloud.

const SIGNS = { "✅": "check", "⏰": "alarm", "⚖️": "scales", "⚖": "scales", "👍": "thumb", "📍": "pin", "🔒": "lock", "🔏": "lock", "🚨": "siren", "❗": "bang", "🗄": "cabinet", "⚠️": "warning", "⚠": "warning" };
const ANY = new RegExp(`(${Object.keys(SIGNS).join("|")})`);

export function drawSigns(element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) if (ANY.test(walker.currentNode.data)) nodes.push(walker.currentNode);
  for (const node of nodes) {
    const parts = node.data.split(ANY).filter(Boolean).map((part) => {
      if (!SIGNS[part]) return part;
      const sign = document.createElement("span");
      sign.className = `emoji ${SIGNS[part]}`;
      sign.textContent = part;
      return sign;
    });
    node.replaceWith(...parts);
  }
  return element;
}
