// `cance export-model`: a finished run for other runtimes.
#include <algorithm>
#include <filesystem>
#include <vector>

#include "base/text.hpp"
#include "cli/output_path.hpp"
#include "cli/parse.hpp"
#include "pipeline/apply/exported_model.hpp"
#include "pipeline/apply/trained_model.hpp"

namespace cance::cli {
namespace {

constexpr const char* kExportModelUsage =
    "cance export-model --run CELL.h5 --out FILE [--format safetensors|onnx|torchscript]\n"
    "A method of a finished run for other runtimes. onnx and torchscript: rows float32 (n, row...) "
    "as they are in a dataset file,\nimages as 0..255, to scores float64 (n), all of "
    "normalisation, "
    "networks, composite feature and density within; networks are\nfloat32 in onnx. safetensors: "
    "the tensors by name. Each says in its metadata: cell, method, settings, shape and columns of\n"
    "rows, how raw rows are prepared, threshold and its rule. Methods: all but random, "
    "which keeps nothing to score with. In onnx\nand torchscript knn, lof, kde, ocsvm and dpad "
    "hold "
    "a number for each pair of a row and one of theirs; scores of iforest, ecod,\ncopod, loda and "
    "lsa jump where a number crosses another, which rounding may move. An ensemble is all of its "
    "members, each behind member0 and\nso on, and their joined tail probabilities, with a number "
    "for each pair of a row and a held-out row.";

/// The format by the ending of the file, where none is given.
std::string format_of(const std::string& word, const std::string& out) {
  const std::string ending = std::filesystem::path(out).extension().string();
  std::string format = word;
  if (word.empty()) {
    format = ending == ".onnx" ? "onnx" : ending == ".pt" ? "torchscript" : "safetensors";
    require(format != "safetensors" || ending == ".safetensors",
            "--out {}: its ending tells no format; say --format safetensors, onnx or torchscript",
            out);
  }
  const std::vector<std::string> known{"safetensors", "onnx", "torchscript"};
  require(std::find(known.begin(), known.end(), format) != known.end(), "--format '{}'{} ({})",
          format, did_you_mean(format, known), join(known, ", "));
  return format;
}

}  // namespace

int export_model(const Arguments& arguments) {
  std::string path;
  std::string out;
  std::string format;
  std::string name;
  po::options_description options("options");
  options.add_options()("run", po::value(&path)->required(),
                        "run file of a cell, or ARCHIVE.h5:CELL")(
      "out", po::value(&out)->required(), "file to write")(
      "format", po::value(&format),
      "safetensors | onnx | torchscript (default: by .safetensors, .onnx or .pt of --out)")(
      "method", po::value(&name), "of the run (default: the last, cance)");
  if (!parse(arguments, options, kExportModelUsage)) {
    return static_cast<int>(ExitCode::done);
  }
  format = format_of(format, out);
  require_expendable(out, {path});
  const store::RunRecord run = pipeline::open_trained_run(path);
  const std::string method = pipeline::method_of(run, name);
  pipeline::export_model(run, method, format, out);
  fmt::print("{}: {} of {} as {}\n", out, method, run.info.cell, format);
  return static_cast<int>(ExitCode::done);
}

}  // namespace cance::cli
