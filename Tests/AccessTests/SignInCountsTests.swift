import FoundationEssentials
import Testing

@testable import Access

/// What one server counts, by a clock of the test's own.
@Suite struct SignInCountsTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)
    private let pair = SignInGate(kind: .pair, key: "olive from home")
    private let account = SignInGate(kind: .account, key: "olive")

    private func stranger(_ number: Int) -> [SignInGate] {
        [
            SignInGate(kind: .pair, key: "olive from \(number)"), account,
            SignInGate(kind: .origin, key: "\(number)"),
        ]
    }

    private func isAdmitted(_ admission: SignInAdmission) -> Bool {
        if case .admitted = admission { true } else { false }
    }

    private func wait(_ admission: SignInAdmission) -> Duration? {
        if case .refused(let wait, _) = admission { wait } else { nil }
    }

    @Test func attemptsMadeSideBySideSeeEachOther() {
        var counts = SignInCounts(rules: SignInGateRule.standard)
        let admitted = (0..<50).map { _ in counts.begin([pair], at: start) }.filter(isAdmitted)
        #expect(admitted.count == 5)
    }

    @Test func theWaitDoublesAndEndsWithASuccess() {
        var counts = SignInCounts(rules: SignInGateRule.standard)
        for _ in 0..<5 { _ = counts.begin([pair], at: start) }
        let second = start.addingTimeInterval(1)
        let answers = [
            counts.begin([pair], at: start), counts.begin([pair], at: second), counts.begin([pair], at: second),
        ]
        #expect(answers.map(wait) == [.seconds(1), nil, .seconds(2)])
        counts.settle([pair], as: .success)
        let after = (0..<5).map { _ in isAdmitted(counts.begin([pair], at: second)) }
        #expect(after == [true, true, true, true, true])
    }

    @Test func theAttemptThatReachesTheLimitIsTold() {
        var counts = SignInCounts(rules: SignInGateRule.standard)
        let told = (0..<7).map { number in
            counts.begin([pair], at: start.addingTimeInterval(Double(number) * 60)) == .admitted(isLast: true)
        }
        #expect(told == [false, false, false, false, true, false, false])
    }

    @Test func onlyTheFirstRefusalIsNews() {
        var counts = SignInCounts(rules: SignInGateRule.standard)
        for _ in 0..<5 { _ = counts.begin([pair], at: start) }
        let refusals = (0..<3).map { _ in counts.begin([pair], at: start) }
        #expect(
            refusals == [
                .refused(wait: .seconds(1), isFirst: true), .refused(wait: .seconds(1), isFirst: false),
                .refused(wait: .seconds(1), isFirst: false),
            ])
        _ = counts.begin([pair], at: start.addingTimeInterval(1))
        #expect(counts.begin([pair], at: start.addingTimeInterval(1)) == .refused(wait: .seconds(2), isFirst: true))
    }

    @Test func guessingFromEverywhereShutsStrangersOutForHalfAMinuteAtMostAndNobodyWhoIsKnown() {
        var counts = SignInCounts(rules: SignInGateRule.standard)
        var moment = start
        var admitted = 0
        for number in 0..<10_000 {
            moment += 0.01
            if isAdmitted(counts.begin(stranger(number), at: moment)) { admitted += 1 }
        }
        let longest = wait(counts.begin(stranger(10_000), at: moment)) ?? .zero
        #expect(admitted < 32 && longest <= .seconds(30))
        let (known, later) = (counts.begin([pair], at: moment), counts.begin(stranger(10_001), at: moment + 30))
        #expect(isAdmitted(known) && isAdmitted(later))
    }

    @Test func oneAddressCannotTryEveryAccount() {
        var counts = SignInCounts(rules: SignInGateRule.standard)
        let admitted = (0..<1000).filter { number in
            let gates = [
                SignInGate(kind: .pair, key: "\(number) from there"), SignInGate(kind: .account, key: "\(number)"),
                SignInGate(kind: .origin, key: "there"),
            ]
            return isAdmitted(counts.begin(gates, at: start))
        }
        #expect(admitted.count == 30)
    }

    @Test func whatWasNotMadeDoesNotCount() {
        var counts = SignInCounts(rules: SignInGateRule.standard)
        let admitted = (0..<50).map { _ in
            defer { counts.settle([pair], as: .withdrawal) }
            return isAdmitted(counts.begin([pair], at: start))
        }
        #expect(!admitted.contains(false))
    }

    @Test func aSuccessIsForgottenByTheOthersAloneAndNothingElse() {
        var counts = SignInCounts(rules: SignInGateRule.standard)
        for number in 0..<20 { _ = counts.begin(stranger(number), at: start) }
        let later = start.addingTimeInterval(1)
        _ = counts.begin(stranger(20), at: later)
        counts.settle(stranger(20), as: .success)
        #expect(wait(counts.begin(stranger(21), at: later)) == .seconds(2))
    }

    @Test func aFloodOfNewPairsSetsNobodyFree() {
        var counts = SignInCounts(rules: SignInGateRule.standard)
        for number in 0..<10 {
            for _ in 0..<6 { _ = counts.begin([pair], at: start.addingTimeInterval(Double(number) * 100)) }
        }
        let later = start.addingTimeInterval(900)
        for number in 0..<25_000 {
            let moment = later.addingTimeInterval(Double(number) / 1000)
            _ = counts.begin([SignInGate(kind: .pair, key: "\(number)")], at: moment)
        }
        #expect(wait(counts.begin([pair], at: later)) == .seconds(256))
    }
}
