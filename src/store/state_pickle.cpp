#include "store/state_pickle.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <unordered_map>
#include <variant>

namespace cance::store {
namespace {

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
/// Tuples hold values made before them and dictionaries hold tensors only, so no value holds
/// itself.
struct Value {
  std::variant<Ignored, Mark, std::int64_t, std::string, Name, Tuple, Storage, TensorView,
               Dictionary>
      held;
  int depth = 0;  ///< of tuples in tuples
};

constexpr std::size_t kLargest = std::size_t{1} << 20U;
constexpr int kDeepest = 8;
constexpr std::string_view kStorages = "torch ";
/// What a state dictionary names, besides the storages of its numbers.
constexpr std::array<std::string_view, 3> kNames = {"collections OrderedDict",
                                                    "torch._utils _rebuild_tensor_v2",
                                                    "torch._utils _rebuild_parameter"};

class Machine {
 public:
  Machine(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  std::map<std::string, TensorView> run() {
    while (!step()) {
    }
    const ValuePointer top = pop();
    const auto* const found = std::get_if<Dictionary>(&top->held);
    require(found != nullptr && !(*found)->empty(),
            "{}: holds no dictionary of tensors; save model.state_dict() alone", name_);
    return **found;
  }

 private:
  [[noreturn]] void damaged(std::string_view what) const {
    fail("{}: damaged or no state dictionary of torch: {} at byte {} of its pickle", name_, what,
         at_);
  }
  void expect(bool condition, std::string_view what) const {
    if (!condition) {
      damaged(what);
    }
  }

  std::string_view take(std::size_t count) {
    expect(count <= bytes_.size() - at_, "it ends too early");
    at_ += count;
    return bytes_.substr(at_ - count, count);
  }
  /// A little-endian number of so many bytes.
  std::uint64_t number(std::size_t count) {
    std::uint64_t value = 0;
    std::memcpy(&value, take(count).data(), count);
    return value;
  }
  std::string line() {
    const auto end = bytes_.find('\n', at_);
    expect(end != std::string_view::npos, "a name without an end");
    const std::string text(take(end - at_));
    take(1);
    return text;
  }

  template <class T>
  void push(T&& held, int depth = 0) {
    stack_.push_back(std::make_shared<Value>(Value{std::forward<T>(held), depth}));
  }
  ValuePointer pop() {
    expect(!stack_.empty(), "its stack is empty");
    ValuePointer top = std::move(stack_.back());
    stack_.pop_back();
    return top;
  }
  /// What lies above the last mark, which goes too.
  Tuple pop_to_mark() {
    const auto mark = std::find_if(stack_.rbegin(), stack_.rend(), [](const ValuePointer& value) {
      return std::holds_alternative<Mark>(value->held);
    });
    expect(mark != stack_.rend(), "a mark is missing");
    Tuple values(mark.base(), stack_.end());
    stack_.erase(mark.base() - 1, stack_.end());
    return values;
  }
  template <class T>
  const T& as(const ValuePointer& value, std::string_view what) const {
    const T* const held = std::get_if<T>(&value->held);
    expect(held != nullptr, what);
    return *held;
  }

  void remember(std::uint64_t place) {
    expect(!stack_.empty(), "its stack is empty");
    memo_[place] = stack_.back();
  }
  void recall(std::uint64_t place) {
    const auto found = memo_.find(place);
    expect(found != memo_.end(), "it recalls what it never kept");
    stack_.push_back(found->second);
  }

  void push_tuple(Tuple values) {
    int depth = 0;
    for (const ValuePointer& value : values) {
      depth = std::max(depth, value->depth + 1);
    }
    expect(depth <= kDeepest, "too many tuples in tuples");
    push(std::move(values), depth);
  }
  void push_tuple(std::size_t count) {
    expect(stack_.size() >= count, "its stack is empty");
    Tuple values(stack_.end() - static_cast<std::ptrdiff_t>(count), stack_.end());
    stack_.resize(stack_.size() - count);
    push_tuple(std::move(values));
  }
  void push_name() {
    const std::string module = line();
    std::string name = module + " " + line();
    const bool storage = name.starts_with(kStorages) &&
                         element_type(std::string_view(name).substr(kStorages.size()));
    require(storage || std::ranges::find(kNames, name) != kNames.end(),
            "{}: asks for '{}', which is not run; save model.state_dict() of float tensors alone",
            name_, name);
    push(Name{std::move(name)});
  }
  /// ("storage", type, key, place, elements).
  void push_storage() {
    const ValuePointer top = pop();
    const auto& words = as<Tuple>(top, "a storage that is no tuple");
    expect(words.size() == 5, "a storage of other than five words");
    const auto& type = as<Name>(words[1], "a storage without a type").text;
    Storage storage;
    expect(type.starts_with(kStorages), "a storage without a type");
    storage.whole.type = *element_type(std::string_view(type).substr(kStorages.size()));
    storage.whole.storage = as<std::string>(words[2], "a storage without a key");
    storage.whole.storage_size = size(words[4]);
    push(std::move(storage));
  }

  std::size_t size(const ValuePointer& value) const {
    const std::int64_t number = as<std::int64_t>(value, "a size that is no number");
    expect(number >= 0, "a negative size");
    return static_cast<std::size_t>(number);
  }
  Shape sizes(const ValuePointer& value) const {
    Shape result;
    for (const ValuePointer& one : as<Tuple>(value, "a shape that is no tuple")) {
      result.push_back(size(one));
    }
    return result;
  }

  void call() {
    const ValuePointer arguments = pop();
    const ValuePointer callee = pop();
    const std::string& name = as<Name>(callee, "a call of what is no name").text;
    const auto& words = as<Tuple>(arguments, "a call without arguments");
    if (name == kNames[0]) {
      push(std::make_shared<std::map<std::string, TensorView>>());
    } else if (name == kNames[1]) {
      expect(words.size() >= 4, "a tensor of too few words");
      TensorView view = as<Storage>(words[0], "a tensor without a storage").whole;
      view.offset = size(words[1]);
      view.shape = sizes(words[2]);
      view.strides = sizes(words[3]);
      push(std::move(view));
    } else {
      expect(name == kNames[2] && !words.empty(), "a call of what is no function");
      push(as<TensorView>(words[0], "a parameter without a tensor"));
    }
  }
  /// Keeps the tensors under texts; other items, as versions of modules, are of no use here.
  void set_items(const Tuple& items) {
    expect(!stack_.empty() && items.size() % 2 == 0, "a key without a value");
    const auto& dictionary = as<Dictionary>(stack_.back(), "items of what is no dictionary");
    for (std::size_t i = 0; i < items.size(); i += 2) {
      const auto* const key = std::get_if<std::string>(&items[i]->held);
      const auto* const tensor = std::get_if<TensorView>(&items[i + 1]->held);
      if (key != nullptr && tensor != nullptr) {
        (*dictionary)[*key] = *tensor;
      }
    }
  }

  bool step();
  bool step_numbers(char opcode);
  bool step_containers(char opcode);

  std::string_view bytes_;
  const std::string& name_;
  std::size_t at_ = 0;
  std::vector<ValuePointer> stack_;
  std::unordered_map<std::uint64_t, ValuePointer> memo_;
};

/// Opcodes of plain values; whether it is one.
bool Machine::step_numbers(char opcode) {
  switch (opcode) {
    case 'K':  // BININT1
      push(static_cast<std::int64_t>(number(1)));
      return true;
    case 'M':  // BININT2
      push(static_cast<std::int64_t>(number(2)));
      return true;
    case 'J':  // BININT
      push(static_cast<std::int64_t>(static_cast<std::int32_t>(number(4))));
      return true;
    case '\x8a': {  // LONG1
      const std::size_t count = number(1);
      expect(count < 8, "a number of over seven bytes");
      push(static_cast<std::int64_t>(number(count)));
      return true;
    }
    case 'G':  // BINFLOAT
      take(8);
      push(Ignored{});
      return true;
    case 'N':     // NONE
    case '\x88':  // NEWTRUE
    case '\x89':  // NEWFALSE
      push(Ignored{});
      return true;
    case 'X':  // BINUNICODE
      push(std::string(take(number(4))));
      return true;
    default:
      return false;
  }
}

/// Opcodes of tuples, dictionaries and lists; whether it is one.
bool Machine::step_containers(char opcode) {
  switch (opcode) {
    case '(':  // MARK
      push(Mark{});
      return true;
    case ')':     // EMPTY_TUPLE
    case '\x85':  // TUPLE1 and so on
    case '\x86':
    case '\x87':
      push_tuple(opcode == ')' ? 0U : static_cast<std::size_t>(opcode - '\x84'));
      return true;
    case 't':  // TUPLE
      push_tuple(pop_to_mark());
      return true;
    case '}':  // EMPTY_DICT
      push(std::make_shared<std::map<std::string, TensorView>>());
      return true;
    case ']':  // EMPTY_LIST
      push(Ignored{});
      return true;
    case 's': {  // SETITEM
      const ValuePointer value = pop();
      const ValuePointer key = pop();
      set_items({key, value});
      return true;
    }
    case 'u':  // SETITEMS
      set_items(pop_to_mark());
      return true;
    case 'a':  // APPEND, to a list, which is ignored
      pop();
      return true;
    case 'e':  // APPENDS
      pop_to_mark();
      return true;
    default:
      return false;
  }
}

/// One opcode; whether it was the last.
bool Machine::step() {
  const char opcode = take(1).front();
  switch (opcode) {
    case '\x80':  // PROTO
      expect(number(1) <= 3, "a protocol over 3");
      return false;
    case 'q':  // BINPUT
      remember(number(1));
      return false;
    case 'r':  // LONG_BINPUT
      remember(number(4));
      return false;
    case 'h':  // BINGET
      recall(number(1));
      return false;
    case 'j':  // LONG_BINGET
      recall(number(4));
      return false;
    case 'c':  // GLOBAL
      push_name();
      return false;
    case 'Q':  // BINPERSID
      push_storage();
      return false;
    case 'R':  // REDUCE
      call();
      return false;
    case 'b':  // BUILD: attributes of the dictionary, of no use here
      pop();
      expect(!stack_.empty(), "its stack is empty");
      return false;
    case '.':  // STOP
      return true;
    default:
      expect(step_numbers(opcode) || step_containers(opcode),
             "an opcode that torch does not write");
      return false;
  }
}

}  // namespace

std::map<std::string, TensorView> read_state_pickle(std::string_view bytes,
                                                    const std::string& name) {
  require(bytes.size() <= kLargest, "{}: a pickle of {} bytes; state dictionaries have far less",
          name, bytes.size());
  return Machine(bytes, name).run();
}

}  // namespace cance::store
