#include "models/pickle_stack.hpp"

#include <algorithm>
#include <cstring>

namespace cance::models::pickle {
namespace {

constexpr int kDeepest = 8;

}  // namespace

void Bytes::expect(bool condition, std::string_view what) const {
  require(condition, "{}: damaged or no state dictionary of torch: {} at byte {} of its pickle",
          name_, what, at_);
}

std::string_view Bytes::take(std::size_t count) {
  expect(count <= bytes_.size() - at_, "it ends too early");
  at_ += count;
  return bytes_.substr(at_ - count, count);
}

std::uint64_t Bytes::number(std::size_t count) {
  std::uint64_t value = 0;
  std::memcpy(&value, take(count).data(), count);
  return value;
}

std::string Bytes::line() {
  const auto end = bytes_.find('\n', at_);
  expect(end != std::string_view::npos, "a name without an end");
  std::string text(take(end - at_));
  take(1);
  return text;
}

const ValuePointer& Stack::top() const {
  bytes_.expect(!values_.empty(), "its stack is empty");
  return values_.back();
}

ValuePointer Stack::pop() {
  ValuePointer value = top();
  values_.pop_back();
  return value;
}

Tuple Stack::pop_to_mark() {
  const auto mark = std::find_if(values_.rbegin(), values_.rend(), [](const ValuePointer& value) {
    return std::holds_alternative<Mark>(value->held);
  });
  bytes_.expect(mark != values_.rend(), "a mark is missing");
  Tuple values(mark.base(), values_.end());
  values_.erase(mark.base() - 1, values_.end());
  return values;
}

void Stack::push_tuple(Tuple values) {
  int depth = 0;
  for (const ValuePointer& value : values) {
    depth = std::max(depth, value->depth + 1);
  }
  bytes_.expect(depth <= kDeepest, "too many tuples in tuples");
  push(std::move(values), depth);
}

void Stack::push_tuple(std::size_t count) {
  bytes_.expect(values_.size() >= count, "its stack is empty");
  Tuple values(values_.end() - static_cast<std::ptrdiff_t>(count), values_.end());
  values_.resize(values_.size() - count);
  push_tuple(std::move(values));
}

void Stack::recall(std::uint64_t place) {
  const auto found = memo_.find(place);
  bytes_.expect(found != memo_.end(), "it recalls what it never kept");
  values_.push_back(found->second);
}

}  // namespace cance::models::pickle
