// The values that a pickle of torch builds on its stack, and the stack itself, where every wrong
// move is an Error. No value holds itself, and memory is bounded by the bytes read.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "models/element_type.hpp"

namespace cance::models {

/// A tensor as the pickle describes it: elements of a storage, which is a file of the archive.
struct TensorView {
  std::string storage;  ///< "0": the archive's member data/0
  const ElementType* type = nullptr;
  std::size_t offset = 0;  ///< elements
  Shape shape, strides;
};

namespace pickle {

struct Value;
using ValuePointer = std::shared_ptr<const Value>;
using Tuple = std::vector<ValuePointer>;
using Dictionary = std::shared_ptr<std::map<std::string, TensorView>>;

/// None, booleans, floats and lists: nothing that the tensors need.
struct Ignored {};
struct Mark {};
struct Name {
  std::string text;  ///< "module name"
};
struct Storage {
  TensorView whole;
};
/// Tuples hold older values and dictionaries hold tensors only, so no value holds itself.
struct Value {
  std::variant<Ignored, Mark, std::int64_t, std::string, Name, Tuple, Storage, TensorView,
               Dictionary>
      held;
  int depth = 0;  ///< of tuples in tuples
};

/// Reads bytes in order.
class Bytes {
 public:
  /// `name` stands before every message and must outlive this.
  Bytes(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  [[nodiscard]] const std::string& name() const { return name_; }
  /// Error with the place reached unless `condition`.
  void expect(bool condition, std::string_view what) const;
  std::string_view take(std::size_t count);
  /// A little-endian number of so many bytes, up to 8.
  std::uint64_t number(std::size_t count);
  /// Up to the end of the line, which is skipped.
  std::string line();

 private:
  std::string_view bytes_;
  const std::string& name_;
  std::size_t at_ = 0;
};

/// The stack and the memo of one pickle.
class Stack {
 public:
  explicit Stack(const Bytes& bytes) : bytes_(bytes) {}

  template <class T>
  void push(T&& held, int depth = 0) {
    values_.push_back(std::make_shared<Value>(Value{std::forward<T>(held), depth}));
  }
  [[nodiscard]] const ValuePointer& top() const;
  ValuePointer pop();
  /// What lies above the last mark, which goes too.
  Tuple pop_to_mark();
  /// Error when these are tuples in tuples beyond a depth that torch never needs.
  void push_tuple(Tuple values);
  /// Of so many values on top.
  void push_tuple(std::size_t count);
  void remember(std::uint64_t place) { memo_[place] = top(); }
  void recall(std::uint64_t place);

 private:
  const Bytes& bytes_;
  std::vector<ValuePointer> values_;
  std::unordered_map<std::uint64_t, ValuePointer> memo_;
};

/// The value as T; Error that says `what` is wrong when it is none.
template <class T>
const T& as(const Bytes& bytes, const ValuePointer& value, std::string_view what) {
  const T* const held = std::get_if<T>(&value->held);
  bytes.expect(held != nullptr, what);
  return *held;
}

}  // namespace pickle
}  // namespace cance::models
