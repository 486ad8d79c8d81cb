#include "cli/output_path.hpp"

#include "base/error.hpp"
#include "hdf5/seal.hpp"

namespace cance::cli {

void require_expendable(const std::filesystem::path& out,
                        const std::vector<std::filesystem::path>& inputs, const std::string& made) {
  namespace fs = std::filesystem;
  require(!fs::is_directory(out), "--out {}: it is a folder; give the name of a file",
          out.string());
  for (const fs::path& input : inputs) {
    std::error_code absent;
    require(!fs::equivalent(out, input, absent),
            "--out {}: it is also what is read; choose another file", out.string());
  }
  const bool there = fs::is_regular_file(out) && fs::file_size(out) > 0;
  require(!there || out.extension() != ".cfg",
          "--out {}: there is a settings file; choose another name", out.string());
  const std::string kind = there ? hdf5::sealed_kind(out) : "";
  require(kind.empty() || kind == made,
          "--out {}: there is a cance {} file, which would be lost; choose another file, or remove "
          "it first",
          out.string(), kind);
  require(
      !there || kind == made,
      "--out {}: there is a file that is no cance {} file; choose another name, or remove it first",
      out.string(), made);
}

}  // namespace cance::cli
