// Attributes: texts, numbers and booleans as h5py writes them (an enum FALSE, TRUE of int8).
#include <algorithm>

#include "base/ranges.hpp"
#include "hdf5/handle.hpp"
#include "hdf5/lock.hpp"

namespace cance::hdf5 {
namespace {

TypeHandle boolean_type() {
  TypeHandle type(check(H5Tenum_create(H5T_STD_I8LE), "HDF5", "make the boolean type"));
  const signed char no = 0;
  const signed char yes = 1;
  check(H5Tenum_insert(type.get(), "FALSE", &no), "HDF5", "make the boolean type");
  check(H5Tenum_insert(type.get(), "TRUE", &yes), "HDF5", "make the boolean type");
  return type;
}

// A new attribute; one of the same name is replaced.
void write_attribute(hid_t object, const std::string& name, hid_t type, hid_t space,
                     const void* value, const std::string& where) {
  if (check(H5Aexists(object, name.c_str()), where, "look for the attribute") > 0) {
    check(H5Adelete(object, name.c_str()), where, "replace the attribute");
  }
  const AttributeHandle attribute(check(
      H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), where, "create"));
  if (value != nullptr) {
    check(H5Awrite(attribute.get(), type, value), where, "write");
  }
}

void write_scalar(hid_t object, const std::string& name, hid_t type, const void* value,
                  const std::string& where) {
  const SpaceHandle space(check(H5Screate(H5S_SCALAR), where, "create"));
  write_attribute(object, name, type, space.get(), value, where);
}

void write_texts(hid_t object, const std::string& name, const std::vector<std::string>& values,
                 const std::string& where) {
  const hsize_t count = values.size();
  const SpaceHandle space(check(H5Screate_simple(1, &count, nullptr), where, "create"));
  const auto texts = text_pointers(values, where);
  write_attribute(object, name, text_type().get(), space.get(),
                  texts.empty() ? nullptr : texts.data(), where);
}

AttributeHandle open_attribute(hid_t object, const std::string& name, const std::string& where) {
  require(check(H5Aexists(object, name.c_str()), where, "look for the attribute") > 0,
          "{}: the attribute is missing", where);
  return AttributeHandle(check(H5Aopen(object, name.c_str(), H5P_DEFAULT), where, "open"));
}

std::vector<std::string> texts_of(hid_t object, const std::string& name, StoredTexts* texts,
                                  const std::string& where) {
  static_cast<void>(open_attribute(object, name, where));  // says that it is missing
  return read_texts({.stored = texts, .object = object, .attribute = name}, where);
}

void read_scalar(hid_t object, const std::string& name, std::initializer_list<H5T_class_t> classes,
                 hid_t memory_type, void* value, const char* expected, const std::string& where) {
  const auto attribute = open_attribute(object, name, where);
  const TypeHandle type(check(H5Aget_type(attribute.get()), where, "read the type"));
  const SpaceHandle space(check(H5Aget_space(attribute.get()), where, "read the extents"));
  const bool fits =
      contains(classes, H5Tget_class(type.get())) && H5Sget_simple_extent_npoints(space.get()) == 1;
  require(fits, "{}: the attribute is not {}", where, expected);
  check(H5Aread(attribute.get(), memory_type, value), where, "read");
}

// "name type value" of an open attribute; numbers in hexadecimal digits, texts with their lengths.
std::string attribute_line(hid_t object, const std::string& name, StoredTexts* texts,
                           const std::string& where) {
  const AttributeHandle opened = open_attribute(object, name, where);
  const hid_t attribute = opened.get();
  const TypeHandle type(check(H5Aget_type(attribute), where, "read the type"));
  const SpaceHandle space(check(H5Aget_space(attribute), where, "read the extents"));
  const hssize_t count = H5Sget_simple_extent_npoints(space.get());
  std::string line = fmt::format("@{} {} {}:", name, type_text(type.get()), count);
  const H5T_class_t kind = H5Tget_class(type.get());
  if (kind == H5T_STRING) {
    for (const std::string& text :
         read_texts({.stored = texts, .object = object, .attribute = name}, where)) {
      line += fmt::format(" {}:{}", text.size(), text);
    }
    return line + "\n";
  }
  require(count == 1 && (kind == H5T_INTEGER || kind == H5T_FLOAT || kind == H5T_ENUM),
          "{}: an attribute that is neither texts nor one number", where);
  if (kind == H5T_FLOAT) {
    double value = 0;
    check(H5Aread(attribute, H5T_NATIVE_DOUBLE, &value), where, "read");
    return line + fmt::format(" {:a}\n", value);
  }
  std::int64_t value = 0;
  signed char truth = 0;
  if (kind == H5T_ENUM) {
    check(H5Aread(attribute, boolean_type().get(), &truth), where, "read");
    value = truth;
  } else {
    check(H5Aread(attribute, H5T_NATIVE_INT64, &value), where, "read");
  }
  return line + fmt::format(" {}\n", value);
}

}  // namespace

