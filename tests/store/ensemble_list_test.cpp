// The list of ensembles: launches into one folder, of which the last that names a member counts.
#include "store/ensemble_list.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "base/atomic_file.hpp"
#include "tests/support/folder_test.hpp"

namespace cance {
namespace {

using store::EnsembleMembers;

class EnsembleList : public tests::FolderTest {
 protected:
  void launch(const EnsembleMembers& made, const std::vector<std::string>& cells) const {
    store::write_ensembles(folder_, made, cells);
  }
  [[nodiscard]] EnsembleMembers read() const { return store::read_ensembles(folder_); }
};

TEST_F(EnsembleList, TheLastLaunchThatNamesAMemberCounts) {
  launch({}, {"a", "b"});
  EXPECT_FALSE(std::filesystem::exists(folder_ / "running"));
  const EnsembleMembers first{{"ensemble=x/s", {"v=1/s", "v=4/s"}},
                              {"ensemble=x/t", {"v=1/t", "v=4/t"}}};
  launch(first, {"v=1/s", "v=4/s", "v=1/t", "v=4/t"});
  EXPECT_EQ(read(), first);
  // Further values: the same ensemble joins these now; what has no part in the launch stays.
  launch({{"ensemble=x/s", {"v=8/s", "v=9/s"}}}, {"v=8/s", "v=9/s"});
  EXPECT_EQ(read(), (EnsembleMembers{{"ensemble=x/s", {"v=8/s", "v=9/s"}},
                                     {"ensemble=x/t", {"v=1/t", "v=4/t"}}}));
  launch({}, {"v=9/s"});  // without ensembles
  EXPECT_EQ(read(), (EnsembleMembers{{"ensemble=x/t", {"v=1/t", "v=4/t"}}}));
  launch({}, {"v=1/t"});
  EXPECT_TRUE(read().empty());
}

TEST_F(EnsembleList, OfLaunchesAtOnceNoneIsLost) {
  constexpr int kLaunches = 8;
  {
    std::vector<std::jthread> launches;
    for (int i = 0; i < kLaunches; ++i) {
      launches.emplace_back([this, i] {
        const std::string seed = std::to_string(i);
        launch({{"ensemble=x/" + seed, {"v=1/" + seed, "v=4/" + seed}}}, {"v=1/" + seed});
      });
    }
  }
  EXPECT_EQ(read().size(), kLaunches);
}

TEST_F(EnsembleList, PassesOverLinesWithoutMembers) {
  write_text_file(folder_ / "running/ensembles.list", "ensemble=x/s\n\nensemble=x/t\tv=1/t\n");
  EXPECT_EQ(read(), (EnsembleMembers{{"ensemble=x/t", {"v=1/t"}}}));
}

}  // namespace
}  // namespace cance
