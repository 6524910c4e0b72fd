#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Everything that a comment or a page cites can be found.  citations.py ROOT

files      A word that ends like a file of ours, or begins with a folder of ours and a slash, is in the tree: from the root, or
           from a folder that the citing file is in.
links      A link of a page leads to a file, and to a heading of it.
sections   A page of docs, a comma and a section, in brackets: the page has that heading.
standards  The name of a standard and a section: docs/references.md has the row, under that name; each of its rows is cited
           somewhere; and in a comment's brackets no other name has a section.
"""

import os
import re
import sys
from pathlib import Path

ROOT = Path(sys.argv[1]).resolve()
REFERENCES = "docs/references.md"

# How comments begin; pages are read whole.
SLASHES, HASH, DASHES, PAGE = r"(?:^|\s)//+(?P<text>.*)", r"(?:^|\s)#(?!!)(?P<text>.*)", r"(?:^|\s)--(?P<text>.*)", r"(?P<text>.*)"
KINDS = {".h": SLASHES, ".cpp": SLASHES, ".S": SLASHES, ".ld": SLASHES, ".py": HASH, ".cmake": HASH, ".txt": HASH, ".toml": HASH,
         ".sh": HASH, "": HASH, ".lua": DASHES, ".md": PAGE}

# Words that look like files of ours, and are something else.
MADE = re.compile(  # by the build, or by images/linux/make
    r"build/(release|debug|address|thread|coverage|arm64)(/bin(/twinframe)?|/images/nomad/nomad\.bin|/tests(/unit\.(?P<unit>\w+))?)?"
    r"|build/arm64-sysroot|build/linux(/root\.img)?|version\.cpp")
PLACEHOLDERS = {".cpp", "FILE.cpp", "FILE.lua", "LAB.toml", "frame/vios"}

FILE = re.compile(r"(?<![\w./$<>{}@~%-])((?:\.\./)*[\w.*-]+(?:/[\w.*%-]+)*)(?![\w<>{}/])")
ENDS_LIKE_OURS = re.compile(r"\.(md|cpp|h|lua|toml|cmake|py|sh|S)$")
LINK = re.compile(r"\]\(([^)\s]+)\)")
SECTION = re.compile(r"(?:\(|; )(docs/[\w/.-]+\.md), ([^;)]+?)(?=[;)])")
HEADING = re.compile(r"^#+ (.*)$", re.M)

NAMES = r"Redbook|LoP[AP]*R|PAPR|SPC-\d|SBC-\d|SAM-\d|SRP|RFC|IEEE|VIRTIO|Book I+"
KEYED = r"(?:chapter|appendix|table|figure|example)s? [A-Z0-9]+(?:-\d+)?(?:(?:, | to | and )[A-Z0-9]+-\d+)*"
PLACE = rf'(?:{KEYED}|\d+(?:\.\d+)+[A-Z]?|[A-Z](?:\.\d+)+|"[^"]+")'
STANDARD = re.compile(rf"\b({NAMES})(?:'s)?,? ({PLACE}(?:(?:, | - | and ){PLACE})*)")
RFC = re.compile(r"\b(RFC) (\d+)")
NUMBERED = re.compile(r"\b((?:SPC|SBC|SAM)-\d)\b")
UNKNOWN = re.compile(r"[(;] ?([A-Za-z][\w.-]*),? (?:section )?\d+(?:\.\d+)+|[(;] ?([A-Za-z]+-[a-z]+),? \d+[);]")
NO_STANDARD = {"Linux", "QEMU", "Unicorn", "default"}  # what follows is a version, an address

errors = []


def wrong(source, line, text):
    errors.append(f"{source}:{line}: {text}")


def blocks(path, kind):
    """(first line, text) of each run of commented lines, or paragraph of a page."""
    text, first = [], 0
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").split("\n") + [""], 1):
        found = re.search(kind, line)
        words = found["text"].strip() if found else ""
        if words and not text:
            first = number
        if words:
            text.append(words)
        if text and (not words or words.startswith("|")):
            yield first, " ".join(text)
            text = []


def docstrings(path):
    source = path.read_text(encoding="utf-8")
    for found in re.finditer(r'"""(.*?)"""', source, re.S):
        yield source.count("\n", 0, found.start()) + 1, " ".join(found[1].split())


def around(source):
    """The folders from which it may name files: the root, and those that it is in."""
    return [folder for folder in source.parents if folder.is_relative_to(ROOT)]


def exists(word, source):
    if made := MADE.fullmatch(word):
        return not made["unit"] or (ROOT / "tests/unit" / made["unit"]).is_dir()
    return any(any(folder.glob(word)) if "*" in word else (folder / word).exists() for folder in around(source))


def looks_like_ours(word, source):
    first, slash, _ = word.partition("/")
    return ENDS_LIKE_OURS.search(word) or slash and (first == "build" or any((folder / first).is_dir() for folder in around(source)))


def headings(page):
    return [re.sub(r"[`*]", "", title) for title in HEADING.findall(page.read_text(encoding="utf-8"))]


def anchor(title):
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def check_files(source, line, text):
    for word in FILE.findall(text):
        word = word.rstrip(".-*") if not word.endswith("/*") else word[:-2]
        if looks_like_ours(word, source) and word not in PLACEHOLDERS and not exists(word, source):
            wrong(source.relative_to(ROOT), line, f"{word} is not there")


def check_links(source, line, text):
    for target in LINK.findall(text):
        if re.match(r"\w+:", target):
            continue
        page, _, section = target.partition("#")
        file = source.parent / page if page else source
        if not file.exists():
            wrong(source.relative_to(ROOT), line, f"{page} is not there")
        elif section and section not in map(anchor, headings(file)):
            wrong(source.relative_to(ROOT), line, f"{page} has no section #{section}")


def check_sections(source, line, text):
    for page, section in SECTION.findall(text):
        if (ROOT / page).exists() and section not in headings(ROOT / page):
            wrong(source.relative_to(ROOT), line, f"{page} has no section \"{section}\"")


def places(name, text):
    """What is cited of a standard: ("Redbook", "examples 6-2 to 6-6") is example 6-2 and example 6-6."""
    word = ""
    for place in re.split(r", | - | to | and ", text):
        keyed = re.fullmatch(r"([a-z]+?)s? ([A-Z0-9].*)", place)
        word = keyed[1] if keyed else word if re.fullmatch(r"[A-Z0-9]+-\d+", place) else ""
        yield name, f"{word} {keyed[2]}" if keyed else f"{word} {place}".strip()


def cited(text):
    for name, where in STANDARD.findall(text) + RFC.findall(text):
        yield from places(name, where)


def check_standards(source, line, text, rows):
    found = set(cited(text))
    for citation in found - rows.keys():
        wrong(source, line, f"{' '.join(citation)} is not in {REFERENCES}")
    for name in set(NUMBERED.findall(text)) - NAMED:
        wrong(source, line, f"{name} is not in {REFERENCES}")
    if source.suffix != ".md":
        for name in {one or other for one, other in UNKNOWN.findall(text)} - NAMED - NO_STANDARD:
            wrong(source, line, f"{name} is no standard of {REFERENCES}")
    return found


def listed():
    rows, name = {}, ""
    for number, line in enumerate((ROOT / REFERENCES).read_text(encoding="utf-8").split("\n"), 1):
        if line.startswith("#"):
            name = line.lstrip("# ")
        if row := re.match(rf"\| ({PLACE}|\d+) \|", line):
            rows[name, row[1]] = number
    return rows


def ours():
    for folder, folders, files in os.walk(ROOT):
        folders[:] = sorted(name for name in folders if name != ".git" and not (Path(folder) == ROOT and name.startswith("build")))
        for path in (Path(folder) / name for name in sorted(files)):
            if path.suffix in KINDS and (path.suffix or path.read_bytes().startswith(b"#!")):
                yield path


NAMED = set(headings(ROOT / REFERENCES))
rows = listed()
seen = set()
count = 0
for path in ours():
    texts = list(blocks(path, KINDS[path.suffix])) + (list(docstrings(path)) if path.suffix == ".py" else [])
    for line, text in texts:
        count += 1
        check_files(path, line, text)
        check_sections(path, line, text)
        if path.suffix == ".md":
            check_links(path, line, text)
        if path != ROOT / REFERENCES:
            seen |= check_standards(path.relative_to(ROOT), line, text, rows)
for citation in rows.keys() - seen:
    wrong(REFERENCES, rows[citation], f"nobody cites {' '.join(citation)}")

for error in sorted(errors):
    print(error)
if count < 1000:  # nothing was read: the wrong folder
    errors.append("")
    print(f"{ROOT}: only {count} comments and paragraphs")
sys.exit(1 if errors else 0)
