import Records
import Scoring
import Tenancy
import Testing

/// Scales on which people score, and what answers become on them.
@Suite struct VerdictTests {
    private static let grades = ScoreScale(
        kind: .categorical, minimum: 0, maximum: 10,
        categories: [
            .init(label: "bad", value: 0), .init(label: "fair", value: 4), .init(label: "good", value: 10),
        ])
    private static let score = ScoreScale(kind: .continuous, minimum: 0, maximum: 1, categories: [])

    @Test func labelAndValueFollowFromEachOther() throws {
        #expect(try Verdict(value: nil, category: "fair", on: Self.grades) == Verdict(value: 4, category: "fair"))
        #expect(try Verdict(value: 10, category: nil, on: Self.grades) == Verdict(value: 10, category: "good"))
        #expect(try Verdict(value: 4, category: "fair", on: Self.grades).value == 4)
        #expect(try Verdict(value: 0.3, category: nil, on: Self.score) == Verdict(value: 0.3, category: nil))
    }

    @Test(
        arguments: [
            (nil, "great", grades, "category"), (3.0, nil, grades, "value"), (10.0, "fair", grades, "value"),
            (nil, nil, grades, "category"), (1.5, nil, score, "value"), (nil, nil, score, "value"),
            (0.5, "good", score, "category"), (Double.nan, nil, score, "value"),
        ] as [(Double?, String?, ScoreScale, String)])
    func whatIsNoAnswerIsRefusedByItsField(value: Double?, category: String?, scale: ScoreScale, field: String) {
        let refusal = #expect(throws: InvalidDefinition.self) {
            try Verdict(value: value, category: category, on: scale)
        }
        #expect(refusal?.problems.map(\.field) == [field])
    }

    @Test func boundsComeFromLabelsAndDefaultsFromTheKind() throws {
        let yesAndNo = try ScoreScale.checked(.binary, minimum: nil, maximum: nil, categories: [])
        #expect(yesAndNo.categories.map(\.label) == ["yes", "no"])
        #expect(yesAndNo.minimum == 0 && yesAndNo.maximum == 1)
        let continuous = try ScoreScale.checked(.continuous, minimum: nil, maximum: 5, categories: [])
        #expect(continuous.minimum == 0 && continuous.normalised(2.5) == 0.5)
        #expect(throws: InvalidDefinition.self) {
            try ScoreScale.checked(.continuous, minimum: 1, maximum: 1, categories: [])
        }
        #expect(throws: InvalidDefinition.self) {
            try ScoreScale.checked(
                .categorical, minimum: nil, maximum: nil,
                categories: [.init(label: "a", value: 1), .init(label: "a", value: 2)])
        }
        #expect(throws: InvalidDefinition.self) {
            try ScoreScale.checked(.binary, minimum: nil, maximum: nil, categories: [.init(label: "a", value: 1)])
        }
    }

    @Test func aScaleKeepsTheMeaningOfLabelsOnlyWithTheSameBoundsAndValues() {
        let more = ScoreScale(
            kind: .categorical, minimum: 0, maximum: 10,
            categories: Self.grades.categories + [.init(label: "very good", value: 8)])
        let wider = ScoreScale(
            kind: .categorical, minimum: 0, maximum: 20,
            categories: Self.grades.categories + [.init(label: "perfect", value: 20)])
        let moved = ScoreScale(
            kind: .categorical, minimum: 0, maximum: 10,
            categories: [
                .init(label: "bad", value: 0), .init(label: "fair", value: 5), .init(label: "good", value: 10),
            ])
        #expect(more.keepsMeaning(of: Self.grades))
        #expect(!wider.keepsMeaning(of: Self.grades))
        #expect(!moved.keepsMeaning(of: Self.grades))
    }
}
