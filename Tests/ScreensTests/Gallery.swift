import Screens
import Terminal
import WireAPI

/// The screens as a visitor should see them: what `make screenshots` draws.
struct Picture: Sendable {
    let name: String
    let story: @Sendable (Size) -> Story

    static let all: [Picture] = [
        Picture(name: "sign-in") { Story($0, email: "") },
        Picture(name: "dashboard") { size in
            var story = Story.entering(.dashboard, size)
            story.answer(OperatorDashboard.path, Samples.dashboard())
            return story
        },
        Picture(name: "executions") { .live($0) },
        Picture(name: "execution") { size in
            var story = Story.live(size)
            story.press(.character("j"), .character("j"), .character("j"), Key(.enter))
            story.answerDetail(Samples.detail(Samples.row(3), evaluators: 4))
            return story
        },
        Picture(name: "evaluators") { .items($0) },
        Picture(name: "evaluator") { .evaluator($0) },
        Picture(name: "evaluator-history") { size in
            var story = Story.evaluator(size)
            story.press(Key(.tab), Key(.tab))
            story.answer(Story.evaluatorPath + "/history", Samples.history)
            return story
        },
        Picture(name: "evaluator-diff") { size in
            var story = Story.evaluator(size)
            story.press(Key(.tab))
            story.answer(Story.evaluatorPath, Samples.versionPage)
            story.press(.character("d"))
            story.answer(Story.evaluatorPath, Samples.document(7))
            story.answer(Story.evaluatorPath, Samples.document(6))
            return story
        },
        Picture(name: "evaluator-try") { size in
            var story = Story.evaluator(size)
            story.press(.character("T"))
            story.send(.input(.paste("Annual plans can be refunded within 60 days of purchase.")))
            for number in 0..<3 {
                story.press(Key(.enter))
                story.answer(Story.evaluatorPath + "/try", Samples.trial(number, failed: number == 1))
            }
            return story
        },
        Picture(name: "providers") { .providers($0) },
        Picture(name: "provider") { .provider($0) },
        Picture(name: "provider-models") { .provider($0, tab: 1) },
        Picture(name: "models") { .models($0) },
        Picture(name: "prices") { .prices($0) },
        Picture(name: "budgets") { .budgets($0) },
        Picture(name: "queues") { .queues($0) },
        Picture(name: "jobs") { .jobs($0) },
        Picture(name: "job") { .job(2, $0) },
        Picture(name: "batch") { .batch($0) },
        Picture(name: "workers") { .workers($0) },
        Picture(name: "health") { .health($0) },
        Picture(name: "settings") { .settings($0) },
        Picture(name: "projects") { size in
            var story = Story.entering(.projects, size)
            story.answer(OperatorProject.path, Samples.projectPage)
            return story
        },
        Picture(name: "sign-in-browser") { size in
            var story = Story(size)
            story.press(.control("s"))
            story.answer(OperatorDeviceLoginWish.path, Samples.deviceLogin)
            return story
        },
        Picture(name: "people") { .people($0) },
        Picture(name: "person") { .person(Samples.lena, $0) },
        Picture(name: "audit") { .audit($0) },
        Picture(name: "help") { size in
            var story = Story.live(size)
            story.press(.character("?"))
            return story
        },
        Picture(name: "palette") { size in
            var story = Story.live(size)
            story.press(.character(":"))
            story.type("mark")
            return story
        },
        Picture(name: "stream-down") { size in
            var story = Story.live(size)
            story.send(.message(.streamLost(unreachable)))
            story.pass(.seconds(39))
            return story
        },
    ]
}
