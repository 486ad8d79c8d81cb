#include "models/state_pickle.hpp"

#include <algorithm>
#include <array>

#include "models/pickle_stack.hpp"

namespace cance::models {
namespace {

using pickle::as;
using pickle::Dictionary;
using pickle::Ignored;
using pickle::Mark;
using pickle::Name;
using pickle::Storage;
using pickle::Tuple;
using pickle::ValuePointer;

constexpr std::size_t kLargest = std::size_t{1} << 20U;
constexpr std::size_t kMostTensors = 100'000;  // dictionaries in dictionaries may repeat them
constexpr std::string_view kStorages = "torch ";
/// What a state dictionary names, besides the storages of its numbers.
constexpr std::array<std::string_view, 3> kPickledNames = {"collections OrderedDict",
                                                           "torch._utils _rebuild_tensor_v2",
                                                           "torch._utils _rebuild_parameter"};

class Machine {
 public:
  Machine(std::string_view bytes, const std::string& name) : bytes_(bytes, name) {}

  std::map<std::string, TensorView> run() {
    while (!step()) {
    }
    const ValuePointer top = stack_.pop();
    const auto* const found = std::get_if<Dictionary>(&top->held);
    require(found != nullptr && !(*found)->empty(),
            "{}: holds no dictionary of tensors; save model.state_dict() alone", bytes_.name());
    return **found;
  }

 private:
  void push_name() {
    const std::string module = bytes_.line();
    std::string name = module + " " + bytes_.line();
    const bool storage = name.starts_with(kStorages) &&
                         element_type(std::string_view(name).substr(kStorages.size())) != nullptr;
    require(storage || std::ranges::find(kPickledNames, name) != kPickledNames.end(),
            "{}: asks for '{}', which is not run; save model.state_dict() of float tensors alone",
            bytes_.name(), name);
    stack_.push(Name{std::move(name)});
  }
  /// ("storage", type, key, place, elements).
  void push_storage() {
    const ValuePointer top = stack_.pop();
    const auto& words = as<Tuple>(bytes_, top, "a storage that is no tuple");
    bytes_.expect(words.size() == 5, "a storage of other than five words");
    const auto& type = as<Name>(bytes_, words[1], "a storage without a type").text;
    Storage storage;
    bytes_.expect(type.starts_with(kStorages), "a storage without a type");
    storage.whole.type = element_type(std::string_view(type).substr(kStorages.size()));
    storage.whole.storage = as<std::string>(bytes_, words[2], "a storage without a key");
    stack_.push(std::move(storage));
  }

  std::size_t size(const ValuePointer& value) const {
    const std::int64_t number = as<std::int64_t>(bytes_, value, "a size that is no number");
    bytes_.expect(number >= 0, "a negative size");
    return static_cast<std::size_t>(number);
  }
  Shape sizes(const ValuePointer& value) const {
    Shape result;
    for (const ValuePointer& one : as<Tuple>(bytes_, value, "a shape that is no tuple")) {
      result.push_back(size(one));
    }
    return result;
  }

  void call() {
    const ValuePointer arguments = stack_.pop();
    const ValuePointer callee = stack_.pop();
    const std::string& name = as<Name>(bytes_, callee, "a call of what is no name").text;
    const auto& words = as<Tuple>(bytes_, arguments, "a call without arguments");
    if (name == kPickledNames[0]) {
      stack_.push(std::make_shared<std::map<std::string, TensorView>>());
    } else if (name == kPickledNames[1]) {
      bytes_.expect(words.size() >= 4, "a tensor of too few words");
      TensorView view = as<Storage>(bytes_, words[0], "a tensor without a storage").whole;
      view.offset = size(words[1]);
      view.shape = sizes(words[2]);
      view.strides = sizes(words[3]);
      stack_.push(std::move(view));
    } else {
      bytes_.expect(name == kPickledNames[2] && !words.empty(), "a call of what is no function");
      stack_.push(as<TensorView>(bytes_, words[0], "a parameter without a tensor"));
    }
  }
  /// Keeps the tensors under texts, those of a dictionary in it as "key.name"; other items, as
  /// versions of modules, are of no use here.
  void set_items(const Tuple& items) {
    bytes_.expect(items.size() % 2 == 0, "a key without a value");
    const auto& dictionary = as<Dictionary>(bytes_, stack_.top(), "items of what is no dictionary");
    for (std::size_t i = 0; i < items.size(); i += 2) {
      const auto* const key = std::get_if<std::string>(&items[i]->held);
      const auto* const tensor = std::get_if<TensorView>(&items[i + 1]->held);
      const auto* const inner = std::get_if<Dictionary>(&items[i + 1]->held);
      if (key != nullptr && tensor != nullptr) {
        (*dictionary)[*key] = *tensor;
      } else if (key != nullptr && inner != nullptr && *inner != dictionary) {
        for (const auto& [name, view] : **inner) {
          dictionary->insert_or_assign(*key + "." + name, view);
        }
      }
      bytes_.expect(dictionary->size() <= kMostTensors, "more tensors than any network has");
    }
  }

