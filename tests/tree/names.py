"""Names in anonymous namespaces are unique within a layer, whose sources may be compiled together in any bundles (src/README.md).

    names.py ROOT

Ends with 1 and names the sources where two of a layer define the same constant, type, or function of the same parameters."""

import collections
import pathlib
import re
import sys

ANONYMOUS = re.compile(r"^namespace \{\n(.*?)^\}  // namespace$", re.S | re.M)
ENCLOSING = re.compile(r"^namespace ([\w:]+) \{", re.M)
NAMED = [re.compile(r"^(?:inline )?(?:constexpr|const)\b[^=({]*?\b(\w+)(?:\[[^\]]*\])*\s*(?:=|\{)", re.M),
         re.compile(r"^(?:struct|class|enum class|union) (\w+)\b(?![^{;]*;$)", re.M),
         re.compile(r"^using (\w+) =", re.M)]
FUNCTION = re.compile(r"^(?!using|return|template)[\w:][\w:<>,&*\s]*?[\s&*>](\w+)\(((?:[^()]|\([^()]*\))*)\)", re.M)


def types(parameters):
    """The types of a list of parameters, without names and defaults."""
    whole = re.sub(r"\s*=\s*[^,]+", "", re.sub(r"\s+", " ", parameters))
    return tuple(re.sub(r"(?<=[\s&*>])\w+$", "", one.strip()).strip() for one in re.split(r",(?![^<]*>)", whole))


def defined(text):
    """What a source defines in anonymous namespaces."""
    for block in ANONYMOUS.finditer(text):
        inside = tuple(ENCLOSING.findall(text[: block.start()]))
        for pattern in NAMED:
            for match in pattern.finditer(block[1]):
                yield inside, match[1]
        for match in FUNCTION.finditer(block[1]):
            yield inside, match[1], types(match[2])


def main(root):
    layers = [path.parent for path in (*root.glob("src/*/CMakeLists.txt"), root / "data_prep/CMakeLists.txt")]
    layers += [path for path in root.glob("tests/*") if path.is_dir() and path.name != "bench"]
    faults, seen = 0, 0
    for layer in sorted(layers):
        places = collections.defaultdict(set)
        for source in layer.rglob("*.cpp"):
            for name in defined(source.read_text()):
                places[name].add(str(source.relative_to(root)))
        seen += len(places)
        for name, sources in sorted(places.items(), key=str):
            if len(sources) > 1:
                faults += 1
                print(f"{name[1]} is defined in {' and in '.join(sorted(sources))}: expected another name in one of them")
    print(f"{seen} names of {len(layers)} layers, {faults} of them twice")
    return 1 if faults or seen < 1000 else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
