import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

/// API keys, as their owners and administrators see and steer them.
@Suite struct KeyTests {
    private static let first = "\(OperatorAPIKey.path)/\(Samples.keys.results[0].id.uuidString.lowercased())"

    private static func keys(_ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode) -> Story {
        var story = Story.people(size, charset: charset)
        story.step(3)
        story.answer(OperatorAPIKey.path, Samples.keys)
        return story
    }

    @Test func theListLooksAsItShould() throws {
        try Golden.check("keys") { Self.keys($0) }
    }

    @Test func oneKeyLooksAsItShould() throws {
        try Golden.check("key", sizes: [Size(columns: 40, rows: 8), Size(columns: 80, rows: 24)]) { size in
            var story = Self.keys(size)
            story.find("prod-rag")
            story.press(Key(.enter))
            story.answer(Self.first, Samples.keys.results[0])
            return story
        }
    }

    @Test func administratorsSeeEverybodysAndOthersTheirOwn() throws {
        var story = Story.people()
        story.step(3)
        let all = try #require(story.ask(OperatorAPIKey.path))
        #expect(all.request.parameters.contains(OperatorParameter("owner", "all")))
        var own = Story.entering(.profile)
        own.press(.character("a"))
        #expect(try #require(own.ask(OperatorAPIKey.path)).request.parameters.isEmpty)
    }

    @Test func aNewKeyIsShownOnceAndForgotten() throws {
        var story = Self.keys()
        story.press(.character("N"))
        story.answer(OperatorProject.path, Samples.projectPage)
        story.type("ci")
        story.press(Key(.tab), Key(.tab))
        story.type("evaluator:execute, judge:execute")
        story.press(Key(.tab), Key(.tab))
        story.type("2027-06-30")
        story.press(Key(.tab))
        story.type("10.0.0.0/8")
        story.press(Key(.enter))
        let body = try #require(try story.body(OperatorAPIKey.path))
        #expect(body["name"]?.stringValue == "ci" && body["owner_id"]?.isNull != false)
        #expect(body["scopes"]?.arrayValue?.compactMap(\.stringValue) == ["evaluator:execute", "judge:execute"])
        #expect(body["expires_at"]?.stringValue?.hasPrefix("2027-06-30") == true)
        #expect(body["address_ranges"]?.arrayValue?.count == 1)
        story.answer(OperatorAPIKey.path, Samples.madeKey)
        #expect(story.shows(Samples.madeKey.secret) && story.shows("not shown again"))
        try Golden.check("key-made", sizes: [Size(columns: 80, rows: 24)]) { _ in story }
        story.press(Key(.escape))
        #expect(!story.shows(Samples.madeKey.secret))
    }

    @Test func rotatingOverlapsForAsLongAsIsSaid() throws {
        var story = Self.keys()
        story.find("prod-rag")
        story.press(.character("R"), .control("u"))
        story.type("7d")
        story.press(Key(.enter))
        #expect(try story.body("\(Self.first)/rotate")?["overlap_seconds"]?.integerValue == 604_800)
        story.answer(
            "\(Self.first)/rotate",
            OperatorAPIKeySecret(
                key: Samples.keys.results[0], secret: Samples.madeKey.secret, formerExpiresAt: Samples.ahead(days: 7)))
        #expect(story.shows("It works until"))
    }

    @Test func revokingWantsTheNameTyped() {
        var story = Self.keys()
        story.find("prod-rag")
        story.press(.character("K"))
        story.agree("wrong")
        #expect(story.ask(Self.first) == nil)
        story.press(.control("u"))
        story.agree("prod-rag")
        #expect(story.ask(Self.first)?.request.method == "DELETE")
    }

    @Test func whatIsRevokedIsNotRotated() {
        var story = Self.keys()
        story.find("leaked")
        story.press(.character("R"), .character("K"))
        #expect(story.shows("leaked") && !story.shows("Type"))
    }

    @Test func aServiceAccountGetsAKey() throws {
        var story = Story.person(Samples.people.results[4])
        story.press(.character("C"))
        story.answer(OperatorProject.path, Samples.projectPage)
        story.type("nightly")
        story.press(Key(.tab), .character("a"), Key(.enter))
        let body = try #require(try story.body(OperatorAPIKey.path))
        #expect(body["owner_id"]?.stringValue == Samples.people.results[4].id.uuidString.lowercased())
        #expect(body["scopes"]?.isNull != false, "all that the account may")
    }
}
