import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

/// The audit, as those read it who must find again what was done.
@Suite struct AuditTests {
    @Test func theListLooksAsItShould() throws {
        try Golden.check("audit") { Story.audit($0) }
        try Golden.check("audit-ascii", charset: .ascii, sizes: [Size(columns: 80, rows: 24)]) {
            Story.audit($0, charset: .ascii)
        }
    }

    @Test func anEntryShowsWhatItChanged() throws {
        try Golden.check("audit-entry") { size in
            var story = Story.audit(size)
            for _ in 0..<5 { story.press(.character("j")) }
            story.press(Key(.enter))
            return story
        }
    }

    @Test func aBrokenChainIsSeenAtOnce() throws {
        let story = Story.audit(chains: Samples.brokenChains)
        #expect(story.shows("BROKEN at 812") && story.shows("its hash is not that of what it says"))
        try Golden.check("audit-chains", sizes: [Size(columns: 40, rows: 8), Size(columns: 80, rows: 24)]) { size in
            var story = Story.audit(size, chains: Samples.brokenChains)
            story.press(.character("s"))
            story.answer(OperatorAuditChains.path, Samples.brokenChains)
            return story
        }
    }

    @Test func aFilterIsAskedOfTheServer() throws {
        var story = Story.audit()
        story.press(.character("/"))
        story.type("actor:kai action:user. outcome:refused from:10.0.0.0/8 since:1h \"rubric freeze\"")
        story.press(Key(.enter))
        let ask = try #require(story.ask(OperatorAuditPage.path))
        var parameters = Dictionary(uniqueKeysWithValues: ask.request.parameters.map { ($0.name, $0.value) })
        #expect(parameters.removeValue(forKey: "since")?.hasPrefix("2026-11-24T11:04:30") == true)
        parameters["page_size"] = nil
        #expect(
            parameters == [
                "actor": "kai", "action": "user.", "outcome": "refused", "address": "10.0.0.0/8",
                "text": "rubric freeze",
            ])
    }

    @Test(arguments: [
        ("-actor:kai", "-"), ("~regex", "~"), ("one two", "only one word"), ("actor:a actor:b", "only one actor"),
        ("outcome:maybe", "none of"), ("since:never", "no time"),
    ])
    func aFilterThatCannotBeAskedIsExplained(_ filter: String, _ words: String) throws {
        let problem = try #require(AuditScreen().problem(of: filter))
        #expect(problem.contains(words), "\(problem)")
    }

    @Test func theNewestIsFollowedUntilSomebodyLooksFurtherDown() throws {
        var story = Story.audit()
        story.asked(OperatorAuditPage.path, isNone: true)
        story.pass(.seconds(3))
        #expect(story.ask(OperatorAuditPage.path) != nil, "it is read anew while the newest is looked at")
        story.answer(OperatorAuditPage.path, Samples.auditPage(-1..<59))
        #expect(story.screen(AuditScreen.self)?.list.selected?.id == Samples.auditEntry(-1).id)
        story.press(.character("j"))
        story.pass(.seconds(3))
        story.asked(OperatorAuditPage.path, isNone: true)
    }

    @Test func whatOnePersonDidIsOneKeyAway() throws {
        var story = Story.audit()
        story.press(.character("j"), .character("u"))
        let ask = try #require(story.ask(OperatorAuditPage.path))
        #expect(ask.request.parameters.contains(OperatorParameter("actor", "root@example.com")))
    }

    @Test func refusedOnesAreOneKeyAwayAndBack() throws {
        var story = Story.audit()
        story.press(.character("!"))
        #expect(
            try #require(story.ask(OperatorAuditPage.path)).request.parameters.contains(
                OperatorParameter("outcome", "refused")))
        story.answer(OperatorAuditPage.path, Samples.auditPage(4..<5, next: nil))
        story.press(.character("!"))
        #expect(try #require(story.ask(OperatorAuditPage.path)).request.parameters.count == 1)
    }

    @Test func receiversLookAsTheyShould() throws {
        try Golden.check(
            "audit-targets",
            sizes: [Size(columns: 40, rows: 8), Size(columns: 80, rows: 24), Size(columns: 120, rows: 40)]
        ) { size in
            Self.targets(size)
        }
    }

    private static func targets(_ size: Size = Size(columns: 80, rows: 24)) -> Story {
        var story = Story.audit(size)
        story.press(.character("f"))
        story.answer(OperatorAuditForwarding.path, Samples.auditTargets)
        return story
    }

    @Test func aReceiverIsAdded() throws {
        var story = Self.targets()
        story.press(.character("N"))
        story.type("second")
        story.press(Key(.tab))
        story.type("siem.example.com")
        story.press(Key(.enter))
        let body = try #require(try story.body(OperatorAuditForwarding.path))
        #expect(body["host"]?.stringValue == "siem.example.com" && body["port"]?.integerValue == 6514)
        #expect(body["transport"]?.stringValue == "tls" && body["format"]?.stringValue == "rfc5424")
    }

    @Test func aCertificateComesFromAFileWithItsLines() throws {
        var story = Self.targets()
        story.find("siem")
        story.press(.character("C"), .character("a"))
        story.type("~/ca.pem")
        story.press(Key(.enter))
        #expect(story.effects.contains(.read(path: "~/ca.pem")))
        story.send(.message(.read(.success("-----BEGIN\nline\n"))))
        let path = "\(OperatorAuditForwarding.path)/\(Samples.auditTargets.results[0].id.uuidString.lowercased())"
        let body = try #require(try story.body(path))
        #expect(
            body["certificate_authority"]?.stringValue == "-----BEGIN\nline\n" && body["revision"]?.integerValue == 2)
    }

    @Test func aCertificateAndItsKeyAreSentTogether() throws {
        var story = Self.targets()
        story.find("siem")
        story.press(.character("C"), .character("c"))
        story.type("~/client.pem")
        story.press(Key(.enter))
        story.send(.message(.read(.success("CERTIFICATE\n"))))
        let path = "\(OperatorAuditForwarding.path)/\(Samples.auditTargets.results[0].id.uuidString.lowercased())"
        #expect(story.ask(path) == nil && story.shows("The key of that certificate"))
        story.type("~/client.key")
        story.press(Key(.enter))
        #expect(story.effects.contains(.read(path: "~/client.key")))
        story.send(.message(.read(.success("KEY\n"))))
        let body = try #require(try story.body(path))
        #expect(body["client_certificate"]?.stringValue == "CERTIFICATE\n")
        #expect(body["client_key"]?.stringValue == "KEY\n" && body["revision"]?.integerValue == 2)
    }

    @Test func allThatTheFilterSelectsIsWrittenToItsEnd() {
        var story = Story.audit()
        story.press(.character("!"))
        story.answer(OperatorAuditPage.path, Samples.auditPage(4..<5, next: nil))
        story.press(.character("X"), .character("C"))
        let path = "/internal/audit/export?format=csv&outcome=refused"
        #expect(story.effects.contains(.fetch(path: path, name: "audit.csv")))
    }

    @Test func removingAReceiverWantsItsName() {
        var story = Self.targets()
        story.find("rsyslog")
        story.press(.character("K"))
        #expect(story.shows("212 entries wait"))
        story.agree("rsyslog")
        #expect(story.ask("\(OperatorAuditForwarding.path)/")?.request.method == "DELETE")
    }
}

extension Story {
    /// Expects that nothing was asked under a path that is not answered.
    fileprivate func asked(_ path: String, isNone: Bool, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect((ask(path) == nil) == isNone, sourceLocation: sourceLocation)
    }
}
