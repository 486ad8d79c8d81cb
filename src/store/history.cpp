#include "store/history.hpp"

namespace cance::store {

void write_history(const hdf5::Group& group, const std::string& name, const History& history) {
  hdf5::write_table(group, name,
                    {{{"epoch", history.epoch},
                      {"train_loss", history.train_loss},
                      {"validation_loss", history.validation_loss},
                      {"seconds", history.seconds}}});
}

History read_history(const hdf5::Group& group, const std::string& name) {
  const hdf5::Table table = hdf5::read_table(group, name);
  return {table.integers("epoch"), table.numbers("train_loss"), table.numbers("validation_loss"),
          table.numbers("seconds")};
}

}  // namespace cance::store
