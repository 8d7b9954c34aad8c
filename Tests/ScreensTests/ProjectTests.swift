import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

struct ProjectTests {
    private func story(
        _ size: Size = Size(columns: 80, rows: 24), session: OperatorSession = Samples.session,
        charset: Charset = .unicode
    ) -> Story {
        var story = Story.entering(.projects, size, charset: charset, session: session)
        story.answer(OperatorProject.path, Samples.projectPage)
        return story
    }

    @Test func pictures() throws {
        try Golden.check("projects") { story($0) }
        try Golden.check("projects-ascii", charset: .ascii) { story($0, charset: .ascii) }
        try Golden.check("projects-loading") { .entering(.projects, $0) }
        try Golden.check("projects-explained") { size in
            var story = story(size)
            story.press(.character("e"))
            return story
        }
        try Golden.check("projects-rename") { size in
            var story = story(size)
            story.press(.character("E"))
            return story
        }
    }

    @Test func enterShowsTheExecutionsOfTheProjectAndEscapeComesBack() {
        var story = story()
        story.press(.character("j"), Key(.enter))
        #expect(story.list.filterText == "project:rag-prod")
        #expect(
            story.ask(OperatorExecutionPage.path)?.request.parameters.contains(OperatorParameter("project", "rag-prod"))
                == true)
        story.press(Key(.escape), Key(.escape))
        #expect(story.screen(ProjectsScreen.self)?.list.selected?.name == "rag-prod")
    }

    @Test func itsEvaluatorsAreOneKeyAway() {
        var story = story()
        story.press(.character("i"))
        #expect(story.screen(ItemsScreen.self)?.list.queryText == "project:default")
    }

    @Test func aProjectIsRenamedAndTheListKnowsIt() throws {
        var story = story()
        story.press(.character("E"))
        for _ in 0..<7 { story.press(Key(.backspace)) }
        story.type("main")
        story.press(Key(.enter))
        let path = "\(OperatorProject.path)/\(Samples.uuid(0xA001).uuidString.lowercased())"
        #expect(story.ask(path)?.request.method == "PATCH")
        #expect(try story.body(path)?["name"] == "main")
        story.answer(
            path,
            Samples.project(
                1, "main", isDefault: true, executions: 132_400, failures: 2_104, cost: 61_240_000_000, mean: 0.71))
        #expect(story.shows("It is called main now"))
        #expect(story.screen(ProjectsScreen.self)?.list.selected?.name == "main")
    }

    @Test func whoMayNotChangeProjectsIsNotOfferedIt() {
        var story = story(session: Samples.viewer)
        story.press(.character("E"))
        #expect(!story.shows("Rename"))
        story.press(.character("x"))
        #expect(!story.shows("Rename"))
    }

    @Test func aChangeSomewhereReadsTheListAnewOnce() throws {
        var story = story()
        let change = OperatorCatalogueChange(
            subject: OperatorSubject(kind: .project, id: "x", name: "new"), action: .created, userEmail: nil)
        story.hear(.catalogueChanged(change))
        story.hear(.catalogueChanged(change))
        #expect(story.asked.count { $0.request.path == OperatorProject.path } == 1)
        #expect(try #require(story.ask(OperatorProject.path)).delay > .zero)
    }

    @Test func theFilterKnowsItsNumbers() {
        var story = story()
        story.press(.character("/"))
        story.type("mean<0.5 failures>100")
        story.press(Key(.enter))
        #expect(story.screen(ProjectsScreen.self)?.list.shown.map(\.name) == ["rag-prod"])
    }
}
