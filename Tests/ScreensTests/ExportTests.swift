import FoundationEssentials
import Tenancy
import Terminal
import Testing
import WireAPI

@testable import Screens

struct ExportScreenTests {
    private let path = OperatorLogExport.path
    private let execution = "\(OperatorPlanDraft.path)/\(Samples.uuid(0x7100).uuidString.lowercased())/execute"
    private let cancellation = "\(OperatorLogExport.path(of: Samples.uuid(0x7000)))/cancel"

    private func agree(_ story: inout Story, _ word: String) {
        story.pass(.milliseconds(400))
        story.type(word)
        story.press(Key(.enter))
    }

    @Test func whatTheFilterShowsIsCountedAskedForAndExported() throws {
        var story = Story.live()
        story.press(.character("/"))
        story.type("tag:nightly score<0.5")
        story.press(Key(.enter))
        story.answerPage(Samples.page(0..<3, next: nil))
        story.press(.character("E"))
        #expect(story.shows("as JSON lines") && story.shows("as a CSV table"))
        story.press(.character("t"))
        let body = try #require(story.ask(OperatorPlanDraft.path)?.request.body)
        let draft = String(decoding: body, as: UTF8.self)
        #expect(draft.contains("export_executions") && draft.contains("\"csv\"") && draft.contains("nightly"))
        story.answer(OperatorPlanDraft.path, Samples.exportPlan(.ready))
        #expect(story.shows("Export 1,234 executions") && story.shows("in the background"))
        agree(&story, "1234")
        #expect(story.ask(execution) != nil)
        story.answer(execution, Samples.exportPlan(.finished))
        #expect(story.ask(path) != nil, "the exports are shown")
        story.answer(path, Samples.exports)
        #expect(story.shows("Exports"))
    }

    @Test func theMenuOfFilesOffersItToo() {
        var story = Story.live()
        story.press(.character("X"))
        #expect(story.shows("All that the filter shows, as JSON lines"))
    }

    @Test func whoMayNotReadPromptsIsNotOfferedIt() {
        var story = Story.live(session: Samples.promptless)
        story.press(.character("E"))
        #expect(!story.shows("as JSON lines"))
        story.press(.character("X"))
        #expect(!story.shows("All that the filter shows"))
    }

    @Test func theListTellsHowFarEachIs() {
        let story = Story.exports(Size(columns: 160, rows: 24))
        for text in [
            "32%", "1,234,567", "1.00 GB", "ready", "failed", "stopped", "expired", "tag=nightly max_score=0.5",
            "the server",
        ] { #expect(story.shows(text), "\(text)") }
    }

    @Test func aListWithOneUnderWayIsReadAgainByItself() {
        var story = Story.exports()
        #expect(story.ask(path) == nil)
        story.pass(.seconds(3))
        #expect(story.ask(path) != nil)
        var quiet = Story.exports(showing: OperatorLogExportPage(results: [Samples.export(3)], next: nil))
        quiet.pass(.seconds(30))
        #expect(quiet.ask(path) == nil, "what has ended does not change")
        quiet.hear(
            .catalogueChanged(
                OperatorCatalogueChange(
                    subject: OperatorSubject(kind: .export, id: "x", name: nil), action: .updated, userEmail: nil)))
        #expect(quiet.ask(path) != nil, "but news is heard")
    }

    @Test func aFileIsSavedInTheFolderOfTheConsole() {
        var story = Story.exports(showing: OperatorLogExportPage(results: [Samples.export(3)], next: nil))
        story.press(.character("S"))
        let export = Samples.export(3)
        #expect(
            story.effects.contains(.fetch(path: OperatorLogExport.filePath(of: export.id), name: export.fileName)))
        story.send(.message(.saved(.success("/home/ada/\(export.fileName)"))))
        #expect(story.shows("Written: /home/ada/execution-logs"))
    }

    @Test func cancellingAndDeletingAreAskedFor() {
        var story = Story.exports()
        story.press(.character("K"))
        #expect(story.shows("Cancel the export?") && story.shows("400,000 executions, goes"))
        agree(&story, "yes")
        #expect(story.ask(cancellation) == nil)
        story.press(.control("u"))
        agree(&story, "cancel")
        #expect(story.ask(cancellation)?.request.method == "POST")
        story.answer(cancellation, Samples.export(0, state: .cancelled))
        #expect(story.shows("The export is cancelled"))

        var other = Story.export()
        other.press(.character("D"))
        agree(&other, "delete")
        #expect(other.ask(path)?.request.method == "DELETE")
        other.answer(path, OperatorNothing())
        #expect(other.shows("The export is deleted"))
    }

    @Test func whatHasEndedIsNotCancelledAndWhatRunsIsNotDeleted() {
        var story = Story.exports()
        story.press(.character("D"))
        #expect(!story.shows("Delete the export?"))
        var ended = Story.exports(showing: OperatorLogExportPage(results: [Samples.export(3)], next: nil))
        ended.press(.character("K"))
        #expect(!ended.shows("Cancel the export?"))
    }

    @Test func oneTellsHowItIsFetched() {
        let story = Story.export(Size(columns: 120, rows: 40))
        for text in ["scorable export download", "GET /internal/exports/", "5e5e5e", "tag", "nightly"] {
            #expect(story.shows(text), "\(text)")
        }
    }

    @Test func goldens() throws {
        try Golden.check("exports") { .exports($0) }
        try Golden.check("exports-ascii", charset: .ascii) { .exports($0, charset: .ascii) }
        try Golden.check("exports-none") { .exports($0, showing: OperatorLogExportPage(results: [], next: nil)) }
        try Golden.check("export") { .export($0) }
        try Golden.check("export-running") { .export($0, Samples.export(0, state: .running)) }
        try Golden.check("export-plan") { size in
            var story = Story.live(size)
            story.press(.character("E"), .character("l"))
            story.answer(OperatorPlanDraft.path, Samples.exportPlan(.ready))
            return story
        }
    }

    @Test(arguments: [Size(columns: 1, rows: 1), Size(columns: 20, rows: 5), Size(columns: 250, rows: 60)])
    func everySizeIsDrawn(size: Size) {
        for story in [Story.exports(size), .export(size), .export(size, Samples.export(2, state: .running))] {
            #expect(story.picture(size).text.count == size.rows)
        }
    }
}

extension Samples {
    /// Somebody who runs the installation and sees no prompts.
    static let promptless = OperatorSession(
        token: "t", expiresAt: now.addingTimeInterval(43_200),
        user: .init(id: uuid(4), email: "ops@example.com", fullName: "Ops", role: "operator"),
        permissions: Role.operator.permissions.map(\.rawValue).sorted(),
        organization: .init(id: uuid(2), name: "Acme"), project: nil, serverTime: now,
        deployment: .init(name: "eu-1", isProduction: true, version: "0.1.0"))

    /// A plan that exports 1,234 executions.
    static func exportPlan(_ state: OperatorPlan.State) -> OperatorPlan {
        OperatorPlan(
            id: uuid(0x7100), action: .exportExecutions, count: 1234, isCut: false,
            effect:
                "1234 executions will be written to a file in the background, as JSON lines, with what was asked and answered.",
            estimatedCostNanodollars: nil, samples: [], confirmation: .init(kind: .count, text: "1234"),
            expiresAt: now.addingTimeInterval(600), state: state,
            progress: .init(done: state == .finished ? 1234 : 0, failed: 0, failures: []), undo: nil)
    }
}
