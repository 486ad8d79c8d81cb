#include "config/methods.hpp"

#include <algorithm>

#include "base/ranges.hpp"
#include "base/text.hpp"
#include "config/methods/all.hpp"

namespace cance::config {
namespace {

constexpr auto& kMethods = AllMethods::kFacts;
constexpr const char* kAutoencoder = "autoencoder";  // the section that every reader of phi names

const MethodFacts* facts_of(const std::string& method) {
  return std::ranges::find(kMethods, method, &MethodFacts::name);
}

bool has_section(const MethodFacts& facts, const std::string& section) {
  return contains(split(std::string(facts.sections), ' '), section);
}

}  // namespace

std::vector<std::string> method_names() {
  return mapped(kMethods, [](const MethodFacts& facts) { return std::string(facts.name); });
}

int method_rank(const std::string& method) {
  return static_cast<int>(facts_of(method) - kMethods.begin());
}

std::string method_title(const std::string& method) {
  const MethodFacts* facts = facts_of(method);
  return facts == kMethods.end() ? method : std::string(facts->title);
}

bool is_method(const std::string& name) { return facts_of(name) != kMethods.end(); }

std::string method_of_stage(const std::string& stage) { return stage.substr(0, stage.find('.')); }

std::string stage_title(const std::string& stage) {
  const std::string method = method_of_stage(stage);
  std::string part = method == stage ? "" : ", " + stage.substr(method.size() + 1);
  std::ranges::replace(part, '_', ' ');
  return method_title(method) + part;
}

bool method_sees_representation(const std::string& method) {
  const MethodFacts* facts = facts_of(method);
  return facts == kMethods.end() || facts->sees_representation;
}

bool methods_need_representation(const std::vector<std::string>& methods) {
  return methods_read_section(methods, kAutoencoder);
}

bool methods_read_section(const std::vector<std::string>& methods, const std::string& section) {
  const auto reads = [&](const MethodFacts& facts) { return has_section(facts, section); };
  const bool of_representation = section == kAutoencoder || section == "feature";
  return (methods.empty() && of_representation) || std::ranges::none_of(kMethods, reads) ||
         std::ranges::any_of(methods, [&](const std::string& method) {
           const MethodFacts* facts = facts_of(method);
           return facts == kMethods.end() || reads(*facts);
         });
}

}  // namespace cance::config
