import Scoring
import Tenancy
import Testing

@Suite struct RefinementTests {
    private func progress(_ change: (inout RefinementRule) -> Void = { _ in }, from score: Double?) throws
        -> RefinementProgress
    {
        var rule = RefinementRule()
        change(&rule)
        try rule.validate()
        return RefinementProgress(rule, original: try score.map { try Score($0) })
    }

    @Test func whatIsGoodEnoughIsLeftAlone() throws {
        #expect(try !progress(from: 0.8).goesOn)
        #expect(try progress(from: 0.79).goesOn)
    }

    @Test func whatCouldNotBeScoredIsNotImproved() throws {
        #expect(try !progress(from: nil).goesOn)
    }

    @Test func aTryCountsOnlyWhenItIsClearlyBetter() throws {
        var progress = try progress({ $0.leastImprovement = 0.1 }, from: 0.4)
        #expect(progress.take(try Score(0.45)) == false)
        #expect(progress.best?.value == 0.4)
        #expect(progress.take(try Score(0.5)) == true)
        #expect(progress.best?.value == 0.5)
    }

    @Test func theSameScoreIsNoImprovementEvenIfNoneIsDemanded() throws {
        var progress = try progress({ $0.leastImprovement = 0 }, from: 0.4)
        #expect(progress.take(try Score(0.4)) == false)
    }

    @Test func patienceEndsAndAnImprovementRenewsIt() throws {
        var progress = try progress(
            {
                $0.patience = 1
                $0.mostTries = 10
            }, from: 0.1)
        _ = progress.take(try Score(0.1))
        #expect(progress.goesOn)
        _ = progress.take(try Score(0.3))
        _ = progress.take(nil)
        #expect(progress.goesOn)
        _ = progress.take(try Score(0.2))
        #expect(!progress.goesOn)
    }

    @Test func triesAreBounded() throws {
        var progress = try progress(
            {
                $0.mostTries = 2
                $0.patience = 10
            }, from: 0.1)
        _ = progress.take(try Score(0.2))
        #expect(progress.goesOn)
        _ = progress.take(try Score(0.3))
        #expect(!progress.goesOn)
    }

    @Test func everyValueThatCannotBeMeantIsNamed() {
        var rule = RefinementRule()
        rule.mostTries = 11
        rule.patience = -1
        rule.leastImprovement = 2
        rule.threshold = .nan
        #expect {
            try rule.validate()
        } throws: { error in
            (error as? InvalidDefinition)?.problems.map(\.field)
                == ["max_iterations", "patience", "min_improvement", "threshold"]
        }
    }
}