  bool step();
  bool step_numbers(char opcode);
  bool step_containers(char opcode);

  pickle::Bytes bytes_;
  pickle::Stack stack_{bytes_};
};

/// Opcodes of plain values; whether it is one.
bool Machine::step_numbers(char opcode) {
  switch (opcode) {
    case 'K':  // BININT1
      stack_.push(static_cast<std::int64_t>(bytes_.number(1)));
      return true;
    case 'M':  // BININT2
      stack_.push(static_cast<std::int64_t>(bytes_.number(2)));
      return true;
    case 'J':  // BININT
      stack_.push(static_cast<std::int64_t>(static_cast<std::int32_t>(bytes_.number(4))));
      return true;
    case '\x8a': {  // LONG1
      const std::size_t count = bytes_.number(1);
      bytes_.expect(count < 8, "a number of over seven bytes");
      stack_.push(static_cast<std::int64_t>(bytes_.number(count)));
      return true;
    }
    case 'G':  // BINFLOAT
      bytes_.take(8);
      stack_.push(Ignored{});
      return true;
    case 'N':     // NONE
    case '\x88':  // NEWTRUE
    case '\x89':  // NEWFALSE
      stack_.push(Ignored{});
      return true;
    case 'X':  // BINUNICODE
      stack_.push(std::string(bytes_.take(bytes_.number(4))));
      return true;
    default:
      return false;
  }
}

/// Opcodes of tuples, dictionaries and lists; whether it is one.
bool Machine::step_containers(char opcode) {
  switch (opcode) {
    case '(':  // MARK
      stack_.push(Mark{});
      return true;
    case ')':     // EMPTY_TUPLE
    case '\x85':  // TUPLE1 and so on
    case '\x86':
    case '\x87':
      stack_.push_tuple(opcode == ')' ? 0U : static_cast<std::size_t>(opcode - '\x84'));
      return true;
    case 't':  // TUPLE
      stack_.push_tuple(stack_.pop_to_mark());
      return true;
    case '}':  // EMPTY_DICT
      stack_.push(std::make_shared<std::map<std::string, TensorView>>());
      return true;
    case ']':  // EMPTY_LIST
      stack_.push(Ignored{});
      return true;
    case 's': {  // SETITEM
      const ValuePointer value = stack_.pop();
      const ValuePointer key = stack_.pop();
      set_items({key, value});
      return true;
    }
    case 'u':  // SETITEMS
      set_items(stack_.pop_to_mark());
      return true;
    case 'a':  // APPEND, to a list, which is ignored
      stack_.pop();
      return true;
    case 'e':  // APPENDS
      stack_.pop_to_mark();
      return true;
    default:
      return false;
  }
}

/// One opcode; whether it was the last.
bool Machine::step() {
  const char opcode = bytes_.take(1).front();
  switch (opcode) {
    case '\x80':  // PROTO
      bytes_.expect(bytes_.number(1) <= 3, "a protocol over 3");
      return false;
    case 'q':  // BINPUT
      stack_.remember(bytes_.number(1));
      return false;
    case 'r':  // LONG_BINPUT
      stack_.remember(bytes_.number(4));
      return false;
    case 'h':  // BINGET
      stack_.recall(bytes_.number(1));
      return false;
    case 'j':  // LONG_BINGET
      stack_.recall(bytes_.number(4));
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
      stack_.pop();
      static_cast<void>(stack_.top());
      return false;
    case '.':  // STOP
      return true;
    default:
      bytes_.expect(step_numbers(opcode) || step_containers(opcode),
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

}  // namespace cance::models