std::vector<std::string> names_of_attributes(hid_t object, const std::string& where) {
  std::vector<std::string> names;
  const auto add = [](hid_t, const char* name, const H5A_info_t*, void* out) -> herr_t {
    static_cast<std::vector<std::string>*>(out)->emplace_back(name);
    return 0;
  };
  check(H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, nullptr, add, &names), where,
        "list the attributes");
  return names;
}

std::string type_text(hid_t type) {
  const std::size_t bits = 8 * H5Tget_size(type);
  switch (H5Tget_class(type)) {
    case H5T_FLOAT:
      return fmt::format("float{}", bits);
    case H5T_INTEGER:
      return fmt::format("{}int{}", H5Tget_sign(type) == H5T_SGN_NONE ? "u" : "", bits);
    case H5T_ENUM:
      return "boolean";
    case H5T_STRING:
      return "text";
    default:
      return "other";
  }
}

void Group::set(const std::string& attribute, const std::string& value) const {
  const Lock lock;
  const std::string place = where("@" + attribute);
  const std::vector<std::string> values{value};
  const auto text = text_pointers(values, place);
  write_scalar(impl_->group.get(), attribute, text_type().get(), text.data(), place);
}

void Group::set(const std::string& attribute, std::int64_t value) const {
  const Lock lock;
  write_scalar(impl_->group.get(), attribute, H5T_STD_I64LE, &value, where("@" + attribute));
}

void Group::set(const std::string& attribute, double value) const {
  const Lock lock;
  write_scalar(impl_->group.get(), attribute, H5T_IEEE_F64LE, &value, where("@" + attribute));
}

void Group::set(const std::string& attribute, bool value) const {
  const Lock lock;
  const signed char number = value ? 1 : 0;
  write_scalar(impl_->group.get(), attribute, boolean_type().get(), &number,
               where("@" + attribute));
}

void Group::set(const std::string& attribute, const std::vector<std::string>& values) const {
  const Lock lock;
  write_texts(impl_->group.get(), attribute, values, where("@" + attribute));
}

void Group::set_on(const std::string& name, const std::string& attribute,
                   const std::vector<std::string>& values) const {
  const Lock lock;
  const std::string place = where(name + "@" + attribute);
  const Handle<H5Oclose> object(
      check(H5Oopen(impl_->group.get(), name.c_str(), H5P_DEFAULT), place, "open"));
  write_texts(object.get(), attribute, values, place);
}

std::vector<std::string> Group::texts_on(const std::string& name,
                                         const std::string& attribute) const {
  const Lock lock;
  const std::string place = where(name + "@" + attribute);
  require(has(name), "{}: the array is missing", where(name));
  const Handle<H5Oclose> object(
      check(H5Oopen(impl_->group.get(), name.c_str(), H5P_DEFAULT), place, "open"));
  return texts_of(object.get(), attribute, impl_->file->texts.get(), place);
}

bool Group::has_attribute(const std::string& attribute) const {
  const Lock lock;
  return check(H5Aexists(impl_->group.get(), attribute.c_str()), where("@" + attribute),
               "look for the attribute") > 0;
}

std::string Group::text(const std::string& attribute) const {
  const Lock lock;
  const auto values = texts(attribute);
  require(values.size() == 1, "{}: the attribute is not one text", where("@" + attribute));
  return values.front();
}

std::vector<std::string> Group::texts(const std::string& attribute) const {
  const Lock lock;
  const std::string place = where("@" + attribute);
  return texts_of(impl_->group.get(), attribute, impl_->file->texts.get(), place);
}

std::int64_t Group::integer(const std::string& attribute) const {
  const Lock lock;
  std::int64_t value = 0;
  read_scalar(impl_->group.get(), attribute, {H5T_INTEGER}, H5T_NATIVE_INT64, &value,
              "one whole number", where("@" + attribute));
  return value;
}

double Group::number(const std::string& attribute) const {
  const Lock lock;
  double value = 0;
  read_scalar(impl_->group.get(), attribute, {H5T_INTEGER, H5T_FLOAT}, H5T_NATIVE_DOUBLE, &value,
              "one number", where("@" + attribute));
  return value;
}

bool Group::boolean(const std::string& attribute) const {
  const Lock lock;
  signed char value = 0;
  read_scalar(impl_->group.get(), attribute, {H5T_ENUM}, boolean_type().get(), &value,
              "a boolean (an enum of FALSE and TRUE)", where("@" + attribute));
  return value != 0;
}

std::vector<std::string> Group::attribute_names() const {
  const Lock lock;
  return names_of_attributes(impl_->group.get(), where());
}

std::string Group::attribute_lines(const std::string& name) const {
  const Lock lock;
  const char* const path = name.empty() ? "." : name.c_str();
  const Handle<H5Oclose> object(
      check(H5Oopen(impl_->group.get(), path, H5P_DEFAULT), where(name), "open"));
  std::string lines;
  for (const std::string& attribute : names_of_attributes(object.get(), where(name))) {
    const std::string place = where(name + "@" + attribute);
    lines += attribute_line(object.get(), attribute, impl_->file->texts.get(), place);
  }
  return lines;
}

}  // namespace cance::hdf5
