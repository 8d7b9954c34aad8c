import Statistics
import Testing

/// Agreement is what the reference libraries compute.
@Suite struct GoldenAgreementTests {
    @Test func measuresOfTwoNumbersAreThoseOfScipy() throws {
        let golden = try Golden("agreement_continuous")
        let sample = try PairedSample(reference: golden.numbers("human"), measured: golden.numbers("judge"))
        #expect(isClose(try sample.bias(), try golden.expects("bias")))
        #expect(isClose(try sample.meanAbsoluteError(), try golden.expects("mae")))
        #expect(isClose(try sample.rootMeanSquareError(), try golden.expects("rmse")))
        #expect(isClose(try sample.pearson(), try golden.expects("pearson")))
        #expect(isClose(try sample.spearman(), try golden.expects("spearman")))
        #expect(isClose(try sample.kendall(), try golden.expects("kendall_tau_b")))
        #expect(isClose(try sample.concordance(), try golden.expects("lin_ccc")))
        let limits = try sample.limitsOfAgreement()
        #expect(isClose(limits.lower, try golden.expects("loa_low")))
        #expect(isClose(limits.upper, try golden.expects("loa_high")))
        let range = try sample.pearsonInterval()
        let expected = try golden.expectsNumbers("pearson_ci95")
        #expect(isClose(range.lower, expected[0]) && isClose(range.upper, expected[1]))
    }

    @Test func kappasAreThoseOfScikitLearn() throws {
        let golden = try Golden("cohen_kappa")
        let table = try ContingencyTable(golden.integers("a"), golden.integers("b"), categories: 3)
        #expect(isClose(table.agreement(), try golden.expects("raw_agreement")))
        #expect(isClose(try table.kappa(), try golden.expects("unweighted")))
        #expect(isClose(try table.kappa(.linear), try golden.expects("linear")))
        #expect(isClose(try table.kappa(.quadratic), try golden.expects("quadratic")))
    }

    @Test func kappaOfConstantRatersIsUndefined() throws {
        let golden = try Golden("cohen_kappa_constant_raters")
        let table = try ContingencyTable(golden.integers("a"), golden.integers("b"), categories: 2)
        for weighting in KappaWeighting.allCases {
            #expect(throws: Undefined.noChanceOfDisagreement) { try table.kappa(weighting) }
        }
    }

    @Test func theRangeOfKappaIsThatOfStatsmodels() throws {
        let golden = try Golden("cohen_kappa_ci")
        let table = try ContingencyTable(counts: golden.fullTable("table"))
        #expect(isClose(try table.kappa(), try golden.expects("kappa")))
        let range = try table.kappaInterval()
        let expected = try golden.expectsNumbers("ci95")
        #expect(isClose(range.lower, expected[0]) && isClose(range.upper, expected[1]))
    }

    @Test(arguments: zip(MeasurementLevel.allCases, ["nominal", "ordinal", "interval", "ratio"]))
    func alphaWithMissingValuesIsThatOfKrippendorff(_ level: MeasurementLevel, _ key: String) throws {
        let golden = try Golden("krippendorff_alpha")
        #expect(isClose(try KrippendorffAlpha.of(golden.table("raters_x_items"), level), try golden.expects(key)))
    }

    @Test func agreementOfManyIsThatOfStatsmodelsAndOfIrrCAC() throws {
        let fleiss = try Golden("fleiss_kappa")
        let table = try RatingTable(counts: fleiss.fullTable("table"))
        #expect(isClose(try table.fleissKappa(), try fleiss.expects("kappa")))
        let gwet = try Golden("gwet_ac1")
        let items = gwet.fullTable("items_x_raters").map { $0.map(Int.init) }
        // The reference rounds to five places.
        #expect(isClose(try RatingTable(items: items, categories: 3).gwetAC1(), try gwet.expects("ac1"), within: 5e-6))
    }

    @Test func intraclassCorrelationsAreThoseOfPingouin() throws {
        let golden = try Golden("icc")
        let correlation = try IntraclassCorrelation(golden.fullTable("targets_x_raters"))
        #expect(isClose(try correlation.oneWay(), try golden.expects("ICC(1,1)")))
        #expect(isClose(try correlation.agreement(), try golden.expects("ICC(A,1)")))
        #expect(isClose(try correlation.consistency(), try golden.expects("ICC(C,1)")))
        #expect(isClose(try correlation.oneWayOfMean(), try golden.expects("ICC(1,k)")))
        #expect(isClose(try correlation.agreementOfMean(), try golden.expects("ICC(A,k)")))
        #expect(isClose(try correlation.consistencyOfMean(), try golden.expects("ICC(C,k)")))
    }
}
