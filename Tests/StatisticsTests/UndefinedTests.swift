import Statistics
import Testing

/// What does not exist is said, with the reason.
@Suite struct UndefinedTests {
    @Test func correlationsOfConstantValuesAreUndefined() throws {
        let constant = try PairedSample(reference: [0.5, 0.5, 0.5], measured: [0.1, 0.2, 0.3])
        #expect(throws: Undefined.noVariance) { try constant.pearson() }
        #expect(throws: Undefined.noVariance) { try constant.spearman() }
        #expect(throws: Undefined.noVariance) { try constant.kendall() }
        // The mean of these is not exactly 0.1, so their sum of squares is not exactly 0.
        let rounded = try PairedSample(reference: [0.1, 0.1, 0.1], measured: [0.1, 0.2, 0.3])
        #expect(throws: Undefined.noVariance) { try rounded.pearson() }
    }

    @Test func figuresOfNothingAreUndefined() throws {
        let none = try PairedSample(reference: [], measured: [])
        #expect(throws: Undefined.tooFew(needed: 1, given: 0)) { try none.bias() }
        #expect(throws: Undefined.tooFew(needed: 1, given: 0)) { try none.meanAbsoluteError() }
        #expect(throws: Undefined.tooFew(needed: 2, given: 0)) { try none.pearson() }
        #expect(throws: Undefined.tooFew(needed: 2, given: 0)) { try none.kendall() }
        #expect(throws: Undefined.tooFew(needed: 1, given: 0)) { try Quantiles.value(0.5, of: []) }
        let summary = AgreementSummary(of: none)
        #expect(summary.count == 0 && summary.bias.value == nil && summary.confusion.total == 0)
        #expect(summary.kappa.reason != nil && summary.intervalAlpha.reason != nil)
    }

    @Test func whatIsNoNumberIsRefused() {
        #expect(throws: Undefined.notFinite) { try PairedSample(reference: [.nan], measured: [1]) }
        #expect(throws: Undefined.lengthsDiffer) { try PairedSample(reference: [1], measured: []) }
        #expect(throws: Undefined.outsideRange) { try ContingencyTable([0, 2], [0, 1], categories: 2) }
        #expect(throws: Undefined.outsideRange) {
            try ReliabilityDiagram(outcomes: [true], probabilities: [1.5])
        }
        #expect(throws: Undefined.outsideRange) { try KrippendorffAlpha.of([[-1, 2], [1, 2]], .ratio) }
    }

    @Test func ratiosOverNothingAreUndefined() throws {
        let nonePositive = try ConfusionMatrix(truth: [false, false], predicted: [false, false])
        #expect(try nonePositive.accuracy() == 1)
        #expect(throws: Undefined.noPositives) { try nonePositive.precision() }
        #expect(throws: Undefined.noPositives) { try nonePositive.recall() }
        #expect(throws: Undefined.noPositives) { try nonePositive.f1() }
        #expect(throws: Undefined.noPositives) { try nonePositive.matthewsCorrelation() }
        let allPositive = try ConfusionMatrix(truth: [true, true], predicted: [true, false])
        #expect(throws: Undefined.noNegatives) { try allPositive.specificity() }
        #expect(throws: Undefined.noNegatives) {
            try RankingQuality.areaUnderCurve(outcomes: [true, true], scores: [1, 2])
        }
    }

    @Test func alphaOfOneValueIsUndefinedAndNotOne() {
        #expect(throws: Undefined.noChanceOfDisagreement) { try KrippendorffAlpha.of([[1, 1], [1, 1]], .nominal) }
        #expect(throws: Undefined.tooFew(needed: 2, given: 0)) {
            try KrippendorffAlpha.of([[1, nil], [nil, 2]], .interval)
        }
    }

    @Test func aCurveBetweenSeparatedOutcomesIsUndefinedUnlessItIsDrawnToTheMiddle() throws {
        let x = [0.1, 0.2, 0.8, 0.9]
        let outcomes = [false, false, true, true]
        #expect(throws: Undefined.separable) { try LogisticCurve.unregularized(x, outcomes) }
        let curve = try LogisticCurve.platt(x, outcomes)
        #expect(curve.probability(at: 0.9) > 0.5 && curve.probability(at: 0.1) < 0.5)
    }

    @Test func everyReasonHasACodeOfItsOwnAndASentence() {
        let reasons: [Undefined] = [
            .tooFew(needed: 2, given: 1), .noVariance, .noDifference, .scalesDiffer, .noChanceOfDisagreement,
            .noPositives, .noNegatives, .lengthsDiffer, .outsideRange, .notFinite, .separable, .noBetterThanChance,
            .notConverged, .tooMuchWork,
        ]
        #expect(Set(reasons.map(\.code)).count == reasons.count)
        #expect(reasons.allSatisfy { $0.description.hasSuffix(".") })
    }
}
