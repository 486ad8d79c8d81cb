"""Commands that are not run: their options are looked up in --help, files and presets must exist."""
import json
import os
import re
import shlex
import subprocess


class Reference:
    """Help texts and presets, against which commands are parsed."""

    def __init__(self, sources, work, own):
        self.work, self.own, self.helps = work, own, {}
        presets = json.loads((sources / "CMakePresets.json").read_text())
        self.presets = {kind: {preset["name"] for preset in presets[kind + "Presets"] if not preset.get("hidden")}
                        for kind in ("configure", "build", "test")}

    def help(self, *line):
        if line not in self.helps:
            self.helps[line] = subprocess.run([*line, "--help"], cwd=self.work, env=self.own, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                              stderr=subprocess.STDOUT, timeout=60, text=True)
        return self.helps[line]

    def unknown_options(self, words, *line):
        options = [word.split("=")[0] for word in words if re.match(r"--[a-z]", word)]
        if not options:
            return []
        told = self.help(*line)
        if told.returncode != 0:
            return [f"'{' '.join(line)} --help' ended with {told.returncode}: {told.stdout}"]
        return [f"'{' '.join(line)} --help' knows no {option}" for option in options
                if not re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", told.stdout)]

    def cance_faults(self, words):
        if not words:
            return ["a command of cance is missing"]
        if words[0].startswith("--"):
            return self.unknown_options(words, "cance")
        known = re.findall(r"(?m)^  ([a-z-]+) ", self.help("cance").stdout)
        if words[0] not in known:
            return [f"cance has no command '{words[0]}'"]
        return self.unknown_options(words[1:], "cance", words[0])

    def script_faults(self, script, words):
        if not os.access(self.work / script, os.X_OK):
            return [f"{script} cannot be executed"]
        if script == "launch/local.sh":
            return self.cance_faults(words[1:])
        cut = words.index("--") if "--" in words else len(words)
        task = "extract" if "extract" in words[:cut] else "run"
        return self.unknown_options(words[:cut], script) + self.unknown_options(words[cut + 1:], "cance", task)

    def preset_faults(self, words):
        kind = "test" if words[0] == "ctest" else "build" if "--build" in words else "configure"
        return [f"CMakePresets.json has no {kind} preset '{name}'" for option, name in zip(words, words[1:])
                if option == "--preset" and name not in self.presets[kind]]

    def simple_faults(self, words):
        """Of one command without operators."""
        for i, word in enumerate(words):
            if word == "cance" or word.endswith("/cance"):
                if i == 0 or words[0] in ("srun", "mpirun", "bash"):
                    return self.cance_faults(words[i + 1:])
            if re.fullmatch(r"(launch|cluster)/\w+\.sh", word):
                return self.script_faults(word, words[i + 1:])
        return self.preset_faults(words) if words and words[0] in ("cmake", "ctest") else []

    def faults(self, command):
        found = []
        for text in [command.text, *re.findall(r"\$\(([^()]*)\)", command.text)]:
            lexer = shlex.shlex(text.replace("\\\n", " "), posix=True, punctuation_chars=True)
            lexer.whitespace_split = True
            simple = []
            for word in [*lexer, ";"]:
                if not set(word) <= set(";|&()<>"):
                    simple.append(word)
                elif word not in ("<", ">"):
                    while simple and re.match(r"[A-Z_]+=", simple[0]):
                        simple.pop(0)
                    found += self.simple_faults(simple)
                    simple = []
            for name in re.findall(r"(?<![\w./-])(?:configs|launch|cluster|tests|src|results|data_prep)/[\w./-]+", text):
                if not (self.work / name).exists():
                    found.append(f"there is no {name}")
        return found
