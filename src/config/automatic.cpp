#include "config/automatic.hpp"

#include <algorithm>
#include <map>

#include "base/cast.hpp"
#include "base/text.hpp"
#include "config/methods.hpp"
#include "config/option_table.hpp"

namespace cance::config {
namespace {

constexpr const char* kPca = "pca";

template <class T>
void resolve(Auto<T>& setting, T chosen) {
  if (setting.automatic) {
    setting = std::move(chosen);
  }
}

/// A length that is auto: these epochs, or the steps where the epochs have fewer.
void resolve_length(Auto<int>& epochs, int& steps, int usual, int fewest_steps, int batch,
                    std::int64_t rows) {
  const bool rows_decide = epochs.automatic && steps == 0;
  resolve(epochs, usual);
  if (rows_decide && usual * ((rows + batch - 1) / batch) < fewest_steps) {
    steps = fewest_steps;
  }
}

}  // namespace

Config resolved_config(const Config& config, std::int64_t rows, const Shape& row) {
  constexpr int kMostLatents = 16;
  const bool images = row.size() == 3;
  Config resolved = config;
  AutoencoderOptions& a = resolved.autoencoder;
  const int half = images ? 0 : to<int>((row.front() + 1) / 2);
  resolve(a.latent, images ? 12 : std::clamp(half, 2, kMostLatents));
  const std::int64_t seen = config.input.flips ? 2 * rows : rows;
  const bool trains = a.network != kPca;
  resolve_length(a.epochs, a.steps, 40, trains ? 1500 : 0, a.batch, seen);
  resolve_length(a.decoder_epochs, a.decoder_steps, 15, trains ? 400 : 0, a.batch, seen);
  NceOptions& n = resolved.nce;
  resolve(n.hidden, images ? std::vector{256, 256} : std::vector{128, 128});
  resolve_length(n.epochs, n.steps, 60, 1000, n.batch, rows);
  if (images && resolved.feature.transform == kAuto) {
    resolved.feature.transform = "raw";
  }
  return resolved;
}

std::vector<std::string> chosen_settings(const Config& given, const Config& resolved) {
  const AutoencoderOptions& a = resolved.autoencoder;
  const bool trains = a.network != kPca;
  const std::map<std::string, bool> counts{
      {"autoencoder.epochs", trains && a.steps == 0},
      {"autoencoder.decoder_epochs", trains && a.decoder_steps == 0},
      {"nce.epochs", resolved.nce.steps == 0}};
  Config before = given;
  Config after = resolved;
  const std::vector<Option> old_table = option_table(before);
  std::vector<std::string> chosen;
  for (std::size_t i = 0; const Option& option : option_table(after)) {
    const std::string value = option.get();
    const auto length = counts.find(option.key);
    if (old_table[i++].get() != value && (length == counts.end() || length->second) &&
        methods_read_section(given.grid.methods, split(option.key, '.').front())) {
      chosen.push_back(option.key + "=" + value);
    }
  }
  return chosen;
}

}  // namespace cance::config
