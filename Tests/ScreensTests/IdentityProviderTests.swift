import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

/// Identity providers: set up, tried, and explained.
@Suite struct IdentityProviderTests {
    private static func certificate(_ from: Double, _ to: Double) -> OperatorCertificate {
        OperatorCertificate(
            fingerprint: Array(repeating: "8B:1C:9F:02", count: 8).joined(separator: ":"),
            notBefore: Samples.ahead(days: from), notAfter: Samples.ahead(days: to))
    }

    private static func provider(
        _ number: Int, _ name: String, isEnabled: Bool = true, failure: String? = nil, ends: Double = 400
    ) -> OperatorIdentityProvider {
        OperatorIdentityProvider(
            id: Samples.uuid(number), organization: OperatorNamed(id: Samples.uuid(2), name: "Acme"),
            settings: OperatorIdentityProviderSettings(
                name: name, isEnabled: isEnabled, metadataURL: "https://idp.example.com/metadata",
                attributes: .init(groups: "memberOf"),
                roles: [
                    .init(group: "cn=ops,dc=example", role: "operator"), .init(group: "judges", role: "annotator"),
                ],
                defaultRole: nil, domains: ["example.com"]),
            metadata: .init(
                entityID: "https://idp.example.com/saml", signInAddress: "https://idp.example.com/saml/sso",
                signOutAddress: nil, certificates: [certificate(-300, ends)], validUntil: nil,
                readAt: Samples.past(days: 0.02), failingSince: failure.map { _ in Samples.past(days: 0.3) },
                failure: failure),
            ours: OperatorServiceProvider(
                entityID: "https://scorable.example.com/saml/acme/metadata",
                callbackAddress: "https://scorable.example.com/saml/acme/callback",
                signOutAddress: "https://scorable.example.com/saml/acme/sign-out",
                certificates: [certificate(-10, 720)]),
            peopleCount: 12, lastSignInAt: Samples.past(days: 0.1), revision: 5, createdAt: Samples.past(days: 90),
            updatedAt: Samples.past(days: 9))
    }

    private static let list = OperatorIdentityProviderList(
        results: [
            provider(0x7A1, "Company login"), provider(0x7A2, "Old login", failure: "it answered with status 503."),
            provider(0x7A3, "Trial", isEnabled: false),
        ], countedAt: Samples.now)
    private static let path = "\(OperatorIdentityProvider.path)/\(Samples.uuid(0x7A1).uuidString.lowercased())"

    private static let test = OperatorIdentityProviderTest(
        checks: [
            .init(name: "Metadata", outcome: .good, finding: "Read in 0.2 s; they describe one identity provider."),
            .init(
                name: "Certificate", outcome: .warning, finding: "The only one ends in 12 days.",
                advice: "Ask its administrator for the next one; both are believed while they overlap."),
            .init(
                name: "Clock", outcome: .bad, finding: "Its clock is 4 min ahead of ours.",
                advice: "Set it by NTP: an assertion that begins in the future is refused."),
        ], testedAt: Samples.now)

    private static func shown(_ size: Size = Size(columns: 80, rows: 24)) -> Story {
        var story = Story.people(size, session: Samples.owner)
        story.step(5)
        story.answer(OperatorIdentityProvider.path, list)
        return story
    }

    private static func opened(_ size: Size = Size(columns: 80, rows: 24)) -> Story {
        var story = shown(size)
        story.press(Key(.enter))
        story.answer(path, list.results[0])
        return story
    }

    @Test func theListLooksAsItShould() throws {
        try Golden.check(
            "identity-providers",
            sizes: [Size(columns: 40, rows: 8), Size(columns: 80, rows: 24), Size(columns: 120, rows: 40)]
        ) { Self.shown($0) }
    }

    @Test func anOpenOneSaysWhatItsAdministratorNeeds() throws {
        try Golden.check("identity-provider") { Self.opened($0) }
        var story = Self.opened()
        story.press(.character("y"), .character("a"))
        #expect(story.effects == [.copy("https://scorable.example.com/saml/acme/callback")])
    }

    @Test func theTestExplainsWhatIsWrong() throws {
        var story = Self.opened()
        story.press(.character("T"))
        story.answer("\(Self.path)/test", Self.test)
        #expect(story.shows("1 of 3 wrong") && story.shows("Its clock is 4 min ahead of ours."))
        #expect(story.shows("Set it by NTP"))
        try Golden.check("identity-provider-test", sizes: [Size(columns: 80, rows: 24), Size(columns: 120, rows: 40)]) {
            size in
            var story = Self.opened(size)
            story.press(.character("T"))
            story.answer("\(Self.path)/test", Self.test)
            return story
        }
    }

    @Test func oneIsSetUpByAURLAndTriedAtOnce() throws {
        var story = Self.shown()
        story.press(.character("N"), .character("u"))
        story.type("New login")
        story.press(Key(.tab))
        story.type("https://idp.example.com/metadata")
        for _ in 0..<6 { story.press(Key(.tab)) }
        story.type("cn=ops,=operator")
        story.press(Key(.enter))
        #expect(story.shows("ops is none of viewer"), "a comma divides rules")
        story.press(.control("u"))
        story.type("cn=ops=operator, judges=annotator")
        story.press(Key(.enter))
        let settings = try #require(try story.body(OperatorIdentityProvider.path)?["settings"])
        #expect(settings["name"]?.stringValue == "New login" && settings["is_enabled"]?.boolValue == false)
        #expect(settings["roles"]?.arrayValue?.first?["group"]?.stringValue == "cn=ops")
        #expect(settings["default_role"]?.isNull != false && settings["clock_skew_seconds"]?.integerValue == 90)
        story.answer(OperatorIdentityProvider.path, Self.list.results[0])
        #expect(story.ask("\(Self.path)/test")?.request.method == "POST")
    }

    @Test func metadataComeFromAFile() throws {
        var story = Self.shown()
        story.press(.character("N"), .character("f"))
        story.type("~/metadata.xml")
        story.press(Key(.enter))
        #expect(story.effects.contains(.read(path: "~/metadata.xml")))
        story.send(.message(.read(.success("<EntityDescriptor/>"))))
        story.type("By file")
        story.press(Key(.enter))
        #expect(try story.body(OperatorIdentityProvider.path)?["metadata"]?.stringValue == "<EntityDescriptor/>")
    }

    @Test func removingWantsTheNameAndTellsTheRevision() throws {
        var story = Self.opened()
        story.press(.character("K"))
        #expect(story.shows("12 people signed in by it"))
        story.agree("Company login")
        let ask = try #require(story.ask(Self.path))
        #expect(ask.request.method == "DELETE" && ask.request.parameters == [OperatorParameter("revision", "5")])
    }
}
