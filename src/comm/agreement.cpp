// What ranks do together on top of the primitives: share an error, agree on a text.
#include <string_view>

#include "comm/communicator.hpp"

namespace cance::comm {

void run_together(Communicator& communicator, const std::function<void()>& work) {
  std::string message;
  std::int64_t code = 0;
  try {
    work();
  } catch (const Error& error) {
    message = error.what();
    code = static_cast<std::int64_t>(error.code());
  }
  const std::vector<std::int64_t> codes =
      communicator.all_gather(std::span<const std::int64_t>(&code, 1));
  std::int64_t first = 0;
  while (first < communicator.size() && codes[static_cast<std::size_t>(first)] == 0) {
    ++first;
  }
  if (first == communicator.size()) {
    return;
  }
  const std::string_view own = communicator.rank() == first ? message : std::string_view();
  const std::vector<char> text = communicator.all_gather(std::span<const char>(own));
  throw SharedError(std::string(text.begin(), text.end()),
                    static_cast<ExitCode>(codes[static_cast<std::size_t>(first)]));
}

void require_agreement(Communicator& communicator, const std::string& text,
                       const std::string& what) {
  const std::vector<char> all = communicator.all_gather(std::span<const char>(text));
  const auto size = static_cast<std::size_t>(communicator.size());
  std::int64_t differs = all.size() == text.size() * size ? 0 : 1;
  for (std::size_t r = 0; differs == 0 && r < size; ++r) {
    differs = std::string_view(all.data() + r * text.size(), text.size()) == text ? 0 : 1;
  }
  communicator.all_reduce(std::span(&differs, 1), Op::max);
  if (differs != 0) {
    throw SharedError(fmt::format(
        "the ranks disagree on {}: start all of them with the same command and files", what));
  }
}

}  // namespace cance::comm
