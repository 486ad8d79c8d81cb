"""look_at_page.py PAGE: opens a report in headless Chromium. Labels of a figure must not overlap or leave it, and nothing may stick out of the page,
at 1280 and at 600 pixels; tables sort, and a method can be hidden. Prints how long the page took to open.
"""
import json
import pathlib
import re
import html
import shutil
import subprocess
import sys
import tempfile

# Runs in a page of its own around the report, which stays as it is.
LOOK = """<!DOCTYPE html><html><body><pre id="found">nothing</pre><script>
const start = performance.now(), frame = document.createElement('iframe');
frame.width = WIDTH; frame.height = 1600;
frame.onload = () => {
  const page = frame.contentDocument, opened = performance.now() - start, faults = [];
  const box = element => element.getBoundingClientRect();
  for (const fold of page.querySelectorAll('details')) fold.open = true;
  for (const svg of page.querySelectorAll('svg')) {
    const outer = box(svg), name = svg.getAttribute('aria-label'), texts = [...svg.querySelectorAll('text')].map(text => [text.textContent, box(text)]);
    for (const [text, b] of texts)
      if (b.left < outer.left - 2 || b.right > outer.right + 2 || b.top < outer.top - 1 || b.bottom > outer.bottom + 1) faults.push(`${name}: "${text}" is cut`);
    texts.forEach(([text, a], i) => texts.slice(i + 1).forEach(([other, b]) => {
      const width = Math.min(a.right, b.right) - Math.max(a.left, b.left), height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (width > 1 && height > 4) faults.push(`${name}: "${text}" over "${other}"`);
    }));
  }
  // What a reader does: sorts by the last column, and hides a method.
  const table = page.querySelector('main table'), head = table.tHead.rows[0].cells[table.tHead.rows[0].cells.length - 1];
  head.click();
  const column = [...table.tBodies[0].rows].filter(row => row.className !== 'summary').map(row => parseFloat(row.cells[head.cellIndex].textContent));
  if (column.some((value, i) => value > column[i - 1])) faults.push(`not sorted: ${column}`);
  const ticked = page.querySelector('.filter input');
  ticked.click();
  const named = [...page.querySelectorAll('main th, main td:first-child')].filter(cell => cell.textContent === ticked.value);
  const curves = [...page.querySelectorAll('g[data-method]')].filter(group => group.dataset.method === ticked.value);
  for (const parts of [named, curves])
    if (!parts.length || parts.some(part => box(part).width > 0)) faults.push(`${ticked.value} is still shown`);
  if (page.documentElement.scrollWidth > frame.clientWidth) faults.push(`the page is ${page.documentElement.scrollWidth} pixels wide`);
  const result = {opened, faults, figures: page.querySelectorAll('svg').length};
  document.getElementById('found').textContent = JSON.stringify(result);
};
frame.src = 'PAGE';
document.body.appendChild(frame);
</script></body></html>"""

browser = shutil.which("chromium") or shutil.which("google-chrome")
if browser is None:
    print("skipped: e2e.report_page needs chromium (apt-get install chromium)")
    sys.exit(77)
page = pathlib.Path(sys.argv[1]).resolve()
for width in (1280, 600):
    with tempfile.TemporaryDirectory() as folder:
        look = pathlib.Path(folder) / "look.html"
        look.write_text(LOOK.replace("PAGE", page.as_uri()).replace("WIDTH", str(width)))
        command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", f"--user-data-dir={folder}/profile",
                   "--dump-dom", look.as_uri()]
        shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    result = json.loads(html.unescape(re.search(r'<pre id="found">(.*?)</pre>', shown, re.S).group(1)))
    assert not result["faults"], f"{width}: {len(result['faults'])} faults: " + "; ".join(result["faults"][:12])
    assert result["figures"] >= 6, result
    print(f"{width} pixels: {page.stat().st_size / 1e6:.1f} MB, {result['figures']} figures, opened in {result['opened']:.0f} ms")
