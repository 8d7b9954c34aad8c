import Tenancy
import Testing

@Suite struct SignInPolicyTests {
    @Test func theStandardIsWithinItsBounds() throws {
        try SignInPolicy.standard.validate()
        #expect(SignInPolicy.standard.idleLimit == .seconds(43_200))
        #expect(SignInPolicy.standard.absoluteLimit == .seconds(604_800))
        #expect(SignInPolicy.standard.sessionsPerPerson == 20 && !SignInPolicy.standard.wantsSecondFactor)
    }

    @Test func everyBoundThatIsBrokenIsNamed() {
        let policy = SignInPolicy(
            idleLimit: .seconds(299), absoluteLimit: .seconds(7_776_001), sessionsPerPerson: 0,
            wantsSecondFactor: true, keyAgeLimit: .seconds(10))
        let error = #expect(throws: InvalidDefinition.self) { try policy.validate() }
        #expect(
            error?.problems.map(\.field) == [
                "idle_limit_seconds", "absolute_limit_seconds", "sessions_per_person", "key_age_limit_seconds",
            ])
    }

    @Test func nobodyIdlesLongerThanASessionLasts() {
        var policy = SignInPolicy.standard
        policy.idleLimit = policy.absoluteLimit + .seconds(1)
        let error = #expect(throws: InvalidDefinition.self) { try policy.validate() }
        #expect(error?.problems.map(\.field) == ["idle_limit_seconds"])
    }

    @Test(
        arguments: zip(
            ["192.0.2.7", "::ffff:192.0.2.7", "2001:db8:1:2:3:4:5:6", "[2001:db8:1:2::9]", "unix"],
            ["192.0.2.7", "192.0.2.7", "2001:db8:1:2::", "2001:db8:1:2::", "unix"]))
    func anOriginIsAnAddressOrTheNetworkOfOne(address: String, origin: String) {
        #expect(SignInOrigin(address).description == origin)
    }
}
