#include "models/state_pickle.hpp"

#include <algorithm>
#include <array>

#include "base/ranges.hpp"
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
constexpr std::size_t kMostDimensions = 64;
constexpr std::size_t kMostNameBytes = 4096;
constexpr std::string_view kStorages = "torch ";
/// What a state dictionary names, besides the storages of its numbers.
constexpr std::array<std::string_view, 3> kPickledNames = {"collections OrderedDict",
                                                           "torch._utils _rebuild_tensor_v2",
                                                           "torch._utils _rebuild_parameter"};

class Machine {
 public:
  Machine(std::string_view bytes, const std::string& name) : bytes_(bytes, name) {}

  std::map<std::string, TensorView> run() {
    constexpr char kStop = '.';
    for (char opcode = 0; (opcode = bytes_.take(1).front()) != kStop;) {
      const auto step = opcodes().find(opcode);
      bytes_.expect(step != opcodes().end(), "an opcode that torch does not write");
      step->second(*this);
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
    require(storage || contains(kPickledNames, name),
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
    const auto& tuple = as<Tuple>(bytes_, value, "a shape that is no tuple");
    bytes_.expect(tuple.size() <= kMostDimensions, "a tensor of over 64 dimensions");
    for (const ValuePointer& one : tuple) {
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
        moved_ += (*inner)->size();
        bytes_.expect(moved_ <= kMostTensors, "more tensors than any network has");
        for (const auto& [name, view] : **inner) {
          bytes_.expect(key->size() + name.size() < kMostNameBytes, "a name of over 4096 bytes");
          dictionary->insert_or_assign(*key + "." + name, view);
        }
      }
      bytes_.expect(dictionary->size() <= kMostTensors, "more tensors than any network has");
    }
  }

  static const std::map<char, void (*)(Machine&)>& opcodes();
  void push_whole(std::size_t bytes) {
    stack_.push(static_cast<std::int64_t>(bytes_.number(bytes)));
  }

  pickle::Bytes bytes_;
  pickle::Stack stack_{bytes_};
  std::size_t moved_ = 0;  // tensors of dictionaries in dictionaries
};

/// All that torch writes, but the one that ends.
const std::map<char, void (*)(Machine&)>& Machine::opcodes() {
  constexpr auto ignored = [](Machine& m) { m.stack_.push(Ignored{}); };
  static const std::map<char, void (*)(Machine&)> all{
      // Values: BININT1, BININT2, BININT, LONG1, BINFLOAT, NONE, NEWTRUE, NEWFALSE, BINUNICODE
      {'K', [](Machine& m) { m.push_whole(1); }},
      {'M', [](Machine& m) { m.push_whole(2); }},
      {'J',
       [](Machine& m) {
         m.stack_.push(std::int64_t{static_cast<std::int32_t>(m.bytes_.number(4))});
       }},
      {'\x8a',
       [](Machine& m) {
         const std::size_t count = m.bytes_.number(1);
         m.bytes_.expect(count < 8, "a number of over seven bytes");
         m.push_whole(count);
       }},
      {'G',
       [](Machine& m) {
         m.bytes_.take(8);
         m.stack_.push(Ignored{});
       }},
      {'N', ignored},
      {'\x88', ignored},
      {'\x89', ignored},
      {'X', [](Machine& m) { m.stack_.push(std::string(m.bytes_.take(m.bytes_.number(4)))); }},
      // MARK, EMPTY_TUPLE, TUPLE1 to TUPLE3, TUPLE, EMPTY_DICT
      {'(', [](Machine& m) { m.stack_.push(Mark{}); }},
      {')', [](Machine& m) { m.stack_.push_tuple(0U); }},
      {'\x85', [](Machine& m) { m.stack_.push_tuple(1U); }},
      {'\x86', [](Machine& m) { m.stack_.push_tuple(2U); }},
      {'\x87', [](Machine& m) { m.stack_.push_tuple(3U); }},
      {'t', [](Machine& m) { m.stack_.push_tuple(m.stack_.pop_to_mark()); }},
      {'}',
       [](Machine& m) { m.stack_.push(std::make_shared<std::map<std::string, TensorView>>()); }},
      // SETITEM, SETITEMS
      {'s',
       [](Machine& m) {
         const ValuePointer value = m.stack_.pop();
         const ValuePointer key = m.stack_.pop();
         m.set_items({key, value});
       }},
      {'u', [](Machine& m) { m.set_items(m.stack_.pop_to_mark()); }},
      // EMPTY_LIST, APPEND, APPENDS: lists are ignored
      {']', ignored},
      {'a', [](Machine& m) { m.stack_.pop(); }},
      {'e', [](Machine& m) { m.stack_.pop_to_mark(); }},
      // PROTO, BINPUT, LONG_BINPUT, BINGET, LONG_BINGET
      {'\x80', [](Machine& m) { m.bytes_.expect(m.bytes_.number(1) <= 3, "a protocol over 3"); }},
      {'q', [](Machine& m) { m.stack_.remember(m.bytes_.number(1)); }},
      {'r', [](Machine& m) { m.stack_.remember(m.bytes_.number(4)); }},
      {'h', [](Machine& m) { m.stack_.recall(m.bytes_.number(1)); }},
      {'j', [](Machine& m) { m.stack_.recall(m.bytes_.number(4)); }},
      // GLOBAL, BINPERSID, REDUCE, BUILD: attributes of the dictionary, of no use here
      {'c', [](Machine& m) { m.push_name(); }},
      {'Q', [](Machine& m) { m.push_storage(); }},
      {'R', [](Machine& m) { m.call(); }},
      {'b', [](Machine& m) {
         m.stack_.pop();
         static_cast<void>(m.stack_.top());
       }}};
  return all;
}

}  // namespace

std::map<std::string, TensorView> read_state_pickle(std::string_view bytes,
                                                    const std::string& name) {
  require(bytes.size() <= kLargest, "{}: a pickle of {} bytes; state dictionaries have far less",
          name, bytes.size());
  return Machine(bytes, name).run();
}

}  // namespace cance::models
