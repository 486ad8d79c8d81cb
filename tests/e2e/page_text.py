"""read_page(SOURCES, NAME): the commands of a page and what is wrong with its form."""
import re

LONGEST_LINE = 140


class Command:
    """The text of a command and how it is tested."""

    def __init__(self, page, line, language, mark, text):
        self.page, self.line, self.language, self.mark, self.text = page, line, language, mark, text

    @property
    def parsed_only(self):
        return self.mark.startswith("parsed:")

    @property
    def exit_codes(self):
        return [int(code) for code in re.findall(r"\d+", self.mark)] if self.mark.startswith("ends with") else [0]

    @property
    def title(self):
        first, *rest = self.text.split("\n")
        return f"{self.page}:{self.line}: {first}{' ...' if rest else ''}"


def whole_commands(lines):
    """(number, text) of each command of a shell block: continued lines and here-documents belong together."""
    commands, text, start, end_word = [], [], 0, None
    for number, line in lines:
        if not text and (not line.strip() or line.startswith("#")):
            continue
        if not text:
            start = number
        text.append(line)
        here = re.search(r"<<-?'?(\w+)'?", line)
        if end_word is None and here:
            end_word = here.group(1)
        elif end_word == line.strip():
            end_word = None
        if end_word is None and not line.endswith("\\"):
            commands.append((start, "\n".join(text)))
            text = []
    assert not text, f"a command without an end: {text}"
    return commands


def read_page(sources, name):
    """The commands of a page and what is wrong with its form."""
    lines = (sources / name).read_text().split("\n")
    commands, faults, block, language, mark = [], [], [], None, ""
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST_LINE:
            faults.append(f"{name}:{number}: {len(line)} characters, expected at most {LONGEST_LINE}")
        if language is None and line.startswith("```"):
            language, block = line[3:].strip(), []
            before = re.fullmatch(r"<!-- ((?:parsed: |ends with ).+) -->", lines[number - 2])
            mark = before.group(1) if before else ""
            if language not in ("sh", "python", "text", "ini"):
                faults.append(f"{name}:{number}: a block '{line}', expected ```sh, ```python, ```text or ```ini")
        elif language is not None and line == "```":
            if language == "sh":
                commands += [Command(name, start, language, mark, text) for start, text in whole_commands(block)]
            elif language == "python":
                commands.append(Command(name, block[0][0], language, mark, "\n".join(text for _, text in block)))
            language = None
        elif language is not None:
            block.append((number, line))
        elif re.match(r"    (\S*/)?(cance|launch/|cluster/|python3) ?", line):
            faults.append(f"{name}:{number}: a command outside of a ```sh block")
    if language is not None:
        faults.append(f"{name}: a block without an end")
    if not commands:
        faults.append(f"{name}: no command")
    return commands, faults
