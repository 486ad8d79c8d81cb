#include "base/build_info.hpp"
#include "comm/device_sum.hpp"

namespace cance::comm {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{20};

}  // namespace

SumWatch::SumWatch(DeviceSum& sums, double limit)
    : sums_(sums), limit_(limit), thread_([this](const std::stop_token& end) { watch(end); }) {}

void SumWatch::add(std::function<bool()> done) {
  const std::lock_guard lock(mutex_);
  if (pending_.empty()) {
    since_ = Clock::now();
    changed_.notify_all();
  }
  pending_.push_back(std::move(done));
}

void SumWatch::require_ranks() {
  const std::lock_guard lock(mutex_);
  if (!lost_.empty()) {
    throw LostRanks(lost_);
  }
}

void SumWatch::watch(const std::stop_token& end) {
  std::unique_lock lock(mutex_);
  while (!end.stop_requested() && lost_.empty()) {
    changed_.wait(lock, end, [this] { return !pending_.empty(); });
    changed_.wait_for(lock, end, kBetweenLooks, [] { return false; });
    look();
  }
  if (!lost_.empty()) {
    lock.unlock();  // it may wait for graphs of the other thread, which asks `require_ranks` first
    sums_.abort();
  }
}

void SumWatch::look() {
  while (!pending_.empty() && pending_.front()()) {
    pending_.pop_front();
    since_ = Clock::now();
  }
  if (pending_.empty()) {
    return;
  }
  if (const std::string problem = sums_.problem(); !problem.empty()) {
    lost_ = fmt::format("NCCL lost a rank, seen on {}: {}", host_name(), problem);
  } else if (std::chrono::duration<double>(Clock::now() - since_).count() > limit_) {
    lost_ = fmt::format(
        "waited {:.0f} s on {} for the GPUs of the other ranks of the team (--team-timeout): one "
        "of "
        "them has died or hangs; the launcher's message names it",
        limit_, host_name());
  }
}

}  // namespace cance::comm
