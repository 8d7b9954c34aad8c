import ChatModel
import Scoring
import Testing

@testable import Evals

/// How likely tokens and answers make a score.
@Suite struct ConfidenceTests {
    private func verdict(_ pieces: [(String, Double, [String: Double])], before: [String] = [], after: [String] = [])
        throws -> Verdict
    {
        let opening = ["{\"", "justification", "\":\"", "b", "é", "\",\"", "score", "\":"]
        let text = opening.joined() + pieces.map(\.0).joined()
        var tokens = (before + opening).map { TokenLogprob(chosen: .init(token: $0, logprob: 0)) }
        for (token, probability, others) in pieces {
            tokens.append(
                TokenLogprob(
                    chosen: .init(token: token, logprob: log(probability)),
                    top: ([token: probability].merging(others) { $1 }).map {
                        TokenLogprob.Alternative(token: $0.key, logprob: log($0.value))
                    }))
        }
        tokens += after.map { TokenLogprob(chosen: .init(token: $0, logprob: 0)) }
        var reply = ChatReply(content: text)
        reply.choices[0].logprobs = tokens
        return try Verdict(reading: reply)
    }

    private func confidence(_ pieces: [(String, Double, [String: Double])]) throws -> Double {
        let verdict = try verdict(pieces)
        return Confidence.of(verdict.score, in: [try #require(verdict.distribution)])
    }

    private func log(_ value: Double) -> Double {
        // ln by the series of artanh, which is exact enough here and needs no library.
        guard value > 0 else { return -1000 }
        var (x, shift) = (value, 0.0)
        while x < 0.5 { (x, shift) = (x * 2, shift - 0.693_147_180_559_945_3) }
        let z = (x - 1) / (x + 1)
        var (term, sum) = (z, 0.0)
        for n in stride(from: 1, to: 60, by: 2) {
            sum += term / Double(n)
            term *= z * z
        }
        return 2 * sum + shift
    }

    @Test func sureModelIsConfidentAndATornOneIsNot() throws {
        #expect(try confidence([("0", 1, [:]), (".", 1, [:]), ("85", 1, [:]), ("}", 1, [:])]) > 0.999)
        let torn = try confidence([("0", 1, [:]), (".", 1, [:]), ("85", 0.5, ["2": 0.5]), ("}", 1, [:])])
        #expect(abs(torn - 0.5) < 0.001)
    }

    @Test func neighboursCountAndWhatIsFartherDoesNot() throws {
        let near = try confidence([
            ("0", 1, [:]), (".", 1, [:]), ("8", 0.4, ["9": 0.2, "7": 0.2, "85": 0.1, "3": 0.1]), ("}", 1, [:]),
        ])
        // 0.7… reaches from 0.7 to 0.8 and 0.9… from 0.9 to 1, which is too far for some of it.
        #expect(abs(near - 0.7) < 0.001, "\(near)")
    }

    @Test func otherFirstDigitIsAsFarAsItMayBe() throws {
        #expect(abs(try confidence([("1", 0.7, ["0": 0.3]), ("}", 1, [:])]) - 0.7) < 0.001)
        let zero = try confidence([("0", 0.9, ["1": 0.1]), ("}", 0.8, [".": 0.2])])
        #expect(abs(zero - 0.72) < 0.001, "what would have followed the point is not known")
        let ends = try confidence([("0", 1, [:]), (".", 1, [:]), ("8", 1, [:]), ("}", 0.6, ["5": 0.4])])
        #expect(ends > 0.999, "0.85 says the same as 0.8")
    }

    @Test func tokensThatAreTheSameNumberInOtherWordsAreNoDoubt() throws {
        #expect(try confidence([(" ", 1, [:]), ("0", 0.5, [" 0": 0.5]), (".7", 1, [:]), (" }", 1, ["}": 0])]) > 0.999)
        #expect(try confidence([(" 0.7", 0.6, ["0.7": 0.4]), ("}", 1, [:])]) > 0.999)
    }

    @Test func thoughtsBeforeAndSignsBehindDoNotDisturb() throws {
        let pieces = [("0", 1.0, ["1": 0.0]), (".", 1, [:]), ("6", 0.9, ["1": 0.1]), ("}", 1, [:])]
        let found = try verdict(pieces, before: ["<think>", "\"score\":0", ".1}", "</think>"], after: ["", "<end>"])
        let mass = try #require(found.distribution).mass(near: found.score)
        #expect(abs(mass - 0.9) < 0.001)
    }

    @Test func tokensThatAreNotTheAnswersSayNothing() throws {
        var reply = ChatReply(content: #"{"justification":"b","score":0.5}"#)
        for tokens in [[], ["x"], [#"{"justification":"b","sco"#, "re\":0.4}"]] {
            reply.choices[0].logprobs = tokens.map { TokenLogprob(chosen: .init(token: $0, logprob: 0)) }
            #expect(try Verdict(reading: reply).distribution == nil)
        }
        reply.choices[0].logprobs = nil
        #expect(try Verdict(reading: reply).distribution == nil)
    }

    // MARK: Samples

    private func samples(_ scores: [Double]) throws -> VerdictSamples {
        var samples = VerdictSamples(VerdictSample(score: try Score(scores[0]), distribution: nil))
        try samples.add(
            scores.dropFirst().map { VerdictSample(score: try Score($0), distribution: nil) }, of: scores.count - 1)
        return samples
    }

    @Test func answersThatAgreeAreEnoughAndOthersAreAskedForMore() throws {
        let first = VerdictSamples(VerdictSample(score: try Score(0.5), distribution: nil))
        #expect(first.wanted == 2 && first.confidence == nil)
        #expect(try samples([0.7, 0.8, 0.9]).wanted == 0)
        #expect(try samples([0.7, 0.8, 0.9]).confidence == 1)
        #expect(try samples([0.2, 0.8, 0.9]).wanted == 2)
        #expect(try samples([0.2, 0.8, 0.9, 0.8, 0.8]).wanted == 0)
    }

    @Test func medianStandsAndOneThatIsFarOffLowersTheConfidenceOnly() throws {
        let found = try samples([0.1, 0.8, 0.85, 0.8, 0.9])
        #expect(found.score.value == 0.8 && found.spokesman == 1)
        #expect(found.confidence == 0.8)
        let even = try samples([0.2, 0.8])
        #expect(even.score.value == 0.5 && even.confidence == 0)
    }

    @Test func answersWithKnownTokensCountByTheirProbabilities() throws {
        var half = ScoreDistribution()
        half.add(0.8...0.8, mass: 0.5)
        half.add(0.1...0.2, mass: 0.5)
        var samples = VerdictSamples(VerdictSample(score: try Score(0.8), distribution: half))
        #expect(samples.confidence == 0.5)
        samples.add([VerdictSample(score: try Score(0.8), distribution: nil)], of: 2)
        #expect(samples.confidence == 0.75, "one answer of the two that were asked for is missing")
    }

    /// A made-up model: it gives scores around the right one, more or less widely. Where it says that it is sure, it is
    /// nearer to the right score and to what it would say next.
    @Test func confidenceTellsWhereTheModelIsRightAndWhatItWouldSayAgain() throws {
        var state: UInt64 = 7
        func uniform() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(1 << 53)
        }
        func answer(_ right: Double, _ width: Double) -> Double {
            let normal = (0..<12).reduce(0) { sum, _ in sum + uniform() } - 6
            return (min(1, max(0, right + width * normal)) * 20).rounded() / 20
        }
        var seen: [(confidence: Double, error: Double, again: Bool)] = []
        for round in 0..<3000 {
            let (right, width) = (uniform(), [0.02, 0.1, 0.3][round % 3])
            var samples = VerdictSamples(
                VerdictSample(score: try Score(answer(right, width)), distribution: nil))
            while samples.wanted > 0 {
                let count = samples.wanted
                samples.add(
                    try (0..<count).map { _ in
                        VerdictSample(score: try Score(answer(right, width)), distribution: nil)
                    }, of: count)
            }
            let score = samples.score
            seen.append(
                (
                    try #require(samples.confidence), abs(score.value - right),
                    Confidence.isNear(answer(right, width), score)
                ))
        }
        func among(_ range: ClosedRange<Double>) -> (error: Double, again: Double) {
            let some = seen.filter { range.contains($0.confidence) }
            let count = Double(max(1, some.count))
            return (some.reduce(0) { $0 + $1.error } / count, Double(some.count { $0.again }) / count)
        }
        let (sure, unsure, torn) = (among(0.95...1), among(0.55...0.9), among(0...0.5))
        #expect(sure.error < unsure.error && unsure.error < torn.error, "\(sure) \(unsure) \(torn)")
        #expect(sure.again > 0.8 && unsure.again < sure.again && torn.again < 0.6, "\(sure) \(unsure) \(torn)")
    }
}
