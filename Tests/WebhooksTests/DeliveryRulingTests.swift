import Testing

@testable import Webhooks

/// What becomes of a delivery after an attempt, as a table.
@Suite struct DeliveryRulingTests {
    private func ruling(
        _ answer: DeliveryAnswer, age: Duration = .zero, leases: Int = 1
    ) -> DeliveryRuling {
        DeliveryRuling(on: answer, age: age, leases: leases)
    }

    @Test(arguments: [200, 201, 202, 204, 299])
    func everySuccessIsOne(status: Int) {
        #expect(ruling(.status(status, retryAfter: nil)) == .delivered)
    }

    @Test(arguments: [301, 302, 308, 400, 401, 404, 408, 429, 500, 502, 503, 504])
    func whatMayPassIsTriedAgain(status: Int) {
        #expect(ruling(.status(status, retryAfter: nil)) == .again)
    }

    @Test func whoIsGoneIsToldNothingMore() {
        #expect(ruling(.status(410, retryAfter: .seconds(5))) == .gone)
    }

    @Test func silenceIsTriedAgainAndWhatIsForbiddenIsNot() {
        #expect(ruling(.silence) == .again)
        #expect(ruling(.forbidden) == .givenUp)
    }

    @Test(arguments: [429, 503])
    func whoAsksForAPauseGetsIt(status: Int) {
        #expect(ruling(.status(status, retryAfter: .seconds(120))) == .wait(.seconds(120)))
    }

    @Test func aPauseIsNeverLongerThanSixHours() {
        #expect(ruling(.status(429, retryAfter: .seconds(86_400))) == .wait(.seconds(6 * 3600)))
    }

    @Test func whoAsksForNoPauseAgainAndAgainIsAskedEverMoreRarely() {
        #expect(ruling(.status(429, retryAfter: .zero), leases: 1) == .wait(.seconds(2)))
        #expect(ruling(.status(429, retryAfter: .zero), leases: 6) == .wait(.seconds(64)))
        #expect(ruling(.status(429, retryAfter: .zero), leases: 1000) == .wait(.seconds(900)))
    }

    @Test func nobodyIsWaitedForLongerThanThreeDays() {
        let old = DeliveryRuling.patience
        #expect(ruling(.status(503, retryAfter: .seconds(60)), age: old) == .givenUp)
        #expect(ruling(.status(503, retryAfter: .seconds(60)), age: old - .seconds(1)) == .wait(.seconds(60)))
    }

    @Test func anErrorOfAnotherKindWithAPauseIsAnError() {
        #expect(ruling(.status(500, retryAfter: .seconds(60))) == .again)
    }
}
