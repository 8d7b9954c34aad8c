import Scoring
import Testing

@Suite struct ScoreTests {
    @Test(arguments: [0, 0.25, 1])
    func takesTheUnitInterval(value: Double) throws {
        #expect(try Score(value).value == value)
    }

    @Test(arguments: [-0.001, 1.001, .infinity, -.infinity, .nan])
    func refusesEverythingElse(value: Double) {
        #expect(throws: ScoreOutOfRange.self) { try Score(value) }
    }

    @Test func aJudgesScoreIsTheMeanOfThoseThatScored() throws {
        let scores = [try Score(1), nil, try Score(0.5), nil]
        #expect(Score.combined(scores)?.value == 0.75)
    }

    @Test func aJudgeWhoseEvaluatorsAllFailedHasNoScore() {
        #expect(Score.combined([nil, nil]) == nil)
        #expect(Score.combined([]) == nil)
    }

    @Test func theMeanOfPerfectScoresIsPerfect() throws {
        // 49 times 1/49 and the like must not come out as 1.0000000000000002.
        for count in 1...100 {
            #expect(Score.combined(Array(repeating: try Score(1), count: count))?.value == 1)
        }
    }

    @Test func moneyIsCountedInNanoDollars() {
        #expect(Money(dollars: 0.000_000_15)?.nanoDollars == 150)
        #expect(Money(nanoDollars: 1_500_000_000).dollars == 1.5)
        #expect(Money(dollars: .infinity) == nil)
        #expect(Money(nanoDollars: .max) + Money(nanoDollars: 1) == Money(nanoDollars: .max))
    }
}
