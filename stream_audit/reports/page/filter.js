// Which findings and recordings are shown: words, severities, a candidate, how recordings ended.

const cards = [...document.querySelectorAll(".card")];
const texts = new Map();

function chosen() {
  const form = byId("filters");
  const candidate = byId("candidate");
  return {
    words: byId("search").value.toLowerCase().split(/\s+/).filter(Boolean),
    severities: new Set([...form.querySelectorAll("[name=severity]:checked")].map((box) => box.value)),
    candidate: candidate && candidate.value !== "" ? Number(candidate.value) : null,
    status: byId("status").value,
  };
}

function textOf(card) {
  if (!texts.has(card)) texts.set(card, card.textContent.toLowerCase());
  return texts.get(card);
}

function cardFits(card, wanted) {
  const about = card.dataset.candidates;
  if (!wanted.severities.has(card.dataset.severity)) return false;
  if (wanted.candidate !== null && about !== undefined && !about.split(" ").includes(String(wanted.candidate))) return false;
  return wanted.words.every((word) => textOf(card).includes(word));
}

const STATUSES = {
  "": () => true,
  differ: (statuses) => statuses.some((one) => ["differ", "crashed", "timeout", "refused"].includes(one)),
  failed: (statuses) => statuses.some((one) => ["crashed", "timeout", "refused"].includes(one)),
  same: (statuses) => statuses.length > 0 && statuses.every((one) => one === "same"),
  flagged: (statuses, flags) =>
    statuses.some((one) => one === "unavailable" || one === "skipped") ||
    flags.some((flag) => flag === "damaged" || flag === "incomplete" || flag === "not folded"),
};

function entryFits(entry, wanted) {
  const [, id, dialect, , flags, statuses] = entry;
  const ofCandidate = wanted.candidate === null ? statuses : statuses.slice(wanted.candidate, wanted.candidate + 1);
  if (!STATUSES[wanted.status](ofCandidate.filter(Boolean), flags)) return false;
  const text = `${id} ${dialect} ${flags.join(" ")} ${statuses.join(" ")}`.toLowerCase();
  return wanted.words.every((word) => text.includes(word));
}

let fitting = index.entries;

function applyFilter() {
  const wanted = chosen();
  let shown = 0;
  for (const card of cards) {
    card.hidden = !cardFits(card, wanted);
    if (!card.hidden) shown += 1;
  }
  fitting = index.entries.filter((entry) => entryFits(entry, wanted));
  drawList();
  const all = shown === cards.length && fitting.length === index.entries.length;
  byId("shown").textContent = all
    ? ""
    : `${count(shown)} of ${counted(cards.length, "kind")} of finding, ` +
      `${count(fitting.length)} of ${counted(index.entries.length, "recording")} listed`;
}
