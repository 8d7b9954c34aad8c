import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

/// How the installation is.
struct HealthTests {
    @Test func theMenuGoesThereAndWhatIsWrongStandsFirstWithWhatToDo() {
        var story = Story.live(Size(columns: 120, rows: 40))
        story.press(.character("g"), .character("i"))
        story.answer(OperatorDiagnosis.path, Samples.diagnosis)
        story.answer(OperatorInstances.path, Samples.instances)
        let names = story.screen(HealthScreen.self)?.list.shown.map(\.id) ?? []
        // Those that do not work, then those that will not for ever.
        #expect(names.first == Samples.instance(2, "llmproxyd", host: "eu-1", nil).id.uuidString.lowercased())
        for text in [
            "!! fail", "Not ready: running, but not ready: redis", "Do          Mend what it names", "2 wrong",
            "5 to look after", "5 processes",
        ] { #expect(story.shows(text), "\(text)") }
    }

    @Test func everyProcessHasItsFigures() {
        let story = Story.health(Size(columns: 200, rows: 60))
        for text in [
            "apid on eu-1 (800)", "45 MiB", "evald on eu-1 (801)", "21 MiB", "<1ms", "Not heard of for 22s",
            "it is 0.1.9, the API server that was asked 0.2.0", "It ends in 9 days", "PostgreSQL answers in 0.4 ms",
            "The last backup is 3 days old", "llmproxyd.timeout",
        ] { #expect(story.shows(text), "\(text)") }
        // A daemon that answers is shown once, as its process.
        #expect(!story.shows("scorable-evald at"))
    }

    @Test func itIsReadAgainWhileSomebodyLooks() {
        var story = Story.health()
        story.pass(.seconds(5))
        #expect(story.ask(OperatorDiagnosis.path) != nil)
        let parameters = story.ask(OperatorInstances.path)?.request.parameters
        #expect(parameters?.isEmpty == true)
        story.answer(OperatorDiagnosis.path, Samples.wellDiagnosis)
        story.answer(OperatorInstances.path, Samples.wellInstances)
        #expect(story.shows("all is well"))
        story.pass(.seconds(5))
        story.fail(OperatorDiagnosis.path)
        #expect(story.shows("Not current"))
        #expect(story.shows("Redis answers in 0.1 ms"))
    }

    @Test(arguments: [("state:fail", 2), ("daemon:workerd", 2), ("part:database", 2), ("version:0.1", 1)])
    func theFilterKnows(_ text: String, _ count: Int) {
        var story = Story.health()
        story.press(.character("/"))
        story.type(text)
        story.press(Key(.enter))
        #expect(story.screen(HealthScreen.self)?.list.shown.count == count)
    }

    @Test func whatCannotBeReadSaysWhy() {
        var story = Story.entering(.health, session: Samples.viewer)
        let refused = ServerFailure(.rejected, "You do not have permission to perform this action.")
        story.fail(OperatorDiagnosis.path, refused)
        story.fail(OperatorInstances.path, refused)
        #expect(story.shows("You do not have permission"))
    }

    @Test func theSettingsOfAProcessAreOneKeyAway() {
        var story = Story.health()
        story.press(.character("s"))
        #expect(story.screen(SettingsScreen.self)?.query == "daemon:llmproxyd")
    }
}

/// The settings of the processes.
struct SettingsTests {
    @Test func thoseThatDifferStandFirstWithWhoHasWhat() {
        let story = Story.settings(Size(columns: 120, rows: 40))
        #expect(story.screen(SettingsScreen.self)?.held.list.shown.first?.id == "llmproxyd.timeout")
        for text in [
            "!! differs", "2 different", "60s", "30s", "environment SCORABLE_LLMPROXYD_TIMEOUT",
            "scorable-llmproxyd on eu-1 (pid 802)", "1 differ",
        ] { #expect(story.shows(text), "\(text)") }
    }

    @Test func secretsAreMaskedAndNothingCanBeChanged() {
        var story = Story.settings(Size(columns: 120, rows: 40))
        #expect(story.shows("‹redacted›"))
        #expect(SettingsScreen.bindings.allSatisfy { $0.section != .action })
        story.press(.character("/"))
        story.type("is:secret")
        story.press(Key(.enter))
        #expect(story.screen(SettingsScreen.self)?.held.list.shown.map(\.id) == ["service_token"])
        #expect(story.shows("a secret: only whether it is alike is known"))
    }

    @Test(arguments: [
        ("is:differing", ["llmproxyd.timeout"]), ("pool", ["database.pool_size"]),
        ("from:environment", ["llmproxyd.timeout"]), ("value:8081", ["evald.internal.listen"]),
        ("is:default log", ["log.level"]),
    ])
    func theFilterKnows(_ text: String, _ keys: [String]) {
        var story = Story.settings()
        story.press(.character("/"))
        story.type(text)
        story.press(Key(.enter))
        #expect(story.screen(SettingsScreen.self)?.held.list.shown.map(\.id) == keys)
    }

    @Test func oneIsOpenedWithAllItsValues() {
        var story = Story.settings()
        story.press(Key(.enter))
        #expect(story.screen(SettingScreen.self) != nil)
        #expect(story.shows("It should be the same in all processes, and is not."))
        #expect(story.shows("30s") && story.shows("60s"))
        story.press(Key(.escape))
        #expect(story.screen(SettingsScreen.self) != nil)
    }

    @Test func theTableIsAlsoForPrograms() throws {
        let story = Story.settings()
        let sheet = try #require(story.model.screen.sheet(story.model.scope))
        #expect(sheet.json[0]?["key"] == "llmproxyd.timeout")
        #expect(sheet.json[0]?["holdings"]?.arrayValue?.count == 2)
    }
}

/// The pictures of both.
struct HealthGoldenTests {
    @Test func health() throws {
        try Golden.check("health") { .health($0) }
        try Golden.check("health-ascii", charset: .ascii) { .health($0, charset: .ascii) }
        try Golden.check("health-unreachable") { size in
            var story = Story.entering(.health, size)
            story.fail(OperatorDiagnosis.path)
            story.fail(OperatorInstances.path)
            return story
        }
    }

    @Test func settings() throws {
        try Golden.check("settings") { .settings($0) }
        try Golden.check("settings-ascii", charset: .ascii) { .settings($0, charset: .ascii) }
        try Golden.check("setting") { size in
            var story = Story.settings(size)
            story.press(Key(.enter))
            return story
        }
    }
}
