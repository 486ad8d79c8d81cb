// The paper's tables from made-up groups, and published numbers beside them.
#include "report/tables/paper_tables.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "report/runs/aggregate.hpp"
#include "tests/support/files.hpp"
#include "tests/support/made_up_group.hpp"

namespace cance::report {
namespace {

using tests::made_up_group;

const Published& named(const std::vector<Published>& results, const std::string& method,
                       const std::string& metric = "auroc") {
  return *std::ranges::find_if(results, [&](const Published& result) {
    return result.method == method && result.metric == metric;
  });
}

/// The entry of a row and a column by their names.
Entry entry(const TextTable& table, const std::string& row, const std::string& column) {
  const auto found =
      std::ranges::find(table.rows, row, [](const auto& entries) { return entries.front().text; });
  const auto place = std::ranges::find(table.header, column) - table.header.begin();
  return found == table.rows.end() || place == static_cast<std::ptrdiff_t>(table.header.size())
             ? Entry{"absent"}
             : (*found)[static_cast<std::size_t>(place)];
}

CellGroup flagged_group(const std::string& dataset, const std::string& rule, double f1) {
  CellGroup group = made_up_group(1, 2, [](int, int) { return 0.0; });
  group.dataset = dataset;
  group.protocol = rule;
  group.cases = {"all"};
  for (CellRecord& cell : group.cells) {
    cell.case_name = "all";
    for (auto& [method, metrics] : cell.metrics) {
      metrics["f1"] = f1 + (method == "cance" ? 0.1 : 0.0);
      metrics["precision"] = 0.25;
      metrics["recall"] = 0.75;
    }
  }
  return group;
}

TEST(PublishedResults, MeansOfClassesAreThePublishedMeans) {
  for (const auto& [dataset, method, tolerance] :
       {std::tuple{"mnist", "LSA", .0006},
        {"mnist", "VAE", .0006},
        {"mnist", "Deep SVDD", .0006},
        {"cifar10", "Deep SVDD", .0006},
        {"cifar10", "1-NN", .0006},
        {"cifar10", "DROCC by its best test epoch", .0006}}) {
    const auto results = published_results(dataset, "unimodal");
    const Published& result = named(results, method);
    double sum = 0;
    for (int k = 0; k < 10; ++k) {
      sum += result.value("class" + std::to_string(k));
    }
    EXPECT_NEAR(sum / 10, result.value(kAverage), tolerance) << dataset << " " << method;
  }
}

TEST(PublishedResults, StandBesideVariantsOfADataSet) {
  EXPECT_EQ(named(published_results("cifar10-heldout", "unimodal"), "LSA").value(kAverage), .641);
  EXPECT_EQ(named(published_results("cifar10-heldout-resnet18-layer3", "unimodal"),
                  "l2-AE (other network)")
                .value(kAverage),
            .790);
  EXPECT_EQ(named(published_results("kddcup99", "dagmm"), "DAGMM", "precision").value("all"),
            .9297);
  EXPECT_EQ(named(published_results("adbench-cifar10-4", "goad"), "LOF").value("all"), .771);
  EXPECT_TRUE(published_results("mine", "given").empty());
  EXPECT_TRUE(std::isnan(named(published_results("mnist", "unimodal"), "GAN").value("class0")));
  for (const char* protocol : {"unimodal", "multimodal"}) {
    for (const Published& result : published_results("mnist", protocol)) {
      EXPECT_TRUE(result.source.starts_with("published: ") ||
                  result.source.starts_with("measured: "));
    }
  }
}

TEST(PublishedResults, AllLinesOfTheFileAreRead) {
  std::size_t count = 0;
  for (const auto& [place, results] : parse_published(kPublishedCsv)) {
    count += results.size();
  }
  EXPECT_EQ(count, 175U);
}

TEST(PublishedResults, DamagedLinesAreErrors) {
  const std::string head = "dataset;protocol;method;metric;source;all;average\n";
  const std::string good = "a;goad;LOF;f1;published: X 2020;.5\n";
  EXPECT_EQ(parse_published("# note\n" + head + good).at({"a", "goad"}).front().value("all"), .5);
  EXPECT_EQ(parse_published("dataset;protocol;method;metric;source;all;class0%\n"
                            "a;goad;LOF;f1;measured: X;;99.3\n")
                .at({"a", "goad"})
                .front()
                .value("class0"),
            .993);
  for (const std::string damaged :
       {"", "a;goad;LOF;f1;published: X 2020\n", "a;goad;LOF;f1;published: X 2020;\n",
        "a;goad;LOF;f1;published: X 2020;.5;.5;.5\n", "a;goad;LOF;f2;published: X 2020;.5\n",
        "a;goad;;f1;published: X 2020;.5\n", "a;goad;LOF;f1;X 2020;.5\n",
        "a;goad;LOF;f1;published: X 2020;50\n", "a;goad;LOF;f1;published: X 2020;.5x\n"}) {
    EXPECT_THROW(static_cast<void>(parse_published(head + damaged)), Error) << damaged;
  }
  EXPECT_THROW(static_cast<void>(parse_published(head + good + good)), Error);
  EXPECT_THROW(static_cast<void>(parse_published(good)), Error);
  const std::string message = tests::message_of(
      [&] { static_cast<void>(parse_published(head + "a;goad;LOF;f1;published: X 2020;nan\n")); });
  EXPECT_EQ(message,
            "published.csv: 'a;goad;LOF;f1;published: X 2020;nan': all is 'nan', expected a number "
            "from 0 to 1");
}

TEST(GroupTable, ClassesWithPublishedColumnsAndTheAverage) {
  CellGroup group = made_up_group(10, 2, [](int k, int) { return k == 0 ? 0.099 : -0.2; });
  group.dataset = "mnist";
  const TextTable table = group_tables(group).front();
  EXPECT_EQ(entry(table, "class0", "CNCE").text, ".9990 ± .0000");
  EXPECT_TRUE(entry(table, "class0", "CNCE").bold);
  const Entry lsa = entry(table, "class0", "LSA (published)");
  EXPECT_EQ(lsa.text, ".993");
  EXPECT_TRUE(lsa.quoted);
  EXPECT_FALSE(lsa.bold);
  EXPECT_TRUE(entry(table, "class1", "LSA (published)").bold);
  EXPECT_EQ(entry(table, "average", "VAE (published)").text, ".969");
  EXPECT_EQ(entry(table, "average", "CANCE").text, ".9000 ± .0000");
  EXPECT_EQ(entry(table, "average", "seeds").text, "2");
  EXPECT_EQ(table.summary_rows, 1U);
  EXPECT_EQ(entry(table, "class0", "KDE (published)").text, "absent");  // its mean alone is known
  EXPECT_EQ(group_tables(group, Others::hidden).front().header.size(), 2U + 4);
  EXPECT_EQ(entry(published_table(group), "KDE", "mean AUROC").text, ".814");
}

TEST(GroupTable, AveragesOfOthersNeedAllClasses) {
  CellGroup group = made_up_group(9, 1, [](int, int) { return 0.0; });
  group.dataset = "mnist";
  EXPECT_EQ(entry(group_tables(group).front(), "class8", "LSA (published)").text, ".953");
  EXPECT_EQ(entry(group_tables(group).front(), "average", "LSA (published)").text, "");
  EXPECT_TRUE(published_table(group).rows.empty());
  EXPECT_NE(sources_note({group}).find("left out"), std::string::npos);
}

TEST(GroupTable, AuprcByCaseStandsBesideAurocWhereRunsHaveIt) {
  CellGroup group = made_up_group(2, 2, [](int, int) { return 0.0; });
  EXPECT_EQ(group_tables(group).size(), 1U);
  for (CellRecord& cell : group.cells) {
    cell.metrics["cance"]["auprc"] = cell.case_name == "class0" ? 0.5 : 0.75;
  }
  const auto tables = group_tables(group);
  ASSERT_EQ(tables.size(), 2U);
  EXPECT_EQ(tables[1].caption, "AUPRC by case, made-up / unimodal / autoencoder");
  EXPECT_EQ(entry(tables[1], "CANCE", "class1").text, ".7500 ± .0000");
  EXPECT_EQ(entry(tables[1], "CANCE", "average").text, ".6250 ± .0000");
}

TEST(GroupTable, MoreMethodsThanCasesGoDown) {
  const TextTable table = group_tables(made_up_group(3, 1, [](int, int) { return 0.0; })).front();
  EXPECT_EQ(entry(table, "CNCE", "class2").text, ".9000");
  EXPECT_EQ(entry(table, "CNCE", "average").text, ".9000");
}

TEST(GroupTable, OneCaseShowsEveryMetricLedByF1) {
  const TextTable table = group_tables(flagged_group("thyroid", "goad", .5)).front();
  EXPECT_EQ(table.header,
            (std::vector<std::string>{"method", "F1", "precision", "recall", "AUROC"}));
  EXPECT_EQ(entry(table, "CANCE", "F1").text, ".6000 ± .0000");
  EXPECT_EQ(entry(table, "PyOD IForest (measured)", "F1").text, ".787");
  EXPECT_TRUE(entry(table, "PyOD IForest (measured)", "F1").bold);
  EXPECT_EQ(entry(table, "PyOD IForest (measured)", "AUROC").text, ".988");
  EXPECT_EQ(entry(table, "PyOD IForest (measured)", "recall").text, "");
}

TEST(GroupTables, ARowAKindThenMeanAndPooled) {
  CellGroup group = made_up_group(1, 1, [](int, int) { return 0.0; });
  EXPECT_EQ(group_tables(group).front().header.front(), "method");
  for (auto& [method, metrics] : group.cells.front().metrics) {
    metrics["auroc:fog"] = method == "cance" ? .8 : .7;
    metrics["auroc:stripe"] = .6;
    metrics["auroc_kinds"] = .65;
  }
  ASSERT_EQ(group_tables(group).size(), 1U);  // says all that there is
  const TextTable table = group_tables(group).front();
  ASSERT_EQ(table.rows.size(), 4U);
  EXPECT_EQ(entry(table, "fog", "CANCE").text, ".8000");
  EXPECT_TRUE(entry(table, "fog", "CANCE").bold);
  EXPECT_EQ(entry(table, "mean of kinds", "Error").text, ".6500");
  EXPECT_EQ(entry(table, "pooled", "Error").text, ".9000");
  group.cells.front().metrics["cance"]["auprc"] = .4;
  ASSERT_EQ(group_tables(group).size(), 1U);
  EXPECT_EQ(entry(group_tables(group).front(), "pooled, AUPRC", "CANCE").text, ".4000");
  group.cells.front().metrics["cance"]["f1"] = .5;
  EXPECT_EQ(group_tables(group).size(), 2U);
}

TEST(OverviewTables, DataSetsOfAProtocolHaveAverages) {
  std::vector<CellGroup> groups{made_up_group(2, 1, [](int, int) { return 0.05; }),
                                made_up_group(2, 1, [](int, int) { return 0.01; })};
  EXPECT_EQ(overview_tables({groups.front()}).size(), 1U);
  groups.back().dataset = "other";
  const auto tables = overview_tables(groups);
  ASSERT_EQ(tables.size(), 2U);
  EXPECT_EQ(tables[1].caption, "Protocol unimodal: AUROC");
  EXPECT_EQ(entry(tables[1], "CNCE", "average").text, ".9300");
  EXPECT_EQ(entry(tables[1], "CNCE", "average rank").text, "1.00");
  EXPECT_EQ(tables[1].note, "AUROC leads.");
}

TEST(OverviewTables, AblationRulesAndFeatures) {
  std::vector<CellGroup> groups{
      made_up_group(2, 1, [](int, int) { return 0.05; }), flagged_group("thyroid", "goad", .5),
      flagged_group("abalone", "goad", .4), flagged_group("thyroid", "drocc", .7),
      flagged_group("adbench-cifar10-0", "goad", .3)};
  EXPECT_EQ(group_kind(flagged_group("adbench-cardio", "goad", .3)), GroupKind::table);
  const auto tables = overview_tables(groups);
  ASSERT_EQ(tables.size(), 7U);
  EXPECT_EQ(tables[0].rows.size(), 2U);  // the made-up set and ADBench, by AUROC
  EXPECT_EQ(entry(tables[0], "made-up / unimodal / autoencoder", "CNCE").text, ".9500");
  EXPECT_EQ(entry(tables[1], "CANCE", "abalone").text, ".5000 ± .0000");
  EXPECT_EQ(entry(tables[1], "PyOD DIF (measured)", "abalone").text, ".628");
  EXPECT_EQ(entry(tables[1], "CANCE", "average").text, ".5500");
  EXPECT_TRUE(entry(tables[1], "CANCE", "average rank").bold);
  EXPECT_EQ(entry(tables[1], "CANCE", "average rank").text, "1.00");
  EXPECT_EQ(entry(tables[1], "Error", "average rank").text, "3.00");  // of three equal ones
  EXPECT_EQ(entry(tables[1], "PyOD DIF (measured)", "average").text, ".692");
  EXPECT_EQ(entry(tables[1], "PyOD DIF (measured)", "average rank").text, "");
  EXPECT_EQ(entry(tables[1], "GOAD (published)", "average").text, "");  // none of abalone
  EXPECT_EQ(entry(tables[1], "seeds", "thyroid").text, "2");
  EXPECT_TRUE(tables[1].note.starts_with("goad: half of the normal rows train;"));
  EXPECT_EQ(tables[2].caption, "Tables: AUROC under the rule goad");
  EXPECT_EQ(entry(tables[3], "DROCC by its best test epoch (published)", "thyroid").text, ".780");
  EXPECT_NE(tables[3].note.find("NORMAL"), std::string::npos);
  EXPECT_EQ(tables[4].caption, "Tables: AUROC under the rule drocc");
  EXPECT_EQ(tables[5].header,
            (std::vector<std::string>{"method", "goad F1", "goad AUROC", "drocc F1 of normal rows",
                                      "drocc precision of normal rows",
                                      "drocc recall of normal rows", "drocc AUROC"}));
  EXPECT_EQ(entry(tables[5], "CANCE", "drocc F1 of normal rows").text, ".8000 ± .0000");
  EXPECT_EQ(entry(tables[5], "CANCE", "drocc recall of normal rows").text, ".7500 ± .0000");
  EXPECT_EQ(entry(tables[5], "PyOD IForest (measured)", "goad AUROC").text, ".988");
  EXPECT_EQ(entry(tables[6], "LOF (measured)", "adbench-cifar10-0").text, ".735");
  EXPECT_NE(tables[6].note.find("flagged as are anomalous. AUROC leads."), std::string::npos);
  const std::string note = sources_note(groups);
  EXPECT_NE(note.find("DROCC by its best test epoch, Deep SVDD, GOAD, LOF (published: Goyal et "
                      "al. 2020, Table 2)"),
            std::string::npos)
      << note;
}

}  // namespace
}  // namespace cance::report
