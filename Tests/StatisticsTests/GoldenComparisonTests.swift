import Statistics
import Testing

/// Comparisons of runs are what the reference libraries compute.
@Suite struct GoldenComparisonTests {
    @Test func pairedTestsAreThoseOfScipy() throws {
        let golden = try Golden("paired")
        let paired = try PairedDifferences(from: golden.numbers("A"), to: golden.numbers("B"))
        #expect(isClose(try paired.mean(), try golden.expects("mean_diff")))
        #expect(isClose(try paired.effectSize(), try golden.expects("cohen_dz")))
        let student = try paired.studentTest()
        #expect(isClose(student.t, try golden.expects("t")))
        #expect(isClose(student.probability, try golden.expects("p_t")))
        let range = try paired.interval()
        let expected = try golden.expectsNumbers("ci95")
        #expect(isClose(range.lower, expected[0]) && isClose(range.upper, expected[1]))
        let wilcoxon = try paired.wilcoxonTest()
        #expect(wilcoxon.sum == (try golden.expects("wilcoxon_W")))
        #expect(isClose(wilcoxon.probability, try golden.expects("wilcoxon_p")))
        #expect(isClose(try paired.signFlipTest(), try golden.expects("signflip_exact_p")))
    }

    @Test func mcNemarIsThatOfStatsmodels() throws {
        let golden = try Golden("mcnemar_exact")
        #expect(isClose(try McNemar.exactTest(onlyFirst: 9, onlySecond: 2), try golden.expects("p_exact")))
        #expect(isClose(try McNemar.chiSquaredTest(onlyFirst: 9, onlySecond: 2), try golden.expects("p_chi2_cc")))
        #expect(throws: Undefined.noDifference) { try McNemar.exactTest(onlyFirst: 0, onlySecond: 0) }
    }

    @Test func severalTestsAreAdjustedAsByStatsmodels() throws {
        let golden = try Golden("multiple_testing")
        let p = golden.numbers("p")
        let families = [
            ("holm", try MultipleTesting.holm(p)), ("fdr_bh", try MultipleTesting.benjaminiHochberg(p)),
            ("bonferroni", try MultipleTesting.bonferroni(p)),
        ]
        for (key, adjusted) in families {
            #expect(zip(adjusted, try golden.expectsNumbers(key)).allSatisfy { isClose($0, $1) }, "\(key)")
        }
        let reversed = try MultipleTesting.holm(p.reversed())
        #expect(reversed == (try MultipleTesting.holm(p)).reversed(), "the order of the tests does not matter")
    }

    @Test func clusteredErrorsAreThoseOfStatsmodels() throws {
        let golden = try Golden("clustered_se")
        let scores = golden.numbers("scores")
        let clustered = try MeanEstimate(of: scores, clusters: golden.integers("cluster"))
        #expect(isClose(clustered.mean, try golden.expects("mean")))
        #expect(isClose(clustered.standardError, try golden.expects("se_clustered_miller")))
        #expect(isClose(try MeanEstimate(of: scores).standardError, try golden.expects("se_clt")))
    }

    @Test func neededNumbersAreThoseOfStatsmodels() throws {
        let golden = try Golden("power")
        #expect(isClose(try Power.pairs(effectSize: 0.2), try golden.expects("n_paired"), within: 1e-6))
        #expect(
            isClose(
                try Power.itemsPerGroup(first: 0.8, second: 0.85), try golden.expects("n_per_arm_two_prop"),
                within: 1e-6))
    }

    @Test func distancesOfSamplesAreThoseOfScipy() throws {
        let golden = try Golden("drift")
        let distance = try SampleDistance(golden.numbers("reference"), golden.numbers("current"))
        let smirnov = distance.kolmogorovSmirnov()
        #expect(isClose(smirnov.distance, try golden.expects("ks")))
        #expect(isClose(smirnov.probability, try golden.expects("ks_p")))
        let whitney = try distance.mannWhitney()
        #expect(isClose(whitney.pairs, try golden.expects("mannwhitney_u")))
        #expect(isClose(whitney.probability, try golden.expects("mannwhitney_p")))
        #expect(isClose(distance.wasserstein(), try golden.expects("wasserstein")))
        // numpy's third edge of five parts is a little above 0.6, so that 0.6 is below it.
        func moved(_ key: String) -> [Double] { golden.numbers(key).map { $0 == 0.6 ? 0.6.nextDown : $0 } }
        let parts = try SampleDistance(moved("reference"), moved("current"))
        #expect(isClose(try parts.stabilityIndex(bins: 5), try golden.expects("psi")))
        #expect(isClose(try parts.jensenShannon(bins: 5), try golden.expects("jensen_shannon_bits")))
    }

    @Test func chartsAreThoseOfTheHandbook() throws {
        let golden = try Golden("control_charts")
        let chart = try ControlChart(mean: 0.8, deviation: 0.02)
        let values = golden.numbers("x")
        let averages = try chart.movingAverages(values)
        let expected = try golden.expectsTable("ewma_and_lcl")
        #expect(zip(averages, expected).allSatisfy { isClose($0.value, $1[0]) && isClose($0.lowerLimit, $1[1]) })
        #expect(Double(averages.firstIndex(where: \.isAlarm) ?? -1) == (try golden.expects("ewma_alarm_index")))
        let sums = try chart.lowerSums(values)
        #expect(zip(sums, try golden.expectsNumbers("cusum_low")).allSatisfy { isClose($0, $1) })
        #expect(Double(sums.firstIndex { $0 > 5 } ?? -1) == (try golden.expects("cusum_alarm_index_h5")))
    }
}
