// The communicator of one process.
#include "base/error.hpp"
#include "comm/communicator.hpp"

namespace cance::comm {
namespace {

class Done final : public Pending {
 public:
  void wait() override {}
};

class SelfCommunicator final : public Communicator {
 public:
  [[nodiscard]] int rank() const override { return 0; }
  [[nodiscard]] int size() const override { return 1; }
  void all_reduce(std::span<float>, Op) override {}
  void all_reduce(std::span<double>, Op) override {}
  void all_reduce(std::span<std::int64_t>, Op) override {}
  [[nodiscard]] std::unique_ptr<Pending> start_sum(std::span<float>) override {
    return std::make_unique<Done>();
  }
  [[nodiscard]] std::unique_ptr<Pending> start_sum(std::span<double>) override {
    return std::make_unique<Done>();
  }
  void broadcast(std::span<float>, int root) override { check_root(root); }
  void broadcast(std::span<double>, int root) override { check_root(root); }
  void broadcast(std::span<std::int64_t>, int root) override { check_root(root); }
  [[nodiscard]] std::vector<float> all_gather(std::span<const float> values) override {
    return {values.begin(), values.end()};
  }
  [[nodiscard]] std::vector<double> all_gather(std::span<const double> values) override {
    return {values.begin(), values.end()};
  }
  [[nodiscard]] std::vector<std::int64_t> all_gather(
      std::span<const std::int64_t> values) override {
    return {values.begin(), values.end()};
  }
  [[nodiscard]] std::vector<char> all_gather(std::span<const char> values) override {
    return {values.begin(), values.end()};
  }
  void barrier() override {}
  [[nodiscard]] std::unique_ptr<Communicator> split(int) override {
    return make_self_communicator();
  }

 private:
  static void check_root(int root) {
    require(root == 0, "root {} of a communicator of 1 rank", root);
  }
};

}  // namespace

std::unique_ptr<Communicator> make_self_communicator() {
  return std::make_unique<SelfCommunicator>();
}

}  // namespace cance::comm
