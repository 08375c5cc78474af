// How the page looks, and what its filters do.

export const pageStyle = `
:root { --good: #1a7f4b; --known: #b26a00; --bad: #c0273d; --ink: #1f2430; --soft: #667085; --rule: #e4e7ec; color-scheme: light; }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); max-width: 1200px; margin: 0 auto; padding: 2rem 1.5rem 4rem; }
h1 { font-size: 1.7rem; margin: 0; letter-spacing: -0.01em; }
h2 { font-size: 1.2rem; margin: 3rem 0 0.75rem; }
header p { color: var(--soft); max-width: 46rem; margin: 0.25rem 0 1rem; }
.totals { display: flex; flex-wrap: wrap; gap: 0.5rem; list-style: none; padding: 0; margin: 0 0 1.5rem; }
.totals li { border: 1px solid var(--rule); border-radius: 0.5rem; padding: 0.4rem 0.9rem; color: var(--soft); }
.totals b { font-size: 1.25rem; color: var(--ink); margin-right: 0.25rem; font-variant-numeric: tabular-nums; }
.totals .good b { color: var(--good); } .totals .known b { color: var(--known); } .totals .bad b { color: var(--bad); }
.problem { background: #fdecee; border-left: 3px solid var(--bad); padding: 0.5rem 0.75rem; }
#filters { position: sticky; top: 0; z-index: 2; background: #fff; display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; padding: 0.75rem 0; border-bottom: 1px solid var(--rule); }
#filters input, #filters select { font: inherit; padding: 0.35rem 0.6rem; border: 1px solid #cfd4dc; border-radius: 0.4rem; background: #fff; color: inherit; }
#filters input { flex: 1 1 14rem; }
#count { color: var(--soft); margin-left: auto; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; width: 100%; margin-top: 0.5rem; }
th, td { text-align: left; padding: 0.35rem 0.5rem; font-weight: normal; vertical-align: top; }
thead th { color: var(--soft); font-size: 0.85rem; vertical-align: bottom; }
thead [colspan] { text-align: center; border-bottom: 1px solid var(--rule); }
th.mode { text-align: center; font-size: 0.7rem; width: 4.2rem; }
.group th { font-weight: 600; padding-top: 1.2rem; border-bottom: 1px solid var(--rule); }
.entry th { font-weight: 500; white-space: nowrap; }
.entry td, .entry th { border-bottom: 1px solid #f0f2f5; }
.entry[tabindex] { cursor: pointer; }
.entry[tabindex]:hover, .entry[tabindex]:focus { background: #f7f9fc; outline: none; }
.entry i { font-style: normal; color: var(--soft); margin-left: 0.4rem; display: inline-block; }
.entry.open i { transform: rotate(90deg); }
.cell { text-align: center; font-weight: 600; }
.cell.good { color: var(--good); } .cell.known { color: var(--known); background: #fff6e6; } .cell.bad { color: #fff; background: var(--bad); } .cell.none { color: #b6bdc9; }
.number { text-align: right; color: var(--soft); font-variant-numeric: tabular-nums; }
.more td { background: #f7f9fc; padding: 0.5rem 1rem 1rem; }
.more p { margin: 0.25rem 0; max-width: 60rem; }
pre { overflow: auto; background: #fff; border: 1px solid var(--rule); border-radius: 0.4rem; padding: 0.6rem; font-size: 0.8rem; max-height: 24rem; }
dt { font-weight: 600; margin-top: 0.6rem; } dd { margin: 0 0 0 1rem; }
.core th { white-space: nowrap; font-weight: 500; } .core td, .core tbody th { border-bottom: 1px solid #f0f2f5; }
.core td:nth-child(2), .core td:nth-child(3) { width: 34%; }
.core code { font-size: 0.8rem; background: #f2f4f7; border-radius: 0.25rem; padding: 0 0.25rem; }
small { color: var(--soft); }
`;

export const pageScript = `
const form = document.getElementById('filters');
const entries = [...document.querySelectorAll('.entry')].map((row) => {
  const more = row.nextElementSibling?.classList.contains('more') ? row.nextElementSibling : undefined;
  return { row, more, text: (row.textContent + ' ' + (more?.textContent ?? '')).toLowerCase(), has: row.dataset.has.split(' ') };
});
function matches(has, { line, mode, look }) {
  if (!line && !mode && !look) return true;
  return has.some((each) => {
    const [itsLine, itsMode, itsLook] = each.split('/');
    return (!line || line === itsLine) && (!mode || mode === itsMode) && (!look || look === itsLook);
  });
}
function apply() {
  const wanted = Object.fromEntries(new FormData(form));
  const words = wanted.text.toLowerCase().trim();
  let shown = 0;
  for (const { row, more, text, has } of entries) {
    const group = row.closest('tbody').dataset.group;
    const fits = text.includes(words) && (!wanted.group || wanted.group === group) && matches(has, wanted);
    row.hidden = !fits;
    if (more) more.hidden = !fits || !row.classList.contains('open');
    if (fits) shown++;
  }
  for (const body of document.querySelectorAll('#packages tbody')) body.hidden = ![...body.querySelectorAll('.entry')].some((row) => !row.hidden);
  for (const cell of document.querySelectorAll('#packages [data-line]')) {
    const { line, mode } = cell.dataset;
    cell.hidden = Boolean((wanted.line && line !== wanted.line) || (mode && wanted.mode && mode !== wanted.mode));
    if (!mode) cell.colSpan = wanted.mode ? 1 : 3;
  }
  document.getElementById('count').textContent = shown + ' of ' + entries.length;
  history.replaceState(null, '', '#' + new URLSearchParams(Object.entries(wanted).filter(([, value]) => value)));
}
function toggle({ row, more }) {
  if (!more) return;
  row.classList.toggle('open');
  more.hidden = !row.classList.contains('open');
}
for (const each of entries) {
  each.row.addEventListener('click', () => toggle(each));
  each.row.addEventListener('keydown', (event) => { if (event.key === 'Enter') toggle(each); });
}
for (const [name, value] of new URLSearchParams(location.hash.slice(1))) if (form.elements[name]) form.elements[name].value = value;
form.addEventListener('input', apply);
form.addEventListener('submit', (event) => event.preventDefault());
apply();
`;
